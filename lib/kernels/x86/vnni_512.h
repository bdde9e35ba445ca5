/* The instructions of AVX-512 VNNI, and the numbers that go with them. Included before dots_vnni.h. */
#ifndef PITH_KERNELS_VNNI_512_H
#define PITH_KERNELS_VNNI_512_H

/* The register tile of panels: groups, and columns, from few to many. */
enum {
    V_GROUPS = 2,
    V_COLS_FEW = 4,
    V_COLS = 6
};
#define V_TILES(define, name, ...)                                                                                     \
    define(name, 4, __VA_ARGS__) define(name, 5, __VA_ARGS__) define(name, 6, __VA_ARGS__)
#define V_TILE_TABLE(name)                                                                                             \
    { name##_4, name##_5, name##_6 }

/* How many columns weights stream past at once, and up to how many they do so, in turns: always where blocks are of 32,
 * whose unpacking takes no time from the products (INT32_MAX); longer for Q4_K, which takes the least of the others. */
enum {
    V_STREAM_COLS = 6,
    V_STREAM_LIMIT_32 = INT32_MAX,
    V_STREAM_LIMIT_256 = 16,
    V_STREAM_LIMIT_Q4_K = 128
};
/* Five at once would be a sixth more code for little: they pass as three and two. */
#define V_STREAMS(define, stream, args)                                                                                \
    define(stream, args, 1) define(stream, args, 2) define(stream, args, 3) define(stream, args, 4)                    \
        define(stream, args, 6)

/* acc + four products of bytes a lane: of weights without sign and activations. */
V_FN vi v_dot4(vi acc, vi weights, vi x) {
    return _mm512_dpbusd_epi32(acc, weights, x);
}

/* acc + the product of two pairs of int16 a lane. */
V_FN vi v_pair_dot(vi acc, vi weights, vi x) {
    return _mm512_dpwssd_epi32(acc, weights, x);
}

#endif
