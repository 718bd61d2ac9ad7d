/* The state of one pass: part of scan.c; scan_memory.h allocates and frees it. */
typedef struct Scan {
    const Pool *pool;
    Lists *lists;          /* collect, or NULL */
    Prices *prices;        /* price, or NULL */
    const int64_t *guide;  /* (width) or NULL: price guess */
    const uint64_t *open;  /* (width / 64) mentors to scan */
    int64_t *offset;       /* (M) the part of the sum that all pairs of a mentee share */
    int64_t *mentor_floor; /* (width) lowest offset + fit that still matters to the mentor */
    int64_t mentee_floor, base;
    void *floors;           /* (width) cells: mentor_floor - base, clipped to the range of a cell */
    const void **cell_rows; /* (tables + 4) */
    void *shares;           /* (tables + 4) cells */
    int32_t *block;         /* (width / BLOCK) blocks with eligible mentors */
    uint8_t *eligible;      /* (width / BLOCK) by index in `block`: bits of the mentors that the class may meet */
    uint64_t *word;         /* (width / 64) */
    int32_t *stretch;       /* (slot_stride / WIDE) first words of the groups of WIDE words with such mentors */
    int64_t stretches;
    int64_t count;        /* eligible mentors of the class */
    int64_t *most_fallen; /* (stairs) price: largest `fallen` of the mentors that the class may meet */
    Ranked *ranked;       /* (2 * the larger keep) */
    Ranked *row;          /* (2 * mentee_keep) */
    int64_t row_length;
    int64_t row_cut[2];
    int unbounded;             /* the mentee's list starts without a floor */
    void *sums, *masks, *tops; /* (width) cells each, by index in `block`: sums; all ones where eligible; maxima */
    int32_t *candidate;        /* (width) positions in `sums` */
    int64_t *gains;            /* (width) */
    uint64_t *week;            /* (sum of overlap words) the mentee's bits */
    int32_t *own;              /* (DENSE + 1) the mentee's slots of one overlap */
    const int32_t **points;    /* (O) the mentee's row of each overlap's table */
    const int32_t **levels;    /* (O) the mentee's row of each overlap's levels */
    uint8_t *exact;            /* (O) 1 when the levels are exact for the mentee, not only a bound */
    const uint64_t **counts;   /* (O) counters of shared slots, PLANES rows of `slot_stride` */
    uint64_t *planes;          /* (O, PLANES, slot_stride) the mentee's own counters */
    uint64_t *spread;          /* (256) the bits of a byte, one byte each */
} Scan;

enum { ROOM_PER_MENTEE = 24, FEW = 4 };
enum { WIDE = 4 }; /* words of bits side by side */
