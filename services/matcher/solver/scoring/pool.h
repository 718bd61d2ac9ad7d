/* The pool in the layout of the scoring core. Mentors are ordered so that those with equal masks are neighbours, and
   padded to `width`, a multiple of 64. The caller owns all memory. Twin in Python: python_scorer.py. */
#ifndef CAIRN_POOL_H
#define CAIRN_POOL_H
#include <stdint.h>

enum { BLOCK = 8 }; /* mentors scored side by side */

typedef struct {
    int64_t mentees, mentors, width, rules, tables, overlaps, slot_stride;
    const int64_t *kind_of;        /* (M) mentee class of each mentee */
    const int64_t *rows;           /* (K, rules) rows of `bits` of each mentee class */
    const uint64_t *bits;          /* (B, width / 64) */
    const uint64_t *open;          /* (width / 64) mentors with places */
    const int64_t *excluded_start; /* (M + 1) */
    const int64_t *excluded;       /* mentor positions */
    const int32_t *mentee_codes;   /* (T, M) */
    const int32_t *mentee_share;   /* (T, M) or NULL: the factor of each table for each mentee */
    const void *expanded;          /* for each table, (codes, width): cells, or 16 bits where there are shares */
    const int64_t *expanded_start; /* (T) first row of each table */
    const uint8_t *even;           /* for each row of `expanded`: 1 when it is equal for all mentors */
    const void *bonus;             /* (width) cells: mentor_bonus, less the price guess if any */
    const void *least;             /* (width) cells or NULL: lowest fit of a pair, less the price guess if any */
    const int64_t *overlap_words;  /* (O) */
    const uint64_t *mentee_bits;   /* (sum of words, M) */
    const uint64_t *mentor_bits;   /* (sum of words, width) */
    const int32_t *overlap_table;  /* all tables, one after the other */
    const int64_t *overlap_start;  /* (O) first number of each overlap's table */
    const int64_t *overlap_row;    /* (O, M) */
    const int32_t *levels;         /* 8 per row of those tables: points for 0 to 6 bits, the most for 7 or more */
    const int64_t *levels_start;   /* (O) first number of each overlap's levels */
    const uint8_t *flat;           /* for each row of those tables: 1 when its levels are exact */
    const uint64_t *slots;         /* (64 * sum of words, slot_stride) bit p: the mentor at position p has it */
    const uint64_t *all_slots;     /* (sum of words) slots that some mentor has */
    const uint64_t *all_counts;    /* (O, 3, slot_stride) counters (bit_counts.h) of all slots of each mentor */
    const int64_t *mentee_bonus;   /* (M) */
    const uint64_t *mentee_key;    /* (M) */
    const uint64_t *mentor_key;    /* (width) */
} Pool;

/* Candidate lists of both sides, at most `keep` long, with their cuts: the best (value, tie) left out. With a price
   guess (`guide`), mentees rank mentors by value less that price, which the pool's `bonus` already subtracts; only
   pairs of value above zero are listed all the same. */
typedef struct {
    int64_t mentor_keep, mentee_keep, ranked;
    const int64_t *guide;   /* (width) or NULL: price guess; mentors keep no lists then */
    const int64_t *floor;   /* (M) with a price guess: the lowest value less price that is listed */
    int32_t *mentor_length; /* (width) */
    int32_t *mentor_list;   /* (width, 2 * mentor_keep) mentee rows, unordered */
    int64_t *mentor_value;  /* (width, 2 * mentor_keep) */
    int64_t *mentor_cut;    /* (width, 2) */
    int32_t *mentee_length; /* (M) */
    int32_t *mentee_list;   /* (M, mentee_keep) mentor positions, the best `ranked` in order */
    int64_t *mentee_value;  /* (M, mentee_keep) */
    int64_t *mentee_cut;    /* (M, 2) */
    int64_t *eligible;      /* (M) */
} Lists;

/* Prices to check, and memory for the violated pairs. By each slack bound (`stairs` of them), a pair can have a
   negative reduced cost only where the mentee's `spare` is less than the mentor's `fallen`. */
typedef struct {
    int64_t stairs;
    const int64_t *u, *p, *v, *q;  /* (M), (M), (width), (width) */
    const int64_t *spare, *fallen; /* (stairs, M), (stairs, width) */
    int64_t room, found;
    int32_t *mentee, *mentor; /* (room) */
    int64_t *value;           /* (room) */
} Prices;

typedef struct {
    int64_t a, b;
    int32_t partner;
} Ranked;

static inline int better(int64_t a, int64_t b, int64_t c, int64_t d) { return a > c || (a == c && b > d); }

static inline uint64_t mixed(uint64_t word) {
    word = (word ^ (word >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    word = (word ^ (word >> 27)) * UINT64_C(0x94D049BB133111EB);
    return word ^ (word >> 31);
}

/* Return the same tie as tie_break.pair_hash. */
static inline int64_t pair_hash(uint64_t mentee_key, uint64_t mentor_key) {
    return (int64_t)(mixed(mixed(mentee_key + UINT64_C(0x9E3779B97F4A7C15)) ^ mentor_key) >> 24);
}

/* Move the best `keep` of `size` items to the front (Hoare's quickselect). Returns the best item left out. */
Ranked cairn_select(Ranked *items, int64_t size, int64_t keep);
#endif
