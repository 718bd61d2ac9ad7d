/* The inner loop, for one width of cell: included by scan.c with CELL, NAMED() and MOST. Sums the expanded rows of a
   mentee over a run of mentors and marks who may still matter: sum + add >= floor of the mentor, or >= floor of the
   mentee. Bounds of scores are checked by the caller, so cells do not overflow. */
static void NAMED(add_row)(CELL *restrict sums, const CELL *restrict row, int64_t length) {
    for (int64_t l = 0; l < length; l++) sums[l] = (CELL)(sums[l] + row[l]);
}

static void NAMED(add_four)(CELL *restrict sums, const CELL *restrict a, const CELL *restrict b, const CELL *restrict c,
                            const CELL *restrict d, int64_t length) {
    for (int64_t l = 0; l < length; l++) sums[l] = (CELL)(sums[l] + a[l] + b[l] + c[l] + d[l]);
}

static void NAMED(mark)(uint8_t *restrict mark, const CELL *restrict sums, const CELL *restrict floors, CELL add,
                        CELL mentee_floor, int64_t length) {
    for (int64_t l = 0; l < length; l++) {
        CELL sum = (CELL)(sums[l] + add);
        mark[l] = (uint8_t)((sum >= floors[l]) | (sum >= mentee_floor));
    }
}

static void NAMED(add_up)(CELL *sums, const CELL *const *rows, int64_t tables, int64_t first, int64_t length) {
    int64_t t = 0;
    memcpy(sums, rows[tables] + first, (size_t)length * sizeof(CELL));
    for (; t + 4 <= tables; t += 4)
        NAMED(add_four)(sums, rows[t] + first, rows[t + 1] + first, rows[t + 2] + first, rows[t + 3] + first, length);
    for (; t < tables; t++) NAMED(add_row)(sums, rows[t] + first, length);
}

static void NAMED(set_floor)(Scan *scan, int64_t j) {
    int64_t wanted = scan->mentor_floor[j] - scan->base;
    ((CELL *)scan->floors)[j] = (CELL)(wanted < -MOST ? -MOST : wanted > MOST ? MOST : wanted);
}

static void NAMED(rebase)(Scan *scan, int64_t offset) {
    scan->base = offset - MOST / 8;
    for (int64_t j = 0; j < scan->pool->width; j++) NAMED(set_floor)(scan, j);
}

static int64_t NAMED(run)(Scan *scan, const int64_t *order, int64_t from, int64_t to) {
    const Pool *pool = scan->pool;
    const CELL *cells = pool->expanded;
    CELL sums[LONGEST_RUN * BLOCK];
    uint8_t mark[LONGEST_RUN * BLOCK];
    int64_t kind = -1, used = 0;
    NAMED(rebase)(scan, scan->offset[order[from]]);
    for (int64_t at = from; at < to; at++) {
        int64_t i = order[at];
        if (!begin_mentee(scan, i)) return at;
        if (pool->kind_of[i] != kind) used = mentors_of(scan, kind = pool->kind_of[i]);
        int64_t add = scan->offset[i] - scan->base;
        if (add < 0 || add > MOST / 4) {
            NAMED(rebase)(scan, scan->offset[i]);
            add = scan->offset[i] - scan->base;
        }
        for (int64_t t = 0; t < pool->tables; t++)
            scan->cell_rows[t] =
                cells + pool->expanded_start[t] + pool->mentee_codes[t * pool->mentees + i] * pool->width;
        scan->cell_rows[pool->tables] = cells + pool->expanded_start[pool->tables];
        for (int64_t r = 0; r < used; r++) {
            int64_t first = (int64_t)scan->run[2 * r] * BLOCK, length = (int64_t)scan->run[2 * r + 1] * BLOCK - first;
            int64_t wanted = scan->mentee_floor - scan->base;
            CELL mentee_floor = (CELL)(wanted < -MOST ? -MOST : wanted > MOST ? MOST : wanted);
            NAMED(add_up)(sums, (const CELL *const *)scan->cell_rows, pool->tables, first, length);
            NAMED(mark)(mark, sums, (const CELL *)scan->floors + first, (CELL)add, mentee_floor, length);
            for (int64_t at_block = 0; at_block < length; at_block += BLOCK) {
                unsigned bits = gathered(mark + at_block) & scan->eligible[(first + at_block) / BLOCK];
                for (; bits; bits &= bits - 1) {
                    int64_t l = at_block + lowest(bits);
                    if (weigh(scan, i, first + l, sums[l])) NAMED(set_floor)(scan, first + l);
                }
            }
        }
        end_mentee(scan, i);
    }
    return to;
}
