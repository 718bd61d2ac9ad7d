/* The inner loop, for one width of cell: included by scan.c with CELL, NAMED(), LEAST and MOST. Sums the expanded rows
   of a mentee over blocks of mentors and marks the candidates: sum + add >= floor of the mentor, or sum >= floor of the
   mentee. The caller checks the bounds of scores, so cells do not overflow. */
typedef CELL NAMED(Block) __attribute__((vector_size(BLOCK * sizeof(CELL)), aligned(sizeof(CELL))));

/* Sum `even` and the rows of one mentee over `blocks`, four rows at a time. */
INLINED void NAMED(add_up)(CELL *sums, CELL even, const CELL *const *rows, int64_t count, const int32_t *blocks,
                           int64_t used) {
    NAMED(Block) start = {0};
    start += even;
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
            *sum = next + (t ? *sum : start);
        }
    }
}

#define POINTS(row) __builtin_convertvector(*(const Points *)((row) + first), NAMED(Block))

/* The same with 16-bit points multiplied by the mentee's shares; only `bonus` is added as it is. */
INLINED void NAMED(add_shares)(CELL *sums, CELL even, const int16_t *const *rows, const CELL *shares, const CELL *bonus,
                               int64_t count, const int32_t *blocks, int64_t used) {
    for (int64_t t = 0; t < count || !t; t += 4) {
        const int16_t *a = rows[t], *b = rows[t + 1], *c = rows[t + 2], *d = rows[t + 3];
        CELL of_a = shares[t], of_b = shares[t + 1], of_c = shares[t + 2], of_d = shares[t + 3];
        for (int64_t at = 0; at < used; at++) {
            int64_t first = (int64_t)blocks[at] * BLOCK;
            NAMED(Block) *sum = (NAMED(Block) *)(sums + at * BLOCK), before;
            before = t ? *sum : *(const NAMED(Block) *)(bonus + first) + even;
            *sum = before + POINTS(a) * of_a + POINTS(b) * of_b + (POINTS(c) * of_c + POINTS(d) * of_d);
        }
    }
}
#undef POINTS

/* Add the points of the overlaps, or an upper bound where a curve still rises after six (see bit_counts.h). */
INLINED void NAMED(add_levels)(Scan *scan, int64_t used) {
    for (int64_t o = 0; o < scan->pool->overlaps; o++) {
        NAMED(Block) levels, points;
        for (int l = 0; l < LEVELS; l++) levels[l] = (CELL)scan->levels[o][l];
        for (int64_t at = 0; at < used; at++) {
            uint64_t counts = counted(scan, scan->counts[o], scan->block[at]);
            Bytes bytes;
            memcpy(&bytes, &counts, 8);
            LOOKED_UP(points, levels, __builtin_convertvector(bytes, NAMED(Block)), BLOCK);
            *(NAMED(Block) *)((CELL *)scan->sums + at * BLOCK) += points;
        }
    }
}

/* Set sums below the lowest fit to LEAST, which passes no floor and is no pair's sum. */
INLINED void NAMED(mark_low)(CELL *sums, const CELL *least, const int32_t *blocks, int64_t used) {
    for (int64_t at = 0; at < used; at++) {
        NAMED(Block) *sum = (NAMED(Block) *)(sums + at * BLOCK);
        NAMED(Block) enough = *sum >= *(const NAMED(Block) *)(least + (int64_t)blocks[at] * BLOCK);
        *sum = (*sum & enough) | ((CELL)LEAST & ~enough);
    }
}

/* Append the block's eligible mentors that passed to the candidates. Returns the new number of candidates. */
INLINED int64_t NAMED(note)(Scan *scan, int64_t found, int64_t b, const NAMED(Block) * passed) {
    Bytes bytes = __builtin_convertvector(*passed, Bytes);
    uint64_t word;
    memcpy(&word, &bytes, 8);
    for (word &= scan->spread[scan->eligible[b]]; word; word &= word - 1)
        scan->candidate[found++] = (int32_t)(b * BLOCK + lowest(word));
    return found;
}

/* Collect the positions in `sums` that reach a floor. Returns their number. */
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

INLINED void NAMED(highest)(CELL *restrict tops, const CELL *restrict sums, const CELL *restrict masks,
                            int64_t length) {
    for (int64_t l = 0; l < length; l++) {
        CELL sum = (CELL)((sums[l] & masks[l]) | (LEAST & ~masks[l]));
        tops[l] = tops[l] > sum ? tops[l] : sum;
    }
}

/* Return a number that more than `rank` cells reach, close to the highest such number; LEAST if there is none. */
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

/* Set all ones in the cells of mentors that the mentee class may meet. */
INLINED void NAMED(set_masks)(Scan *scan, int64_t used) {
    CELL *masks = scan->masks;
    for (int64_t b = 0; b < used; b++, masks += BLOCK)
        for (int l = 0; l < BLOCK; l++) masks[l] = (CELL) - (scan->eligible[b] >> l & 1);
}

