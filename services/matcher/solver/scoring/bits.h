/* Bit operations that C99 does not have. */
#ifndef CAIRN_BITS_H
#define CAIRN_BITS_H
#include <stdint.h>
#include <string.h>

/* Compile a function for several register widths and choose one at load time; results are identical. */
#if defined(__x86_64__) && defined(__GLIBC__) && defined(__GNUC__) && !defined(__clang__) && __GNUC__ >= 12
#define DISPATCHED __attribute__((target_clones("arch=x86-64-v4", "avx2", "default")))
#elif defined(__x86_64__) && defined(__GLIBC__) && defined(__GNUC__) && !defined(__clang__)
#define DISPATCHED __attribute__((target_clones("avx2", "default")))
#else
#define DISPATCHED
#endif

/* Set each lane of `result` to the lane of `table` that `which` names. */
#if defined(__GNUC__) && !defined(__clang__)
#define LOOKED_UP(result, table, which, lanes) (result) = __builtin_shuffle(table, which)
#else
#define LOOKED_UP(result, table, which, lanes) \
    for (int lane = 0; lane < (lanes); lane++) (result)[lane] = (table)[(which)[lane]]
#endif

#define INLINED static inline __attribute__((always_inline))

/* Return the index, in memory order, of the byte that holds the lowest set bit. */
INLINED int lowest(uint64_t word) {
    int byte = __builtin_ctzll(word) / 8;
    return __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ ? byte : 7 - byte;
}

/* Return the position of the lowest set bit. */
INLINED int first_bit(uint64_t word) { return __builtin_ctzll(word); }

/* Return the number of set bits. */
INLINED int64_t ones(uint64_t word) {
    word -= (word >> 1) & UINT64_C(0x5555555555555555);
    word = (word & UINT64_C(0x3333333333333333)) + ((word >> 2) & UINT64_C(0x3333333333333333));
    return (int64_t)((((word + (word >> 4)) & UINT64_C(0x0F0F0F0F0F0F0F0F)) * UINT64_C(0x0101010101010101)) >> 56);
}
#endif
