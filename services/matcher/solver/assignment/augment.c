/* Exact repair: shortest augmenting paths from both sides over two-word values, compared word by word (the ordered
   group Z x Z). Method and sources: its twin, python_augment.py. The caller owns the work memory; it is left clean.
   */
#include "market.h"

typedef struct {
    int64_t a, b;
} Pair;

typedef struct {
    Pair *mentor_distance, *mentee_distance; /* (N), (M) */
    int32_t *came_from;                      /* (max(M, N)) edge through which a node was reached */
    int32_t *leaver;                         /* (N) augment_mentor only: the mentee through whom a mentor was reached */
    uint8_t *mentor_state, *mentee_state;    /* (N), (M) 0 untouched, 1 tentative, 2 settled; zero between calls */
    int32_t *mentor_seen, *mentee_seen;      /* (N), (M) touched nodes */
    Pair *heap_key;                          /* (max(M, N)) */
    int32_t *heap_node;                      /* (max(M, N)) */
    int32_t *heap_at;                        /* (max(M, N)) place of a node in the heap */
    uint8_t *lowered;                        /* (M) or NULL: 1 for mentees whose price fell */
    int64_t heap_size, mentors_seen, mentees_seen;
} Work;

static inline Pair plus(Pair x, Pair y) { return (Pair){x.a + y.a, x.b + y.b}; }
static inline Pair minus(Pair x, Pair y) { return (Pair){x.a - y.a, x.b - y.b}; }
static inline int less(Pair x, Pair y) { return x.a < y.a || (x.a == y.a && x.b < y.b); }
static inline Pair zero(void) { return (Pair){0, 0}; }
static inline Pair mentee_price(const Market *m, int64_t i) { return (Pair){m->u[i], m->p[i]}; }
static inline Pair mentor_price(const Market *m, int64_t j) { return (Pair){m->v[j], m->q[j]}; }
static inline Pair worth(const Market *m, int64_t e) { return (Pair){m->value[e], m->tie[e]}; }

static void heap_place(Work *w, int64_t at, int32_t node, Pair key) {
    w->heap_node[at] = node;
    w->heap_key[at] = key;
    w->heap_at[node] = (int32_t)at;
}

static void heap_up(Work *w, int64_t at, int32_t node, Pair key) {
    while (at > 0 && less(key, w->heap_key[(at - 1) / 2])) {
        heap_place(w, at, w->heap_node[(at - 1) / 2], w->heap_key[(at - 1) / 2]);
        at = (at - 1) / 2;
    }
    heap_place(w, at, node, key);
}

static int32_t heap_pop(Work *w) {
    int32_t top = w->heap_node[0];
    int64_t size = --w->heap_size, at = 0;
    int32_t node = w->heap_node[size];
    Pair key = w->heap_key[size];
    for (;;) {
        int64_t down = 2 * at + 1;
        if (down >= size) break;
        if (down + 1 < size && less(w->heap_key[down + 1], w->heap_key[down])) down++;
        if (!less(w->heap_key[down], key)) break;
        heap_place(w, at, w->heap_node[down], w->heap_key[down]);
        at = down;
    }
    if (size) heap_place(w, at, node, key);
    return top;
}

static void seat(Market *m, int32_t e) {
    int32_t j = m->mentor[e];
    m->slot_edge[m->slot_start[j] + m->load[j]++] = e;
    m->edge_of[m->mentee[e]] = e;
}

static void unseat(Market *m, int32_t e) {
    int32_t j = m->mentor[e];
    int64_t at = m->slot_start[j], last = at + --m->load[j];
    while (m->slot_edge[at] != e) at++;
    m->slot_edge[at] = m->slot_edge[last];
    m->edge_of[m->mentee[e]] = -1;
}

static void settle_mentee(Work *w, int64_t i, Pair distance) {
    if (!w->mentee_state[i]) w->mentee_seen[w->mentees_seen++] = (int32_t)i;
    w->mentee_state[i] = 2;
    w->mentee_distance[i] = distance;
}

static void settle_mentor(Work *w, int64_t j, Pair distance) {
    if (!w->mentor_state[j]) w->mentor_seen[w->mentors_seen++] = (int32_t)j;
    w->mentor_state[j] = 2;
    w->mentor_distance[j] = distance;
}

static void reach(Work *w, int32_t node, Pair distance, uint8_t state) {
    if (state)
        heap_up(w, w->heap_at[node], node, distance);
    else
        heap_up(w, w->heap_size++, node, distance);
}