/* Score the candidates exactly, and raise the mentee's floor to the value that more than `rank` of them reach. */
INLINED void NAMED(raise_to_nth)(Scan *scan, int64_t i, int64_t found, int64_t rank) {
    const CELL *sums = scan->sums, *least = scan->pool->least;
    for (int64_t c = 0; c < found; c++) {
        int32_t at = scan->candidate[c];
        int64_t j = (int64_t)scan->block[at / BLOCK] * BLOCK + at % BLOCK, gain = sums[at] + beyond_levels(scan, j);
        scan->gains[c] = least && gain < least[j] ? INT64_MIN / 2 : gain; /* below the lowest fit: not a candidate */
    }
    int64_t value = nth_gain(scan->gains, found, rank) + scan->pool->mentee_bonus[i];
    if (value <= scan->mentee_floor) return;
    scan->mentee_floor = value;
    if (!scan->guide) return;
    /* Some of the counted pairs may have no value without the price guess, so the list may end up short. */
    scan->row_cut[0] = value - 1;
    scan->row_cut[1] = INT64_MAX;
}

/* Raise the mentee's floor before any pair is scored exactly, to a value that more than `rank` pairs reach. The
   maxima of disjoint groups belong to different mentors, so the nth highest maximum is such a floor for sums; scoring
   the mentors above it exactly gives one for values. */
INLINED void NAMED(raise_mentee_floor)(Scan *scan, int64_t i, int64_t used) {
    int64_t rank = mentee_rank(scan, i);
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
    NAMED(raise_to_nth)(scan, i, found, rank);
}

/* Sum a mentee's rows over all blocks; rows that are equal for all mentors are added once, as a number. */
INLINED void NAMED(sum_up)(Scan *scan, int64_t i, int64_t used) {
    const Pool *pool = scan->pool;
    CELL *shares = scan->shares, even = 0;
    int64_t count = 0;
    for (int64_t t = 0; t < pool->tables; t++) {
        int64_t row = pool->expanded_start[t] + pool->mentee_codes[t * pool->mentees + i], first = row * pool->width;
        if (pool->mentee_share) {
            const int16_t *points = (const int16_t *)pool->expanded + first;
            CELL share = (CELL)pool->mentee_share[t * pool->mentees + i];
            if (pool->even[row] || !share) {
                even = (CELL)(even + share * points[0]);
            } else {
                shares[count] = share;
                scan->cell_rows[count++] = points;
            }
        } else if (pool->even[row]) {
            even = (CELL)(even + ((const CELL *)pool->expanded)[first]);
        } else {
            scan->cell_rows[count++] = (const CELL *)pool->expanded + first;
        }
    }
    if (pool->mentee_share) {
        for (int64_t t = count; t < count + 4; t++) shares[t] = 0, scan->cell_rows[t] = pool->expanded;
        NAMED(add_shares)(scan->sums, even, (const int16_t *const *)scan->cell_rows, shares, pool->bonus, count,
                          scan->block, used);
        return;
    }
    scan->cell_rows[count++] = pool->bonus;
    NAMED(add_up)(scan->sums, even, (const CELL *const *)scan->cell_rows, count, scan->block, used);
}

DISPATCHED static int64_t NAMED(run)(Scan *scan, const int64_t *order, int64_t from, int64_t to) {
    const Pool *pool = scan->pool;
    const CELL *sums = scan->sums;
    int64_t mentee_class = -1, used = 0;
    int masked = 0; /* whether the masks of this class are set */
    NAMED(rebase)(scan, scan->offset[order[from]]);
    for (int64_t at = from; at < to; at++) {
        int64_t i = order[at];
        if (pool->kind_of[i] != mentee_class) {
            used = mentors_of(scan, mentee_class = pool->kind_of[i]);
            masked = 0;
            if (scan->prices) find_most_fallen(scan, used);
        }
        if (scan->prices && !reaches(scan, i)) continue;
        if (!begin_mentee(scan, i)) return at;
        int64_t add = scan->offset[i] - scan->base;
        if (add < 0 || add > MOST / 4) {
            NAMED(rebase)(scan, scan->offset[i]);
            add = scan->offset[i] - scan->base;
        }
        NAMED(sum_up)(scan, i, used);
        NAMED(add_levels)(scan, used);
        if (pool->least) NAMED(mark_low)(scan->sums, pool->least, scan->block, used);
        if (scan->unbounded) {
            if (!masked) NAMED(set_masks)(scan, used);
            masked = 1;
            NAMED(raise_mentee_floor)(scan, i, used);
        }
        int64_t wanted = scan->mentee_floor - scan->base;
        CELL mentee_floor = (CELL)(wanted < -MOST ? -MOST : wanted > MOST ? MOST : wanted);
        int64_t found = NAMED(candidates)(scan, used, (CELL)add, mentee_floor);
        if (scan->guide && found > mentee_rank(scan, i) + FEW)
            NAMED(raise_to_nth)(scan, i, found, mentee_rank(scan, i));
        for (int64_t c = 0; c < found; c++) {
            int32_t place = scan->candidate[c];
            if (sums[place] == LEAST || (scan->guide && sums[place] + pool->mentee_bonus[i] < scan->mentee_floor))
                continue;
            int64_t j = (int64_t)scan->block[place / BLOCK] * BLOCK + place % BLOCK;
            int64_t fit = sums[place] + beyond_levels(scan, j);
            if (pool->least && fit < ((const CELL *)pool->least)[j]) continue;
            if (weigh(scan, i, j, fit)) NAMED(set_floor)(scan, j);
        }
        end_mentee(scan, i);
    }
    return to;
}
