/* The inner loop, for one width of cell: included by scan.c with CELL, NAMED(), LEAST and MOST. Sums the expanded rows
   of a mentee over runs of mentors and marks who may still matter: sum + add >= floor of the mentor, or >= floor of the
   mentee. Bounds of scores are checked by the caller, so cells do not overflow. */
typedef CELL NAMED(Block) __attribute__((vector_size(BLOCK * sizeof(CELL)), aligned(sizeof(CELL))));

/* Sums of one mentee with the mentors of `blocks`, block after block: four rows and what came before at a time. */
INLINED void NAMED(add_up)(CELL *sums, const CELL *const *rows, int64_t count, const int32_t *blocks, int64_t used) {
    for (int64_t t = 0; t < count; t += 4) {
        const CELL *a = rows[t], *b = rows[t + 1 < count ? t + 1 : t], *c = rows[t + 2 < count ? t + 2 : t];
        const CELL *d = rows[t + 3 < count ? t + 3 : t];
        int64_t more = count - t;
        for (int64_t at = 0; at < used; at++) {
            int64_t first = (int64_t)blocks[at] * BLOCK;
            NAMED(Block) *sum = (NAMED(Block) *)(sums + at * BLOCK), next = *(const NAMED(Block) *)(a + first);
            if (more > 1) next += *(const NAMED(Block) *)(b + first);
            if (more > 2) next += *(const NAMED(Block) *)(c + first);
            if (more > 3) next += *(const NAMED(Block) *)(d + first);
            *sum = t ? *sum + next : next;
        }
    }
}

/* The same where mentees multiply points of 16 bits by shares of their own; `sums` begin as the row of bonuses. */
INLINED void NAMED(add_shares)(CELL *sums, const int16_t *const *rows, const CELL *shares, const CELL *bonus, int64_t count,
                               const int32_t *blocks, int64_t used) {
    for (int64_t at = 0; at < used; at++)
        *(NAMED(Block) *)(sums + at * BLOCK) = *(const NAMED(Block) *)(bonus + (int64_t)blocks[at] * BLOCK);
    for (int64_t t = 0; t < count; t += 2) {
        const int16_t *a = rows[t], *b = rows[t + 1 < count ? t + 1 : t];
        CELL of_a = shares[t], of_b = t + 1 < count ? shares[t + 1] : 0;
        for (int64_t at = 0; at < used; at++) {
            int64_t first = (int64_t)blocks[at] * BLOCK;
            *(NAMED(Block) *)(sums + at * BLOCK) +=
                __builtin_convertvector(*(const Points *)(a + first), NAMED(Block)) * of_a +
                __builtin_convertvector(*(const Points *)(b + first), NAMED(Block)) * of_b;
        }
    }
}

/* Note who passed among one block's eligible mentors; returns how many are noted now. */
INLINED int64_t NAMED(note)(Scan *scan, int64_t found, int64_t b, const NAMED(Block) *passed) {
    Bytes bytes = __builtin_convertvector(*passed & *(const NAMED(Block) *)((CELL *)scan->masks + b * BLOCK), Bytes);
    uint64_t word;
    memcpy(&word, &bytes, 8);
    for (word &= UINT64_C(0x0101010101010101); word; word &= word - 1)
        scan->candidate[found++] = (int32_t)(b * BLOCK + lowest(word));
    return found;
}

/* Places in `sums` of those who may still matter. */
INLINED int64_t NAMED(candidates)(Scan *scan, int64_t used, CELL add, CELL mentee_floor) {
    const CELL *sums = scan->sums, *floors = scan->floors;
    int64_t found = 0;
    for (int64_t b = 0; b < used; b++) {
        NAMED(Block) sum = *(const NAMED(Block) *)(sums + b * BLOCK) + add;
        NAMED(Block) floor = *(const NAMED(Block) *)(floors + (int64_t)scan->block[b] * BLOCK);
        NAMED(Block) passed = (sum >= floor) | (sum >= mentee_floor);
        found = NAMED(note)(scan, found, b, &passed);
    }
    return found;
}

INLINED void NAMED(highest)(CELL *restrict tops, const CELL *restrict sums, const CELL *restrict masks, int64_t length) {
    for (int64_t l = 0; l < length; l++) {
        CELL sum = (CELL)((sums[l] & masks[l]) | (LEAST & ~masks[l]));
        tops[l] = tops[l] > sum ? tops[l] : sum;
    }
}

/* A number that more than `rank` of some cells reach, close to the highest such; LEAST where there is none. */
INLINED CELL NAMED(nearly)(const CELL *cells, int64_t size, int64_t rank) {
    int64_t low = LEAST, high = LEAST;
    for (int64_t l = 0; l < size; l++) high = cells[l] > high ? cells[l] : high;
    int64_t reach = MOST;
    for (int64_t l = 0; l < size; l++) reach = cells[l] < reach && cells[l] > LEAST ? cells[l] : reach;
    for (int64_t step = 0; step < 9 && reach <= high; step++) {
        int64_t middle = step ? reach + (high - reach) / 2 : reach;
        CELL count = 0, at = (CELL)middle;
        for (int64_t l = 0; l < size; l++) count = (CELL)(count + (cells[l] >= at));
        if (count > rank)
            low = middle, reach = middle + 1;
        else if (step)
            high = middle - 1;
        else
            break;
    }
    return (CELL)low;
}

