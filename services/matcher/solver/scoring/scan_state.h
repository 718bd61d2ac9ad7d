/* What one pass knows and works with: part of scan.c; scan_memory.h makes and frees it. */
typedef struct Scan {
    const Pool *pool;
    Lists *lists;          /* collect, or NULL */
    Prices *prices;        /* price, or NULL */
    const int64_t *guide;  /* (width) or NULL */
    const uint64_t *open;  /* (width / 64) mentors to look at */
    int64_t *offset;       /* (M) what every pair of a mentee has beside its fit */
    int64_t *mentor_floor; /* (width) what offset + fit must reach */
    int64_t mentee_floor, base;
    void *floors;           /* (width) cells: mentor_floor - base, cut to what a cell holds */
    const void **cell_rows; /* (tables + 4) */
    void *shares;           /* (tables + 4) cells */
    int32_t *block;         /* (width / BLOCK) blocks with eligible mentors */
    uint8_t *eligible;      /* (width / BLOCK) by place in `block`: bits of the mentors that the kind may meet */
    uint64_t *word;         /* (width / 64) */
    int32_t *stretch;       /* (slot_stride / WIDE) words from which on there are such mentors, WIDE at a time */
    int64_t stretches;
    int64_t count;        /* eligible mentors of the kind */
    int64_t *most_fallen; /* (stairs) price: of the mentors that the kind may meet */
    Ranked *ranked;       /* (2 * the larger keep) */
    Ranked *row;          /* (2 * mentee_keep) */
    int64_t row_length;
    int64_t row_cut[2];
    int unbounded;             /* the mentee's list has no floor to begin with */
    void *sums, *masks, *tops; /* (width) cells each, by place in `block`: sums; all ones where eligible; maxima */
    int32_t *candidate;        /* (width) places */
    int64_t *gains;            /* (width) */
    uint64_t *week;            /* (sum of overlap words) the mentee's bits */
    int32_t *own;              /* (DENSE + 1) the mentee's slots of one overlap */
    const int32_t **points;    /* (O) the mentee's row of each overlap's table */
    const int32_t **levels;    /* (O) the mentee's row of each overlap's levels */
    uint8_t *exact;            /* (O) levels are what the mentee's pairs are worth, not only a bound */
    const uint64_t **counts;   /* (O) counters of what mentors share, PLANES rows of `slot_stride` */
    uint64_t *planes;          /* (O, PLANES, slot_stride) the mentee's own counters */
    uint64_t *spread;          /* (256) the bits of a byte, a byte each */
} Scan;

enum { ROOM_PER_MENTEE = 24, FEW = 4 };
enum { WIDE = 4 }; /* words of bits side by side */
