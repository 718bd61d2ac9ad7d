/* Count the slots of the week (or other bits) that a mentee shares with all mentors at once: part of scan.c.

   Bit b of a slot's row is set when the mentor at position b has the slot, so adding up the rows of a mentee's slots
   counts for 64 mentors per word (bit-sliced counters). Three bits per mentor count up to six; seven means seven or
   more. Curves are usually flat by then. Where they are not, the points added are an upper bound that `weigh`
   corrects. */
enum { PLANES = 3, LEVELS = 8, DENSE = 48 };
typedef uint64_t Words __attribute__((vector_size(WIDE * 8), aligned(8)));

/* Count into `planes` (PLANES rows of `slot_stride`) how many of the mentee's `owned` slots each mentor has, in the
   words with mentors that the mentee class may meet. */
INLINED void count_shared(const Scan *scan, uint64_t *planes, const uint64_t *slots, int64_t owned) {
    const int32_t *own = scan->own;
    int64_t stride = scan->pool->slot_stride;
    for (int64_t c = 0; c < scan->stretches; c++) {
        int64_t w = scan->stretch[c];
        Words one = {0}, two = {0}, four = {0};
        for (int64_t s = 0; s < owned; s++) {
            Words more = *(const Words *)(slots + own[s] * stride + w), carried = one & more;
            one ^= more;
            more = two & carried;
            two ^= carried;
            carried = four & more;
            four |= more;
            one |= carried; /* saturate: eight stays seven */
            two |= carried;
        }
        *(Words *)(planes + w) = one;
        *(Words *)(planes + stride + w) = two;
        *(Words *)(planes + 2 * stride + w) = four;
    }
}

/* Load the mentee's side of all overlaps: slots, counters and the row of every table. */
INLINED void set_week(Scan *scan, int64_t i) {
    const Pool *pool = scan->pool;
    int64_t stride = pool->slot_stride;
    for (int64_t o = 0, word = 0; o < pool->overlaps; o++) {
        int64_t words = pool->overlap_words[o], row = pool->overlap_row[o * pool->mentees + i], owned = 0;
        uint64_t missed = 0; /* slots that some mentor has and the mentee has not */
        const uint64_t *slots = pool->slots + 64 * word * stride;
        for (int64_t w = 0; w < words; w++, word++) {
            uint64_t bits = scan->week[word] = pool->mentee_bits[word * pool->mentees + i];
            missed |= pool->all_slots[word] & ~bits;
            for (; bits && owned <= DENSE; bits &= bits - 1) scan->own[owned++] = (int32_t)(64 * w + first_bit(bits));
        }
        scan->points[o] = pool->overlap_table + pool->overlap_start[o] + row * (64 * words + 1);
        scan->levels[o] = pool->levels + pool->levels_start[o] + row * LEVELS;
        scan->exact[o] = pool->flat[pool->levels_start[o] / LEVELS + row];
        scan->counts[o] = pool->all_counts + o * PLANES * stride;
        if (!missed) continue;
        if (owned > DENSE) { /* so many that the mentor's total count is a close bound */
            scan->exact[o] = 0;
            continue;
        }
        scan->counts[o] = scan->planes + o * PLANES * stride;
        count_shared(scan, scan->planes + o * PLANES * stride, slots, owned);
    }
}

/* Return the shared slots by the counters, seven at most, of the eight mentors of a block: one byte each. */
INLINED uint64_t counted(const Scan *scan, const uint64_t *planes, int64_t block) {
    int64_t word = block / (64 / BLOCK), shift = block % (64 / BLOCK) * BLOCK, stride = scan->pool->slot_stride;
    return scan->spread[planes[word] >> shift & 255] + 2 * scan->spread[planes[stride + word] >> shift & 255] +
           4 * scan->spread[planes[2 * stride + word] >> shift & 255];
}

/* Return the exact points of one pair's overlaps less the levels that were added for it. */
INLINED int64_t beyond_levels(const Scan *scan, int64_t j) {
    const Pool *pool = scan->pool;
    int64_t points = 0, word = 0, stride = pool->slot_stride;
    for (int64_t o = 0; o < pool->overlaps; o++) {
        int64_t shared = 0, level = 0, first = word;
        word += pool->overlap_words[o];
        if (scan->exact[o]) continue;
        for (int64_t w = first; w < word; w++) shared += ones(scan->week[w] & pool->mentor_bits[w * pool->width + j]);
        for (int p = 0; p < PLANES; p++) level |= (int64_t)(scan->counts[o][p * stride + j / 64] >> (j % 64) & 1) << p;
        points += scan->points[o][shared] - scan->levels[o][level];
    }
    return points;
}
