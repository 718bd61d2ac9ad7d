/* One pass over all eligible pairs: build candidate lists (collect), or find violated pairs (price). Both test the same
   condition on a block, fit + offset[i] >= floor[j]. Few pairs pass it, and only those are scored exactly. */
#include <stdlib.h>
#include <string.h>

#include "bits.h"
#include "pool.h"
#include "scan_state.h"

/* List the blocks of mentors that a mentee class may meet: the AND of one row of bits per rule. Returns their number.
   */
static int64_t mentors_of(Scan *scan, int64_t mentee_class) {
    const Pool *pool = scan->pool;
    int64_t words = pool->width / 64, used = 0;
    for (int64_t w = 0; w < words; w++) scan->word[w] = ~UINT64_C(0);
    if (pool->mentors % 64) scan->word[pool->mentors / 64] = (UINT64_C(1) << (pool->mentors % 64)) - 1;
    for (int64_t w = (pool->mentors + 63) / 64; w < words; w++) scan->word[w] = 0;
    for (int64_t r = 0; r < pool->rules; r++) {
        const uint64_t *row = pool->bits + pool->rows[mentee_class * pool->rules + r] * words;
        for (int64_t w = 0; w < words; w++) scan->word[w] &= row[w];
    }
    scan->count = scan->stretches = 0;
    for (int64_t w = 0; w < words; w++) {
        uint64_t open = scan->word[w] & scan->open[w];
        scan->count += ones(scan->word[w]);
        if (open && (!scan->stretches || scan->stretch[scan->stretches - 1] != w / WIDE * WIDE))
            scan->stretch[scan->stretches++] = (int32_t)(w / WIDE * WIDE);
        while (open) {
            int part = first_bit(open) / BLOCK;
            scan->block[used] = (int32_t)(w * (64 / BLOCK) + part);
            scan->eligible[used++] = (uint8_t)(open >> (part * BLOCK));
            open &= ~(UINT64_C(255) << (part * BLOCK));
        }
    }
    return used;
}

static int is_excluded(const Pool *pool, int64_t i, int64_t j) {
    for (int64_t s = pool->excluded_start[i]; s < pool->excluded_start[i + 1]; s++)
        if (pool->excluded[s] == j) return 1;
    return 0;
}

#include "bit_counts.h"

#include "top_k.h"

/* Consider one pair by its exact fit. Returns 1 when the mentor's floor rose. */
INLINED int weigh(Scan *scan, int64_t i, int64_t j, int64_t fit) {
    int64_t value = fit + scan->pool->mentee_bonus[i];
    if (value + (scan->guide ? scan->guide[j] : 0) <= 0 || is_excluded(scan->pool, i, j)) return 0;
    if (scan->lists) {
        keep_for_mentee(scan, i, j, value);
        return keep_for_mentor(scan, i, j, value);
    }
    Prices *prices = scan->prices;
    int64_t slack = prices->u[i] + prices->v[j] - value;
    if (slack > 0) return 0;
    int64_t tie = pair_hash(scan->pool->mentee_key[i], scan->pool->mentor_key[j]);
    if (slack == 0 && prices->p[i] + prices->q[j] >= tie) return 0;
    if (scan->row_length == (int64_t)2 * ROOM_PER_MENTEE) {
        cairn_select(scan->row, scan->row_length, ROOM_PER_MENTEE);
        scan->row_length = ROOM_PER_MENTEE;
    }
    scan->row[scan->row_length++] = (Ranked){-slack, tie - prices->p[i] - prices->q[j], (int32_t)j};
    return 0;
}

/* Set the largest `fallen` among the class's mentors for every slack bound. */
static void find_most_fallen(Scan *scan, int64_t used) {
    for (int64_t s = 0; s < scan->prices->stairs; s++) {
        const int64_t *fallen = scan->prices->fallen + s * scan->pool->width;
        int64_t most = INT64_MIN;
        for (int64_t b = 0; b < used; b++)
            for (uint64_t bits = scan->eligible[b]; bits; bits &= bits - 1) {
                int64_t value = fallen[(int64_t)scan->block[b] * BLOCK + first_bit(bits)];
                if (value > most) most = value;
            }
        scan->most_fallen[s] = most;
    }
}

