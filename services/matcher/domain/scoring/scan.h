/* The inner loop, for one width of cell: included by scan.c with CELL and NAMED(). Sums the expanded rows of a mentee
   over a block of mentors and marks who may still matter: sum + add >= floor of the mentor, or >= floor of the mentee.
   Bounds of scores are checked by the caller, so cells do not overflow. */
static unsigned NAMED(marked)(const CELL *const *rows, int64_t tables, int64_t at, CELL add, const CELL *floors,
                              CELL mentee_floor, CELL *sums) {
    uint8_t mark[BLOCK];
    const CELL *first = rows[tables] + at;
    for (int l = 0; l < BLOCK; l++) sums[l] = first[l];
    for (int64_t t = 0; t < tables; t++) {
        const CELL *row = rows[t] + at;
        for (int l = 0; l < BLOCK; l++) sums[l] = (CELL)(sums[l] + row[l]);
    }
    for (int l = 0; l < BLOCK; l++) {
        CELL sum = (CELL)(sums[l] + add);
        mark[l] = (uint8_t)((sum >= floors[at + l]) | (sum >= mentee_floor));
    }
    uint64_t halves[2];
    memcpy(halves, mark, BLOCK);
    if (!(halves[0] | halves[1])) return 0;
    unsigned bits = 0;
    for (int l = 0; l < BLOCK; l++) bits |= (unsigned)mark[l] << l;
    return bits;
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
    CELL sums[BLOCK];
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
        for (int64_t b = 0; b < used; b++) {
            int64_t first = (int64_t)scan->block[b] * BLOCK, wanted = scan->mentee_floor - scan->base;
            CELL mentee_floor = (CELL)(wanted < -MOST ? -MOST : wanted > MOST ? MOST : wanted);
            unsigned bits = NAMED(marked)((const CELL *const *)scan->cell_rows, pool->tables, first, (CELL)add,
                                          scan->floors, mentee_floor, sums) &
                            scan->eligible[b];
            for (; bits; bits &= bits - 1) {
                int64_t l = lowest(bits);
                if (weigh(scan, i, first + l, sums[l])) NAMED(set_floor)(scan, first + l);
            }
        }
        end_mentee(scan, i);
    }
    return to;
}