static void NAMED(set_floor)(Scan *scan, int64_t j) {
    int64_t wanted = scan->mentor_floor[j] - scan->base;
    ((CELL *)scan->floors)[j] = (CELL)(wanted < -MOST ? -MOST : wanted > MOST ? MOST : wanted);
}

static void NAMED(rebase)(Scan *scan, int64_t offset) {
    scan->base = offset - MOST / 8;
    for (int64_t j = 0; j < scan->pool->width; j++) NAMED(set_floor)(scan, j);
}

/* A new kind of mentee: which cells of its blocks count. */
INLINED void NAMED(set_masks)(Scan *scan, int64_t used) {
    CELL *masks = scan->masks;
    for (int64_t b = 0; b < used; b++, masks += BLOCK)
        for (int l = 0; l < BLOCK; l++) masks[l] = (CELL) - (scan->eligible[scan->block[b]] >> l & 1);
}

/* Before any pair is weighed: a floor that the mentee's best few and one more are known to reach. The highest of disjoint
   groups of mentors are that many different mentors, so the nth highest of those is such a floor for the sums alone;
   weighing the mentors above it exactly gives one for values. */
INLINED void NAMED(raise_mentee_floor)(Scan *scan, int64_t i, int64_t used) {
    const Pool *pool = scan->pool;
    int64_t rank = scan->lists->mentee_keep + pool->excluded_start[i + 1] - pool->excluded_start[i];
    int64_t cells = used * BLOCK, groups = (rank * 5 / 2 / 64 + 1) * 64, found = 0;
    CELL *tops = scan->tops, *sums = scan->sums, *masks = scan->masks;
    if (groups > cells) groups = cells;
    if (rank >= groups) return;
    for (int64_t l = 0; l < groups; l++) tops[l] = LEAST;
    for (int64_t at = 0; at < cells; at += groups)
        NAMED(highest)(tops, sums + at, masks + at, cells - at < groups ? cells - at : groups);
    CELL floor = NAMED(nearly)(tops, groups, rank);
    if (floor == LEAST) return;
    for (int64_t b = 0; b < used; b++) {
        NAMED(Block) passed = *(NAMED(Block) *)(sums + b * BLOCK) >= floor;
        found = NAMED(note)(scan, found, b, &passed);
    }
    for (int64_t c = 0; c < found; c++) {
        int32_t at = scan->candidate[c];
        scan->gains[c] = sums[at] + overlap_points(scan, (int64_t)scan->block[at / BLOCK] * BLOCK + at % BLOCK);
    }
    int64_t value = nth_gain(scan->gains, found, rank) + pool->mentee_bonus[i];
    if (value <= scan->mentee_floor) return;
    scan->mentee_floor = value;
    if (!scan->guide) return;
    /* Some of those counted may be worth nothing beside the guide, and the list end up short. */
    scan->row_cut[0] = value - 1;
    scan->row_cut[1] = INT64_MAX;
}

DISPATCHED static int64_t NAMED(run)(Scan *scan, const int64_t *order, int64_t from, int64_t to) {
    const Pool *pool = scan->pool;
    const CELL *sums = scan->sums;
    CELL *shares = scan->shares;
    int64_t kind = -1, used = 0;
    NAMED(rebase)(scan, scan->offset[order[from]]);
    for (int64_t at = from; at < to; at++) {
        int64_t i = order[at];
        if (!begin_mentee(scan, i)) return at;
        if (pool->kind_of[i] != kind) {
            used = mentors_of(scan, kind = pool->kind_of[i]);
            NAMED(set_masks)(scan, used);
        }
        int64_t add = scan->offset[i] - scan->base;
        if (add < 0 || add > MOST / 4) {
            NAMED(rebase)(scan, scan->offset[i]);
            add = scan->offset[i] - scan->base;
        }
        for (int64_t t = 0; t < pool->tables; t++) {
            int64_t first = pool->expanded_start[t] + pool->mentee_codes[t * pool->mentees + i] * pool->width;
            if (pool->mentee_share) {
                scan->cell_rows[t] = (const int16_t *)pool->expanded + first;
                shares[t] = (CELL)pool->mentee_share[t * pool->mentees + i];
            } else {
                scan->cell_rows[t] = (const CELL *)pool->expanded + first;
            }
        }
        scan->cell_rows[pool->tables] = pool->bonus;
        if (pool->mentee_share)
            NAMED(add_shares)(scan->sums, (const int16_t *const *)scan->cell_rows, shares, pool->bonus, pool->tables,
                              scan->block, used);
        else
            NAMED(add_up)(scan->sums, (const CELL *const *)scan->cell_rows, pool->tables + 1, scan->block, used);
        if (scan->unbounded) NAMED(raise_mentee_floor)(scan, i, used);
        int64_t wanted = scan->mentee_floor - scan->base;
        CELL mentee_floor = (CELL)(wanted < -MOST ? -MOST : wanted > MOST ? MOST : wanted);
        int64_t found = NAMED(candidates)(scan, used, (CELL)add, mentee_floor);
        for (int64_t c = 0; c < found; c++) {
            int32_t place = scan->candidate[c];
            int64_t j = (int64_t)scan->block[place / BLOCK] * BLOCK + place % BLOCK;
            if (weigh(scan, i, j, sums[place])) NAMED(set_floor)(scan, j);
        }
        end_mentee(scan, i);
    }
    return to;
}
