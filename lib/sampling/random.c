/* The random generator of the samplers: Philox4x32-10, counter-based, so that the number of a step needs no state and
 * no history.
 *
 * Key: the seed (low half first). Counter: the step in its two low words, zeros in the others. The first two words of
 * the output, w0 above w1, make 64 bits; the upper 53 of them, times 2^-53, are the number. All of it is exact: the
 * same on every machine. Source: Salmon, Moraes, Dror, Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC 2011. */
#include "sampling/sampling.h"

enum {
    PHILOX_ROUNDS = 10
};

static void philox_round(uint32_t c[4], uint32_t key0, uint32_t key1) {
    uint64_t p0 = (uint64_t)0xD2511F53u * c[0];
    uint64_t p1 = (uint64_t)0xCD9E8D57u * c[2];
    c[0] = (uint32_t)(p1 >> 32) ^ c[1] ^ key0;
    c[1] = (uint32_t)p1;
    c[2] = (uint32_t)(p0 >> 32) ^ c[3] ^ key1;
    c[3] = (uint32_t)p0;
}

double pith__random_uniform(uint64_t seed, uint64_t step) {
    uint32_t c[4] = {(uint32_t)step, (uint32_t)(step >> 32), 0, 0};
    uint32_t key0 = (uint32_t)seed, key1 = (uint32_t)(seed >> 32);
    for (int round = 0; round < PHILOX_ROUNDS; round++) {
        philox_round(c, key0, key1);
        key0 += 0x9E3779B9u;
        key1 += 0xBB67AE85u;
    }
    uint64_t bits = (uint64_t)c[0] << 32 | c[1];
    return (double)(bits >> 11) * 0x1p-53;
}
