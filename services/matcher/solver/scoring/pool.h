/* The pool as the scoring core sees it. Mentors are in an order of their own (alike people side by side), padded to
   `width`, a multiple of 64; all memory belongs to the caller. Twin in Python: plain_scorer.py. */
#ifndef CAIRN_POOL_H
#define CAIRN_POOL_H
#include <stdint.h>

enum { BLOCK = 8 }; /* mentors scored side by side */

typedef struct {
    int64_t mentees, mentors, width, rules, tables, overlaps, slot_stride;
    const int64_t *kind_of;        /* (M) */
    const int64_t *rows;           /* (K, rules) rows of `bits` */
    const uint64_t *bits;          /* (B, width / 64) */
    const uint64_t *open;          /* (width / 64) mentors with a place */
    const int64_t *excluded_start; /* (M + 1) */
    const int64_t *excluded;       /* mentor positions */
    const int32_t *mentee_codes;   /* (T, M) */
    const int32_t *mentee_share;   /* (T, M) or NULL: what a mentee multiplies each table by */
    const void *expanded;          /* for each table, (codes, width): cells, or 16 bits where there are shares */
    const int64_t *expanded_start; /* (T) first row of each table */
    const uint8_t *even;           /* for each row of `expanded`: it is the same for every mentor */
    const void *bonus;             /* (width) cells: mentor_bonus, less the guide where there is one */
    const void *least; /* (width) cells or NULL: what a pair must be worth without mentee_bonus, less the guide */
    const int64_t *overlap_words; /* (O) */
    const uint64_t *mentee_bits;  /* (sum of words, M) */
    const uint64_t *mentor_bits;  /* (sum of words, width) */
    const int32_t *overlap_table; /* all tables, one after the other */
    const int64_t *overlap_start; /* (O) first number of each overlap's table */
    const int64_t *overlap_row;   /* (O, M) */
    const int32_t *levels;        /* for each row of those tables, eight: 0 to 6 shared, and the most from 7 on */
    const int64_t *levels_start;  /* (O) first number of each overlap's levels */
    const uint8_t *flat;          /* for each row of those tables: levels are all there is to know of it */
    const uint64_t *slots;        /* (64 * sum of words, slot_stride) bit p of a row: the mentor at p has that slot */
    const uint64_t *all_slots;    /* (sum of words) what some mentor has */
    const uint64_t *all_counts;   /* (O, 3, slot_stride) counters (bit_counts.h) of all that mentors have */
    const int64_t *mentee_bonus;  /* (M) */
    const uint64_t *mentee_key;   /* (M) */
    const uint64_t *mentor_key;   /* (width) */
} Pool;

/* The best of each side: lists of at most `keep`, with the best value left out ("cut", two words). With a guide, mentees
   rank mentors by value less guide (the pool's `bonus` is less it already); what counts as of value stays. */
typedef struct {
    int64_t mentor_keep, mentee_keep, ranked;
    const int64_t *guide;   /* (width) or NULL; no lists of mentors then */
    const int64_t *floor;   /* (M) with a guide: what a pair must be worth, less guide, to be listed at all */
    int32_t *mentor_length; /* (width) */
    int32_t *mentor_list;   /* (width, 2 * mentor_keep) mentee rows, unordered */
    int64_t *mentor_value;  /* (width, 2 * mentor_keep) */
    int64_t *mentor_cut;    /* (width, 2) */
    int32_t *mentee_length; /* (M) */
    int32_t *mentee_list;   /* (M, mentee_keep) mentor positions, the `ranked` best in order */
    int64_t *mentee_value;  /* (M, mentee_keep) */
    int64_t *mentee_cut;    /* (M, 2) */
    int64_t *eligible;      /* (M) */
} Lists;

/* Prices to check, and room for the pairs that they do not cover. On every stair, a pair can only be one of those where
   what the mentee has to spare is less than how far the mentor fell. */
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
    int32_t who;
} Ranked;

static inline int better(int64_t a, int64_t b, int64_t c, int64_t d) { return a > c || (a == c && b > d); }

static inline uint64_t mixed(uint64_t word) {
    word = (word ^ (word >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    word = (word ^ (word >> 27)) * UINT64_C(0x94D049BB133111EB);
    return word ^ (word >> 31);
}

/* The same number as tie_break.pair_hash. */
static inline int64_t pair_hash(uint64_t mentee_key, uint64_t mentor_key) {
    return (int64_t)(mixed(mixed(mentee_key + UINT64_C(0x9E3779B97F4A7C15)) ^ mentor_key) >> 24);
}

/* Bring the `keep` best of `size` to the front (Hoare's quickselect); returns the best of those left out. */
Ranked cairn_select(Ranked *items, int64_t size, int64_t keep);
#endif
