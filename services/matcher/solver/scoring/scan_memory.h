/* The memory of a pass: part of scan.c. */

/* Return a table that spreads each byte's bits to eight bytes of 0 or 1, the lowest bit first in memory. */
static uint64_t *spread_bytes(void) {
    uint64_t *spread = malloc((size_t)256 * 8);
    if (!spread) return NULL;
    for (int byte = 0; byte < 256; byte++) {
        uint8_t bits[BLOCK];
        for (int l = 0; l < BLOCK; l++) bits[l] = (uint8_t)(byte >> l & 1);
        memcpy(spread + byte, bits, BLOCK);
    }
    return spread;
}

static int prepare(Scan *scan, const Pool *pool, int64_t keep) {
    int64_t words = 0;
    for (int64_t o = 0; o < pool->overlaps; o++) words += pool->overlap_words[o];
    scan->pool = pool;
    scan->offset = malloc((size_t)(pool->mentees + 1) * 8);
    scan->mentor_floor = malloc((size_t)(pool->width + 1) * 8);
    scan->floors = malloc((size_t)(pool->width + 1) * 4);
    scan->cell_rows = malloc((size_t)(pool->tables + 4) * sizeof(void *));
    scan->shares = malloc((size_t)(pool->tables + 4) * 4);
    scan->block = malloc((size_t)(pool->width / BLOCK + 1) * 4);
    scan->eligible = malloc((size_t)(pool->width / BLOCK + 1));
    scan->most_fallen = malloc((size_t)((scan->prices ? scan->prices->stairs : 0) + 1) * 8);
    scan->stretch = malloc((size_t)(pool->slot_stride / WIDE + 1) * 4);
    scan->word = malloc((size_t)(pool->width / 64 + 1) * 8);
    scan->ranked = malloc((size_t)(2 * keep + 1) * sizeof(Ranked));
    scan->row = malloc((size_t)(2 * keep + 1) * sizeof(Ranked));
    scan->sums = malloc((size_t)(pool->width + 1) * 4);
    scan->masks = malloc((size_t)(pool->width + 1) * 4);
    scan->tops = malloc((size_t)(pool->width + 1) * 4);
    scan->candidate = malloc((size_t)(pool->width + 1) * 4);
    scan->week = malloc((size_t)(words + 1) * 8);
    scan->own = malloc((size_t)(DENSE + 1) * 4);
    scan->points = malloc((size_t)(pool->overlaps + 1) * sizeof(void *));
    scan->levels = malloc((size_t)(pool->overlaps + 1) * sizeof(void *));
    scan->exact = malloc((size_t)(pool->overlaps + 1));
    scan->counts = malloc((size_t)(pool->overlaps + 1) * sizeof(void *));
    scan->planes = malloc((size_t)(pool->overlaps * PLANES * pool->slot_stride + 1) * 8);
    scan->spread = spread_bytes();
    scan->gains = malloc((size_t)(pool->width + 1) * 8);
    return scan->offset && scan->mentor_floor && scan->floors && scan->cell_rows && scan->shares && scan->block &&
           scan->eligible && scan->word && scan->stretch && scan->most_fallen && scan->ranked && scan->row &&
           scan->sums && scan->masks && scan->tops && scan->candidate && scan->gains && scan->week && scan->own &&
           scan->points && scan->levels && scan->exact && scan->counts && scan->planes && scan->spread;
}

static void release(Scan *scan) {
    free(scan->offset);
    free(scan->mentor_floor);
    free(scan->floors);
    free((void *)scan->cell_rows);
    free(scan->shares);
    free(scan->block);
    free(scan->eligible);
    free(scan->word);
    free(scan->stretch);
    free(scan->most_fallen);
    free(scan->ranked);
    free(scan->row);
    free(scan->sums);
    free(scan->masks);
    free(scan->tops);
    free(scan->candidate);
    free(scan->week);
    free(scan->own);
    free((void *)scan->points);
    free((void *)scan->levels);
    free(scan->exact);
    free((void *)scan->counts);
    free(scan->planes);
    free(scan->spread);
    free(scan->gains);
}
