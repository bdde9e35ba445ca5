/* The numbers that go with dots_madd.h on AVX-512. Included before it. */
#ifndef PITH_KERNELS_MADD_512_H
#define PITH_KERNELS_MADD_512_H

/* The register tile of panels: groups, and columns, from few to many. */
enum {
    V_GROUPS = 2,
    V_COLS_FEW = 2,
    V_COLS = 4
};
#define V_TILES(define, name, ...)                                                                                     \
    define(name, 2, __VA_ARGS__) define(name, 3, __VA_ARGS__) define(name, 4, __VA_ARGS__)
#define V_TILE_TABLE(name)                                                                                             \
    { name##_2, name##_3, name##_4 }

/* How many columns weights stream past at once, and up to how many they do so, in turns, where blocks are of 32 and of
 * 256. */
enum {
    V_STREAM_COLS = 2,
    V_STREAM_LIMIT_32 = 8,
    V_STREAM_LIMIT_256 = 2,
    V_STREAM_LIMIT_Q4_K = V_STREAM_LIMIT_256
};
#define V_STREAMS(define, stream, args) define(stream, args, 1) define(stream, args, 2)

#endif
