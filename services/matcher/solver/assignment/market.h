/* The transportation problem and its state, shared by auction.c and augment.c. The caller owns all memory, so the
   functions are re-entrant and can be called in slices. Edges are numbered by mentee (CSR, or with gaps between
   rows); `by_mentor` lists edge numbers by mentor. Twins in Python: python_auction.py, python_augment.py. */
#ifndef CAIRN_CORE_H
#define CAIRN_CORE_H
#include <stdint.h>

typedef struct {
    int64_t mentees, mentors;
    const int64_t *indptr;        /* (M) first edge of each mentee */
    const int64_t *row_end;       /* (M) one past the last */
    const int32_t *mentor;        /* (E) */
    const int32_t *mentee;        /* (E) */
    const int64_t *value;         /* (E) > 0 */
    const int64_t *tie;           /* (E) */
    const int64_t *mentor_indptr; /* (N) first of each mentor's edges in by_mentor */
    const int64_t *mentor_end;    /* (N) one past the last */
    const int32_t *by_mentor;     /* (E) */
    const int64_t *slot_start;    /* (N) first place of each mentor; capacity is cut to one more than their edges */
    const int64_t *slot_end;      /* (N) one past the last */
    int32_t *slot_edge;           /* (slots) edge of each place; the first `load` places of a mentor are taken */
    int64_t *slot_bid;            /* (slots) auction only: a heap by bid, lowest first */
    int32_t *load;                /* (N) */
    int32_t *edge_of;             /* (M) matched edge of each mentee, -1 for none */
    int64_t *u, *v;               /* (M), (N) prices, first word */
    const int64_t *reserve;       /* (M) auction only: the scaled gain that a bid must exceed */
    int64_t *p, *q;               /* (M), (N) prices, second word; augment.c only */
} Market;

static inline int64_t places(const Market *m, int64_t j) { return m->slot_end[j] - m->slot_start[j]; }
#endif
