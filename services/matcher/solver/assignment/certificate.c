/* Check prices against edges; twin of the numpy lines in certificate.py. */
#include <stdint.h>

/* Count edges of positive value with negative reduced cost (word by word). `used` receives the number of matched
   edges and their total value. */
int64_t cairn_check(int64_t mentees, const int64_t *indptr, const int32_t *mentor, const int64_t *value,
                    const int64_t *tie, const int64_t *u, const int64_t *p, const int64_t *v, const int64_t *q,
                    const int64_t *mentor_of, int64_t *used) {
    int64_t short_of = 0;
    used[0] = used[1] = 0;
    for (int64_t i = 0; i < mentees; i++)
        for (int64_t e = indptr[i]; e < indptr[i + 1]; e++) {
            int32_t j = mentor[e];
            int64_t slack = u[i] + v[j] - value[e];
            if (value[e] > 0 && slack <= 0) short_of += slack < 0 || p[i] + q[j] < tie[e];
            if (mentor_of[i] == j) {
                used[0]++;
                used[1] += value[e];
            }
        }
    return short_of;
}
