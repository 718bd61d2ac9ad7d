/* Index edges by mentor (CSC): a stable counting sort, O(edges). */
#include <stdint.h>

void cairn_index(int64_t mentees, int64_t mentors, const int64_t *indptr, const int32_t *mentor, int64_t *mentor_indptr,
                 int32_t *by_mentor, int32_t *mentee) {
    for (int64_t j = 0; j <= mentors; j++) mentor_indptr[j] = 0;
    for (int64_t e = 0; e < indptr[mentees]; e++) mentor_indptr[mentor[e] + 1]++;
    for (int64_t j = 0; j < mentors; j++) mentor_indptr[j + 1] += mentor_indptr[j];
    for (int64_t i = 0; i < mentees; i++)
        for (int64_t e = indptr[i]; e < indptr[i + 1]; e++) {
            mentee[e] = (int32_t)i;
            by_mentor[mentor_indptr[mentor[e]]++] = (int32_t)e;
        }
    for (int64_t j = mentors; j > 0; j--) mentor_indptr[j] = mentor_indptr[j - 1];
    mentor_indptr[0] = 0;
}
