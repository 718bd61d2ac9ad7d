/* Select the best items of a short array; join candidate lists into edges. */
#include "pool.h"

static inline int before(Ranked x, Ranked y) { return better(x.a, x.b, y.a, y.b); }

Ranked cairn_select(Ranked *items, int64_t size, int64_t keep) {
    int64_t low = 0, high = size - 1;
    while (low < high) {
        Ranked middle = items[low + (high - low) / 2];
        int64_t i = low, j = high;
        while (i <= j) {
            while (before(items[i], middle)) i++;
            while (before(middle, items[j])) j--;
            if (i > j) break;
            Ranked swap = items[i];
            items[i++] = items[j];
            items[j--] = swap;
        }
        if (keep <= j)
            high = j;
        else if (keep >= i)
            low = i;
        else
            break;
    }
    Ranked best = items[keep];
    for (int64_t s = keep + 1; s < size; s++)
        if (before(items[s], best)) best = items[s];
    return best;
}

/* Set `end` (M + 1) to the start of each mentee's row for cairn_edges, pairs of both lists counted twice. */
void cairn_count(const Pool *pool, const Lists *lists, int64_t *end) {
    end[0] = 0;
    for (int64_t i = 0; i < pool->mentees; i++) end[i + 1] = lists->mentee_length[i];
    for (int64_t j = 0; j < pool->mentors; j++)
        for (int64_t s = 0; s < lists->mentor_length[j]; s++)
            end[1 + lists->mentor_list[j * 2 * lists->mentor_keep + s]]++;
    for (int64_t i = 0; i < pool->mentees; i++) end[i + 1] += end[i];
}

/* Join the lists of both sides into edges by mentee, each pair once. `end` (M + 1) comes from cairn_count and becomes
   indptr. Returns the number of edges. */
int64_t cairn_edges(const Pool *pool, const Lists *lists, int64_t *end, int64_t *fill, int32_t *seen, int32_t *mentor,
                    int64_t *value, int64_t *tie) {
    for (int64_t i = 0; i < pool->mentees; i++) {
        fill[i] = end[i];
        for (int64_t s = 0; s < lists->mentee_length[i]; s++) {
            mentor[fill[i]] = lists->mentee_list[i * lists->mentee_keep + s];
            value[fill[i]++] = lists->mentee_value[i * lists->mentee_keep + s];
        }
    }
    for (int64_t j = 0; j < pool->mentors; j++)
        for (int64_t s = j * 2 * lists->mentor_keep; s < j * 2 * lists->mentor_keep + lists->mentor_length[j]; s++) {
            int32_t i = lists->mentor_list[s];
            mentor[fill[i]] = (int32_t)j;
            value[fill[i]++] = lists->mentor_value[s];
        }
    for (int64_t j = 0; j < pool->mentors; j++) seen[j] = -1;
    int64_t used = 0;
    for (int64_t i = 0; i < pool->mentees; i++) {
        int64_t from = end[i], to = fill[i];
        end[i] = used;
        for (int64_t e = from; e < to; e++) {
            int32_t j = mentor[e];
            if (seen[j] == i) continue;
            seen[j] = (int32_t)i;
            mentor[used] = j;
            value[used] = value[e];
            tie[used++] = pair_hash(pool->mentee_key[i], pool->mentor_key[j]);
        }
    }
    end[pool->mentees] = used;
    return used;
}
