/* Forward and reverse auction with native capacities (Bertsekas, Castanon and Tsaknakis, SIAM J. Optimization 3, 1993).
   The caller scales prices so that epsilon can be a whole number. The result only has to be a good start, because
   augment.c makes it exact; a run may stop anywhere. */
#include "market.h"

typedef struct {
    int64_t head, size, capacity;
    int32_t *items;
    uint8_t *waiting;
} Queue;

static void push(Queue *queue, int32_t item) {
    if (queue->waiting[item]) return;
    queue->waiting[item] = 1;
    int64_t at = queue->head + queue->size++;
    queue->items[at >= queue->capacity ? at - queue->capacity : at] = item;
}

static int32_t pop(Queue *queue) {
    int32_t item = queue->items[queue->head];
    if (++queue->head == queue->capacity) queue->head = 0;
    queue->size--;
    queue->waiting[item] = 0;
    return item;
}

/* Restore the heap of a mentor's places after a change at `at`. The lowest bid is the price of a place. */
static void sift(Market *m, int64_t base, int64_t size, int64_t at) {
    int32_t edge = m->slot_edge[base + at];
    int64_t bid = m->slot_bid[base + at];
    while (at > 0 && m->slot_bid[base + (at - 1) / 2] > bid) {
        int64_t up = (at - 1) / 2;
        m->slot_bid[base + at] = m->slot_bid[base + up];
        m->slot_edge[base + at] = m->slot_edge[base + up];
        at = up;
    }
    for (;;) {
        int64_t down = 2 * at + 1;
        if (down >= size) break;
        if (down + 1 < size && m->slot_bid[base + down + 1] < m->slot_bid[base + down]) down++;
        if (m->slot_bid[base + down] >= bid) break;
        m->slot_bid[base + at] = m->slot_bid[base + down];
        m->slot_edge[base + at] = m->slot_edge[base + down];
        at = down;
    }
    m->slot_bid[base + at] = bid;
    m->slot_edge[base + at] = edge;
}

static void seat(Market *m, int64_t j, int32_t edge, int64_t bid) {
    int64_t base = m->slot_start[j], at = m->load[j]++;
    m->slot_edge[base + at] = edge;
    m->slot_bid[base + at] = bid;
    m->edge_of[m->mentee[edge]] = edge;
    sift(m, base, m->load[j], at);
}

static void unseat(Market *m, int64_t j, int32_t edge) {
    int64_t base = m->slot_start[j], at = 0, last = --m->load[j];
    while (m->slot_edge[base + at] != edge) at++;
    m->edge_of[m->mentee[edge]] = -1;
    if (at == last) return;
    m->slot_edge[base + at] = m->slot_edge[base + last];
    m->slot_bid[base + at] = m->slot_bid[base + last];
    sift(m, base, last, at);
}

/* Forward auction: unmatched mentees bid until no bid gains anything. Returns the rest of `budget` (edges scanned). */
int64_t cairn_forward(Market *m, Queue *mentees, int64_t scale, int64_t epsilon, int64_t budget) {
    while (mentees->size && budget > 0) {
        int32_t i = pop(mentees);
        if (m->edge_of[i] >= 0) continue;
        int64_t best = m->reserve[i], second = best, chosen = -1;
        for (int64_t e = m->indptr[i]; e < m->row_end[i]; e++) {
            int64_t gain = scale * m->value[e] - m->v[m->mentor[e]];
            if (gain > second) {
                if (gain > best) {
                    second = best;
                    best = gain;
                    chosen = e;
                } else {
                    second = gain;
                }
            }
        }
        budget -= m->row_end[i] - m->indptr[i] + 8;
        m->u[i] = 0;
        if (chosen < 0) continue;
        int64_t j = m->mentor[chosen], base = m->slot_start[j];
        int64_t bid = m->v[j] + best - second + epsilon;
        if (m->load[j] == places(m, j)) {
            int32_t loser = m->mentee[m->slot_edge[base]];
            m->edge_of[loser] = -1;
            m->slot_edge[base] = (int32_t)chosen;
            m->slot_bid[base] = bid;
            m->edge_of[i] = (int32_t)chosen;
            sift(m, base, m->load[j], 0);
            push(mentees, loser);
        } else {
            seat(m, j, (int32_t)chosen, bid);
        }
        if (m->load[j] == places(m, j)) m->v[j] = m->slot_bid[base];
    }
    return budget;
}

