/* The instructions of AVX-VNNI, and the numbers that go with them. Included before dots_vnni.h. AVX-512 encodes the
 * same instructions in its own way and names them otherwise; a machine that has only those can test this file too. */
#ifndef PITH_KERNELS_VNNI_256_H
#define PITH_KERNELS_VNNI_256_H

/* The register tile of panels: groups, and columns, from few to many. */
enum {
    V_GROUPS = 1,
    V_COLS_FEW = 2,
    V_COLS = 4
};
#define V_TILES(define, name, ...)                                                                                     \
    define(name, 2, __VA_ARGS__) define(name, 3, __VA_ARGS__) define(name, 4, __VA_ARGS__)
#define V_TILE_TABLE(name)                                                                                             \
    { name##_2, name##_3, name##_4 }

/* How many columns weights stream past at once, and up to how many they do so, in turns, where blocks are of 32 and of
 * 256. Sixteen registers do not hold the sums of more. */
enum {
    V_STREAM_COLS = 2,
    V_STREAM_LIMIT_32 = 8,
    V_STREAM_LIMIT_256 = 2,
    V_STREAM_LIMIT_Q4_K = V_STREAM_LIMIT_256
};
#define V_STREAMS(define, stream, args) define(stream, args, 1) define(stream, args, 2)

#if defined(__AVXVNNI__)
#define V_DPBUSD _mm256_dpbusd_avx_epi32
#define V_DPWSSD _mm256_dpwssd_avx_epi32
#else
#define V_DPBUSD _mm256_dpbusd_epi32
#define V_DPWSSD _mm256_dpwssd_epi32
#endif

/* acc + four products of bytes a lane: of weights without sign and activations. */
V_FN vi v_dot4(vi acc, vi weights, vi x) {
    return V_BOTH_I(V_DPBUSD(acc.a, weights.a, x.a), V_DPBUSD(acc.b, weights.b, x.b));
}

/* acc + the product of two pairs of int16 a lane. */
V_FN vi v_pair_dot(vi acc, vi weights, vi x) {
    return V_BOTH_I(V_DPWSSD(acc.a, weights.a, x.a), V_DPWSSD(acc.b, weights.b, x.b));
}

#endif
