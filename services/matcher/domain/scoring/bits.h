/* Small things about bits that C99 has no word for. */
#ifndef CAIRN_BITS_H
#define CAIRN_BITS_H
#include <stdint.h>
#include <string.h>

/* Place of the lowest bit of a number that is not zero (de Bruijn sequence). */
static int lowest(unsigned bits) {
    static const uint8_t place[32] = {0,  1,  28, 2,  29, 14, 24, 3, 30, 22, 20, 15, 25, 17, 4,  8,
                                      31, 27, 13, 23, 21, 19, 16, 7, 26, 12, 18, 6,  11, 5,  10, 9};
    uint32_t one = bits & (~bits + 1u);
    return place[(uint32_t)(one * UINT32_C(0x077CB531)) >> 27];
}

/* Gather eight bytes that are 0 or 1 into eight bits, whichever end of a word comes first in memory. */
static unsigned gathered(const uint8_t *mark) {
    const uint16_t one = 1;
    uint8_t first;
    uint64_t word;
    memcpy(&first, &one, 1);
    memcpy(&word, mark, 8);
    return (unsigned)((word * (first ? UINT64_C(0x0102040810204080) : UINT64_C(0x8040201008040201))) >> 56);
}

/* Count the bits of a word. */
static int64_t ones(uint64_t word) {
    word -= (word >> 1) & UINT64_C(0x5555555555555555);
    word = (word & UINT64_C(0x3333333333333333)) + ((word >> 2) & UINT64_C(0x3333333333333333));
    return (int64_t)((((word + (word >> 4)) & UINT64_C(0x0F0F0F0F0F0F0F0F)) * UINT64_C(0x0101010101010101)) >> 56);
}
#endif
