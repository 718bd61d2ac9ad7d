/* Candidate lists of both sides while pairs are scored: part of scan.c. */

/* Shorten a mentor's list to its best. Ties are hashed only where the cut falls between equal values. Returns the
   cut. */
static Ranked shorten(const Pool *pool, Lists *lists, Ranked *ranked, int64_t j) {
    int64_t keep = lists->mentor_keep, base = j * 2 * keep, length = lists->mentor_length[j];
    for (int64_t s = 0; s < length; s++)
        ranked[s] = (Ranked){lists->mentor_value[base + s], 0, lists->mentor_list[base + s]};
    Ranked cut = cairn_select(ranked, length, keep);
    int64_t lowest_kept = ranked[0].a;
    for (int64_t s = 1; s < keep; s++)
        if (ranked[s].a < lowest_kept) lowest_kept = ranked[s].a;
    if (lowest_kept == cut.a) {
        for (int64_t s = 0; s < length; s++)
            ranked[s].b = pair_hash(pool->mentee_key[ranked[s].partner], pool->mentor_key[j]);
        cut = cairn_select(ranked, length, keep);
    } else {
        cut.b = INT64_MAX; /* all pairs of this value are left out */
    }
    for (int64_t s = 0; s < keep; s++) {
        lists->mentor_list[base + s] = ranked[s].partner;
        lists->mentor_value[base + s] = ranked[s].a;
    }
    lists->mentor_length[j] = (int32_t)keep;
    lists->mentor_cut[2 * j] = cut.a;
    lists->mentor_cut[2 * j + 1] = cut.b;
    return cut;
}

static int keep_for_mentor(Scan *scan, int64_t i, int64_t j, int64_t value) {
    Lists *lists = scan->lists;
    int64_t keep = lists->mentor_keep, base = j * 2 * keep;
    if (!keep || value < lists->mentor_cut[2 * j]) return 0;
    if (value == lists->mentor_cut[2 * j] &&
        pair_hash(scan->pool->mentee_key[i], scan->pool->mentor_key[j]) <= lists->mentor_cut[2 * j + 1])
        return 0;
    lists->mentor_list[base + lists->mentor_length[j]] = (int32_t)i;
    lists->mentor_value[base + lists->mentor_length[j]] = value;
    if (++lists->mentor_length[j] < 2 * keep) return 0;
    Ranked cut = shorten(scan->pool, lists, scan->ranked, j);
    scan->mentor_floor[j] = cut.a;
    return 1;
}

static void keep_for_mentee(Scan *scan, int64_t i, int64_t j, int64_t value) {
    int64_t keep = scan->lists->mentee_keep;
    if (!keep || value < scan->row_cut[0]) return;
    int64_t tie = pair_hash(scan->pool->mentee_key[i], scan->pool->mentor_key[j]);
    if (!better(value, tie, scan->row_cut[0], scan->row_cut[1])) return;
    scan->row[scan->row_length++] = (Ranked){value, tie, (int32_t)j};
    if (scan->row_length < 2 * keep) return;
    Ranked cut = cairn_select(scan->row, 2 * keep, keep);
    scan->row_length = keep;
    scan->row_cut[0] = scan->mentee_floor = cut.a;
    scan->row_cut[1] = cut.b;
}

/* Move the best `keep` to the front. Returns the best item left out. Usually only a few have to go. */
static Ranked drop(Ranked *row, int64_t length, int64_t keep) {
    if (length > keep + 6) return cairn_select(row, length, keep);
    for (; length > keep; length--) {
        int64_t worst = 0;
        for (int64_t s = 1; s < length; s++)
            if (better(row[worst].a, row[worst].b, row[s].a, row[s].b)) worst = s;
        Ranked swap = row[worst];
        row[worst] = row[length - 1];
        row[length - 1] = swap;
    }
    return row[keep];
}

/* Return the gain of rank `rank` (0 is the highest); reorders `gains`. */
static int64_t nth_gain(int64_t *gains, int64_t size, int64_t rank) {
    int64_t low = 0, high = size - 1;
    while (low < high) {
        int64_t middle = gains[low + (high - low) / 2], i = low, j = high;
        while (i <= j) {
            while (gains[i] > middle) i++;
            while (middle > gains[j]) j--;
            if (i > j) break;
            int64_t swap = gains[i];
            gains[i++] = gains[j];
            gains[j--] = swap;
        }
        if (rank <= j)
            high = j;
        else if (rank >= i)
            low = i;
        else
            break;
    }
    return gains[rank];
}