/* Return 1 when the slack bounds allow a violated pair of this mentee. */
static int reaches(const Scan *scan, int64_t i) {
    const Prices *prices = scan->prices;
    for (int64_t s = 0; s < prices->stairs; s++)
        if (prices->spare[s * scan->pool->mentees + i] >= scan->most_fallen[s]) return 0;
    return 1;
}

INLINED int begin_mentee(Scan *scan, int64_t i) {
    set_week(scan, i);
    scan->row_length = 0;
    scan->unbounded = 0;
    if (scan->prices) return scan->prices->found + ROOM_PER_MENTEE <= scan->prices->room;
    scan->row_cut[0] = scan->guide ? scan->lists->floor[i] - 1 : 0;
    scan->row_cut[1] = INT64_MAX;
    scan->mentee_floor = scan->lists->mentee_keep ? scan->row_cut[0] + 1 : INT64_MAX / 4;
    scan->unbounded = scan->lists->mentee_keep && scan->row_cut[0] <= (scan->guide ? INT64_MIN / 4 : 0);
    return 1;
}

/* Return how many of a mentee's best pairs must be scored, so that exclusions cannot shorten the list. */
static int64_t mentee_rank(const Scan *scan, int64_t i) {
    return scan->lists->mentee_keep + scan->pool->excluded_start[i + 1] - scan->pool->excluded_start[i];
}

static void end_mentee(Scan *scan, int64_t i) {
    const Pool *pool = scan->pool;
    Prices *prices = scan->prices;
    Lists *lists = scan->lists;
    int64_t keep = prices ? ROOM_PER_MENTEE : lists->mentee_keep, length = scan->row_length;
    if (length > keep) {
        Ranked cut = drop(scan->row, length, keep);
        length = keep;
        scan->row_cut[0] = cut.a;
        scan->row_cut[1] = cut.b;
    }
    if (prices) {
        for (int64_t s = 0; s < length; s++, prices->found++) {
            prices->mentee[prices->found] = (int32_t)i;
            prices->mentor[prices->found] = scan->row[s].partner;
            prices->value[prices->found] = scan->row[s].a + prices->u[i] + prices->v[scan->row[s].partner];
        }
        return;
    }
    for (int64_t s = 0; s < lists->ranked && s < length; s++)
        for (int64_t t = s + 1; t < length; t++)
            if (better(scan->row[t].a, scan->row[t].b, scan->row[s].a, scan->row[s].b)) {
                Ranked swap = scan->row[s];
                scan->row[s] = scan->row[t];
                scan->row[t] = swap;
            }
    lists->mentee_length[i] = (int32_t)length;
    lists->mentee_cut[2 * i] = scan->row_cut[0];
    lists->mentee_cut[2 * i + 1] = scan->row_cut[1];
    for (int64_t s = 0; s < length; s++) {
        lists->mentee_list[i * keep + s] = scan->row[s].partner;
        lists->mentee_value[i * keep + s] = scan->row[s].a;
    }
    lists->eligible[i] = scan->count;
    for (int64_t s = pool->excluded_start[i]; s < pool->excluded_start[i + 1]; s++) {
        int64_t j = pool->excluded[s];
        if (scan->word[j / 64] >> (j % 64) & 1) lists->eligible[i]--;
    }
}

typedef int8_t Bytes __attribute__((vector_size(BLOCK)));
typedef int16_t Points __attribute__((vector_size(BLOCK * 2), aligned(2)));

#define CELL int16_t
#define NAMED(name) name##_narrow
#define MOST INT16_MAX
#define LEAST INT16_MIN
#include "scan.h"
#undef CELL
#undef NAMED
#undef MOST
#undef LEAST
#define CELL int32_t
#define NAMED(name) name##_wide
#define MOST (INT32_MAX / 2)
#define LEAST INT32_MIN
#include "scan.h"

#include "scan_memory.h"