enum { AT_ONCE = 16 };

/* Reverse auction: mentors with open places and a price above zero bid for mentees until no bid gains anything.
   Returns the rest of `budget` (edges scanned). */
int64_t cairn_reverse(Market *m, Queue *mentors, int64_t scale, int64_t epsilon, int64_t budget) {
    int64_t gains[AT_ONCE + 1];
    int32_t edges[AT_ONCE + 1];
    while (mentors->size && budget > 0) {
        int32_t j = pop(mentors);
        int64_t open = places(m, j) - m->load[j], found = 0;
        if (open <= 0 || m->v[j] <= 0) continue;
        int64_t wanted = open < AT_ONCE ? open : AT_ONCE, floor = 0;
        for (int64_t c = m->mentor_indptr[j]; c < m->mentor_end[j]; c++) {
            int32_t e = m->by_mentor[c], i = m->mentee[e];
            int64_t gain = scale * m->value[e] - m->u[i];
            if (gain <= floor || (m->edge_of[i] >= 0 && m->mentor[m->edge_of[i]] == j)) continue;
            int64_t at = found <= wanted ? found++ : wanted;
            for (; at > 0 && gains[at - 1] < gain; at--) {
                gains[at] = gains[at - 1];
                edges[at] = edges[at - 1];
            }
            gains[at] = gain;
            edges[at] = e;
            if (found > wanted) floor = gains[wanted];
        }
        budget -= m->mentor_end[j] - m->mentor_indptr[j] + 8;
        int64_t price = found > wanted ? gains[wanted] - epsilon : 0;
        if (price > m->v[j]) price = m->v[j];
        if (price < 0) price = 0;
        int64_t taken = found < wanted ? found : wanted, base = m->slot_start[j];
        m->v[j] = price;
        for (int64_t s = 0; s < taken; s++) {
            int32_t e = edges[s], i = m->mentee[e];
            if (m->edge_of[i] >= 0) {
                int32_t from = m->mentor[m->edge_of[i]];
                unseat(m, from, m->edge_of[i]);
                if (m->v[from] > 0) push(mentors, from);
            }
            seat(m, j, e, price);
        }
        for (int64_t s = 0; s < m->load[j]; s++) {
            int32_t e = m->slot_edge[base + s];
            m->slot_bid[base + s] = price;
            m->u[m->mentee[e]] = scale * m->value[e] - price;
        }
        if (price > 0 && m->load[j] < places(m, j)) push(mentors, j);
    }
    return budget;
}

/* Start a phase with a smaller epsilon: keep prices, dissolve pairs that break epsilon-complementary slackness, and
   queue the mentees who bid. */
void cairn_loosen(Market *m, Queue *mentees, int64_t scale, int64_t epsilon) {
    for (int64_t i = 0; i < m->mentees; i++) {
        int32_t own = m->edge_of[i];
        int64_t best = m->reserve[i];
        for (int64_t e = m->indptr[i]; e < m->row_end[i]; e++) {
            int64_t gain = scale * m->value[e] - m->v[m->mentor[e]];
            if (gain > best) best = gain;
        }
        if (own >= 0 && scale * m->value[own] - m->v[m->mentor[own]] < best - epsilon) {
            unseat(m, m->mentor[own], own);
            own = -1;
        }
        m->u[i] = best;
        if (own < 0 && best > m->reserve[i]) push(mentees, (int32_t)i);
    }
    for (int64_t j = 0; j < m->mentors; j++)
        for (int64_t s = m->slot_start[j]; s < m->slot_start[j] + m->load[j]; s++) m->slot_bid[s] = m->v[j];
}

/* Switch from forward to reverse: set the prices of mentees from the prices of mentors, and queue the mentors who
   bid. */
void cairn_turn(Market *m, Queue *mentors, int64_t scale) {
    for (int64_t i = 0; i < m->mentees; i++) {
        int32_t e = m->edge_of[i];
        m->u[i] = e < 0 ? 0 : scale * m->value[e] - m->v[m->mentor[e]];
    }
    for (int64_t j = 0; j < m->mentors; j++)
        if (m->load[j] < places(m, j) && m->v[j] > 0) push(mentors, (int32_t)j);
}