/* Move the price of each settled node by how much nearer it is than `best`, and clean the work memory. With `sign` +1
   prices of mentors rise, with -1 they fall. */
static void reprice(Market *m, Work *w, Pair best, int64_t sign) {
    for (int64_t s = 0; s < w->mentees_seen; s++) {
        int32_t i = w->mentee_seen[s];
        if (w->mentee_state[i] == 2 && less(w->mentee_distance[i], best)) {
            Pair by = minus(best, w->mentee_distance[i]);
            m->u[i] -= sign * by.a;
            m->p[i] -= sign * by.b;
            if (w->lowered && sign > 0) w->lowered[i] = 1;
        }
        w->mentee_state[i] = 0;
    }
    for (int64_t s = 0; s < w->mentors_seen; s++) {
        int32_t j = w->mentor_seen[s];
        if (w->mentor_state[j] == 2 && less(w->mentor_distance[j], best)) {
            Pair by = minus(best, w->mentor_distance[j]);
            m->v[j] += sign * by.a;
            m->q[j] += sign * by.b;
        }
        w->mentor_state[j] = 0;
    }
    w->mentees_seen = w->mentors_seen = w->heap_size = 0;
}

/* Match an unmatched mentee along the shortest augmenting path, which may leave another mentee unmatched.
   Returns the number of edges scanned. */
static int64_t augment_mentee(Market *m, Work *w, int32_t start) {
    Pair best = mentee_price(m, start);
    int32_t end_mentee = start, end_mentor = -1, j = -1;
    int64_t looked = 0;
    settle_mentee(w, start, zero());
    for (;;) {
        int64_t members = j < 0 ? 1 : m->load[j];
        for (int64_t s = 0; s < members; s++) {
            int32_t i = j < 0 ? start : m->mentee[m->slot_edge[m->slot_start[j] + s]];
            if (j >= 0) settle_mentee(w, i, w->mentor_distance[j]);
            Pair base = plus(w->mentee_distance[i], mentee_price(m, i));
            if (less(base, best)) best = base, end_mentee = i, end_mentor = -1;
            looked += m->row_end[i] - m->indptr[i];
            for (int64_t e = m->indptr[i]; e < m->row_end[i]; e++) {
                int32_t to = m->mentor[e];
                if (base.a + m->v[to] - m->value[e] > best.a) continue;
                Pair distance = minus(plus(base, mentor_price(m, to)), worth(m, e));
                uint8_t state = w->mentor_state[to];
                if (state == 2 || !less(distance, best)) continue;
                if (state == 1 && !less(distance, w->mentor_distance[to])) continue;
                w->mentor_distance[to] = distance;
                w->came_from[to] = (int32_t)e;
                if (m->load[to] < places(m, to)) {
                    best = distance, end_mentee = -1, end_mentor = to;
                    continue;
                }
                reach(w, to, distance, state);
                if (!state) w->mentor_state[to] = 1, w->mentor_seen[w->mentors_seen++] = to;
            }
        }
        if (!w->heap_size || !less(w->heap_key[0], best)) break;
        j = heap_pop(w);
        w->mentor_state[j] = 2;
    }
    reprice(m, w, best, 1);
    int32_t at = end_mentor;
    if (at < 0) {
        if (end_mentee == start) return looked;
        at = m->mentor[m->edge_of[end_mentee]];
        unseat(m, m->edge_of[end_mentee]);
    }
    for (;;) {
        int32_t e = w->came_from[at], i = m->mentee[e], left = m->edge_of[i];
        if (left >= 0) unseat(m, left);
        seat(m, e);
        if (i == start) return looked;
        at = m->mentor[left];
    }
}

/* Fill one open place along the shortest augmenting path, or lower the price at its end to zero.
   Returns the number of edges scanned. */