static int64_t run(Scan *scan, const int64_t *order, int64_t from, int64_t to, int narrow) {
    if (from >= to) return to;
    return narrow ? run_narrow(scan, order, from, to) : run_wide(scan, order, from, to);
}

/* Score order[from:to] with all their mentors and collect the lists of both sides. Returns `to`, or -1 without
   memory. */
int64_t cairn_collect(const Pool *pool, Lists *lists, const int64_t *order, int64_t from, int64_t to, int narrow) {
    Scan scan = {0};
    int64_t keep = lists->mentor_keep > lists->mentee_keep ? lists->mentor_keep : lists->mentee_keep;
    int64_t reached = -1;
    scan.lists = lists;
    scan.guide = lists->guide;
    scan.open = pool->open;
    if (prepare(&scan, pool, keep)) {
        for (int64_t i = 0; i < pool->mentees; i++) scan.offset[i] = pool->mentee_bonus[i];
        for (int64_t j = 0; j < pool->width; j++) {
            int64_t cut = lists->mentor_cut[2 * j];
            scan.mentor_floor[j] = !lists->mentor_keep ? INT64_MAX / 4 : cut > 1 ? cut : 1;
        }
        reached = run(&scan, order, from, to, narrow);
    }
    release(&scan);
    return reached;
}

/* Shorten every mentor's list to its best `mentor_keep`. */
int64_t cairn_trim(const Pool *pool, Lists *lists) {
    int64_t keep = lists->mentor_keep;
    Ranked *ranked = malloc((size_t)(2 * keep + 1) * sizeof(Ranked));
    if (!ranked) return -1;
    for (int64_t j = 0; j < pool->mentors; j++)
        if (lists->mentor_length[j] > keep) shorten(pool, lists, ranked, j);
    free(ranked);
    return 0;
}

/* Merge in the mentors' lists of a pass over other mentees; both must be trimmed. */
int64_t cairn_merge(const Pool *pool, Lists *lists, const Lists *other) {
    int64_t keep = lists->mentor_keep;
    Ranked *ranked = malloc((size_t)(2 * keep + 1) * sizeof(Ranked));
    if (!ranked) return -1;
    for (int64_t j = 0; j < pool->mentors; j++) {
        int64_t *cut = lists->mentor_cut + 2 * j, more = other->mentor_length[j];
        const int64_t *other_cut = other->mentor_cut + 2 * j;
        int64_t at = j * 2 * keep + lists->mentor_length[j];
        memcpy(lists->mentor_list + at, other->mentor_list + j * 2 * keep, (size_t)more * 4);
        memcpy(lists->mentor_value + at, other->mentor_value + j * 2 * keep, (size_t)more * 8);
        lists->mentor_length[j] += (int32_t)more;
        Ranked most = better(cut[0], cut[1], other_cut[0], other_cut[1]) ? (Ranked){cut[0], cut[1], 0}
                                                                         : (Ranked){other_cut[0], other_cut[1], 0};
        if (lists->mentor_length[j] > keep) {
            Ranked left = shorten(pool, lists, ranked, j);
            if (better(left.a, left.b, most.a, most.b)) most = left;
        }
        cut[0] = most.a;
        cut[1] = most.b;
    }
    free(ranked);
    return 0;
}

/* Find pairs of order[from:to] and `active` mentors with negative reduced cost, at most ROOM_PER_MENTEE per mentee.
   Returns the position reached (`to`, or less when `prices` is full), or -1 without memory. */
int64_t cairn_price(const Pool *pool, Prices *prices, const uint64_t *active, const int64_t *order, int64_t from,
                    int64_t to, int narrow) {
    Scan scan = {0};
    int64_t reached = -1;
    scan.prices = prices;
    scan.open = active;
    if (prepare(&scan, pool, ROOM_PER_MENTEE)) {
        for (int64_t i = 0; i < pool->mentees; i++) scan.offset[i] = pool->mentee_bonus[i] - prices->u[i];
        for (int64_t j = 0; j < pool->width; j++) scan.mentor_floor[j] = prices->v[j];
        scan.mentee_floor = INT64_MAX / 4;
        reached = run(&scan, order, from, to, narrow);
    }
    release(&scan);
    return reached;
}