static int64_t augment_mentor(Market *m, Work *w, int32_t start) {
    Pair best = mentor_price(m, start), here = zero();
    int32_t end_mentee = -1, end_mentor = start, j = start;
    int64_t looked = 0;
    for (;;) {
        settle_mentor(w, j, here);
        for (int64_t s = m->slot_start[j]; s < m->slot_start[j] + m->load[j]; s++)
            if (w->mentee_state[m->mentee[m->slot_edge[s]]] != 2) settle_mentee(w, m->mentee[m->slot_edge[s]], here);
        Pair base = plus(here, mentor_price(m, j));
        if (less(base, best)) best = base, end_mentee = -1, end_mentor = j;
        looked += m->mentor_end[j] - m->mentor_indptr[j];
        for (int64_t c = m->mentor_indptr[j]; c < m->mentor_end[j]; c++) {
            int32_t e = m->by_mentor[c], i = m->mentee[e];
            if (base.a + m->u[i] - m->value[e] > best.a) continue;
            Pair distance = minus(plus(base, mentee_price(m, i)), worth(m, e));
            uint8_t state = w->mentee_state[i];
            if (state == 2 || !less(distance, best)) continue;
            if (state == 1 && !less(distance, w->mentee_distance[i])) continue;
            w->mentee_distance[i] = distance;
            w->came_from[i] = e;
            if (m->edge_of[i] < 0) {
                best = distance, end_mentee = i, end_mentor = -1;
                continue;
            }
            reach(w, i, distance, state);
            if (!state) w->mentee_state[i] = 1, w->mentee_seen[w->mentees_seen++] = i;
        }
        j = -1;
        while (w->heap_size && less(w->heap_key[0], best) && j < 0) {
            here = w->heap_key[0];
            int32_t i = heap_pop(w);
            if (w->mentee_state[i] == 2) continue; /* settled together with the mentor */
            w->mentee_state[i] = 2;
            j = m->mentor[m->edge_of[i]];
            w->leaver[j] = i;
        }
        if (j < 0) break;
    }
    reprice(m, w, best, -1);
    int32_t i = end_mentee;
    if (i < 0) {
        if (end_mentor == start) return looked;
        i = w->leaver[end_mentor];
    }
    if (m->edge_of[i] >= 0) unseat(m, m->edge_of[i]);
    for (;;) {
        int32_t e = w->came_from[i], to = m->mentor[e];
        if (to != start) unseat(m, m->edge_of[w->leaver[to]]); /* free the place first */
        seat(m, e);
        if (to == start) return looked;
        i = w->leaver[to];
    }
}

/* Set every mentee's price from their best edge, and dissolve pairs whose reduced cost is not zero. */
void cairn_tighten(Market *m) {
    for (int64_t i = 0; i < m->mentees; i++) {
        Pair best = zero();
        for (int64_t e = m->indptr[i]; e < m->row_end[i]; e++) {
            if (m->value[e] - m->v[m->mentor[e]] < best.a) continue;
            Pair gain = minus(worth(m, e), mentor_price(m, m->mentor[e]));
            if (less(best, gain)) best = gain;
        }
        m->u[i] = best.a;
        m->p[i] = best.b;
        int32_t own = m->edge_of[i];
        if (own >= 0 && less(minus(worth(m, own), mentor_price(m, m->mentor[own])), best)) unseat(m, own);
    }
}

/* Match unmatched mentees from row `from` on. Returns the row reached when `budget` edges were scanned, or M. */
int64_t cairn_place(Market *m, Work *w, int64_t from, int64_t budget) {
    for (; from < m->mentees && budget > 0; from++)
        if (m->edge_of[from] < 0 && less(zero(), mentee_price(m, from)))
            budget -= augment_mentee(m, w, (int32_t)from) + 8;
    return from;
}

/* Fill open places from mentor `from` on. Returns the mentor reached when `budget` edges were scanned, or N. */
int64_t cairn_fill(Market *m, Work *w, int64_t from, int64_t budget) {
    while (from < m->mentors && budget > 0) {
        if (m->load[from] < places(m, from) && less(zero(), mentor_price(m, from)))
            budget -= augment_mentor(m, w, (int32_t)from) + 8;
        else
            from++;
    }
    return from;
}

/* Steps for one person at a time (bench/single_changes): match one mentee, fill the open places of one mentor,
   unmatch one mentee. */
int64_t cairn_place_one(Market *m, Work *w, int64_t i) {
    return m->edge_of[i] < 0 && less(zero(), mentee_price(m, i)) ? augment_mentee(m, w, (int32_t)i) : 0;
}

int64_t cairn_settle_one(Market *m, Work *w, int64_t j) {
    int64_t looked = 0;
    while (m->load[j] < places(m, j) && less(zero(), mentor_price(m, j))) looked += augment_mentor(m, w, (int32_t)j);
    return looked;
}

/* Returns the mentor whose place is now free, or -1. */
int64_t cairn_leave(Market *m, int64_t i) {
    int32_t own = m->edge_of[i];
    if (own < 0) return -1;
    unseat(m, own);
    return m->mentor[own];
}
