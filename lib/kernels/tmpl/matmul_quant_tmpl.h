/* Products of every quantized type, from the words of a lanes header and a dots header. Two ways, same bits:
 * few columns: blocks are unpacked in registers and multiplied at once, so that the weights stream through at
 * memory speed; more columns: 512 elements (or a super-block) of one or two groups are unpacked to panels once, then
 * multiplied with tiles of columns. How many are few is measured, and stands in the dots headers. */
#ifndef PITH_KERNELS_MATMUL_QUANT_TMPL_H
#define PITH_KERNELS_MATMUL_QUANT_TMPL_H

#include "kernels/kernels.h"
#include "kernels/tmpl/panel_tmpl.h"
#include "kernels/tmpl/unpack256_tmpl.h"
#include "kernels/tmpl/unpack32_tmpl.h"

/* How a type is brought into panels and multiplied. */
typedef void (*fill32_fn)(panel32 *panel, const uint8_t *group, uint64_t block, uint32_t count);
typedef void (*fill256_fn)(panel256 *panel, const uint8_t *cell);

/* The weights of the panels that come next: `lines` cache lines of each group. They are asked for while
 * the columns pass over the panels at hand, a part with each tile: filling panels alone would wait for memory. */
typedef struct upcoming {
    const uint8_t *weights;
    uint64_t group_bytes;
    uint32_t lines;
} upcoming;

static void prefetch_share(const upcoming *next, uint32_t tile, uint32_t tiles) {
    for (uint32_t g = 0; next->weights && g < V_GROUPS; g++) {
        const uint8_t *from = next->weights + g * next->group_bytes;
        for (uint32_t line = next->lines * tile / tiles; line < next->lines * (tile + 1) / tiles; line++) {
            __builtin_prefetch(from + 64 * line, 0, 2);
        }
    }
}

/* The results of the next groups, in no cache yet: their first tile would wait to write them. */
static void prefetch_results(const float *out, uint64_t stride, uint32_t cols) {
    for (uint32_t c = 0; c < cols; c++) {
        for (int g = 0; g < V_GROUPS; g++) {
            __builtin_prefetch(out + c * stride + 16 * g, 1, 3);
        }
    }
}

/* All columns, from the given elements on, against the panels at hand. They are spread evenly over tiles: none of more
 * columns than streams take has fewer than V_COLS_FEW. */
static void multiply_panels(const pith__matmul_args *a, tile_args *t, const tile_table *tiles, uint32_t group,
                            uint64_t q_at, uint64_t scale_at, uint64_t sum_at, const upcoming *next) {
    const pith__acts *x = a->x;
    uint32_t count = (a->cols + V_COLS - 1) / V_COLS;
    for (uint32_t tile = 0; tile < count; tile++) {
        uint32_t c = (uint32_t)((uint64_t)a->cols * tile / count);
        uint32_t cols = (uint32_t)((uint64_t)a->cols * (tile + 1) / count) - c;
        uint64_t col = (uint64_t)a->first_col + c;
        prefetch_share(next, tile, count);
        if (t->first && group + V_GROUPS < a->groups) {
            prefetch_results(a->out + c * a->out_stride + 16 * (uint64_t)(group + V_GROUPS), a->out_stride, cols);
        }
        t->q = x->q + col * x->q_stride + q_at;
        t->scale = x->scale + col * x->scale_stride + scale_at;
        t->sum = x->sum + col * x->sum_stride + sum_at;
        t->out = a->out + c * a->out_stride + 16 * (uint64_t)group;
        (*tiles)[cols - V_COLS_FEW](t);
    }
}

static tile_args tile_args_of(const pith__matmul_args *a, int32_t bias) {
    tile_args t = {.bias = bias,
                   .q_stride = a->x->q_stride,
                   .scale_stride = a->x->scale_stride,
                   .sum_stride = a->x->sum_stride,
                   .out_stride = a->out_stride};
    return t;
}

/* What follows the panels of `group` at byte `at` of the groups: the next groups there, or the first ones at byte
 * `after`. */
static upcoming upcoming_of(const pith__matmul_args *a, uint32_t group, uint64_t at, uint64_t after, uint32_t bytes) {
    upcoming next = {.group_bytes = a->group_bytes, .lines = bytes / 64};
    if (group + V_GROUPS < a->groups) {
        next.weights = a->weights + (group + V_GROUPS) * a->group_bytes + at;
    } else if (after < a->group_bytes) {
        next.weights = a->weights + after;
    }
    return next;
}

/* Panels of all groups at one stretch of K before the next stretch, so that the columns' part there stays in the cache.
 */
static void matmul_panels32(const pith__matmul_args *a, fill32_fn fill, const tile_table *tiles, int32_t bias) {
    panel32 panels[V_GROUPS];
    tile_args t = tile_args_of(a, bias);
    t.panel = panels;
    uint64_t blocks = ((uint64_t)a->k + 63) / 64 * 2;
    uint32_t block_bytes = (uint32_t)(a->group_bytes / blocks);
    for (uint64_t block = 0; block < blocks; block += PANEL_BLOCKS) {
        t.first = block == 0;
        t.blocks = (uint32_t)(blocks - block < PANEL_BLOCKS ? blocks - block : PANEL_BLOCKS);
        for (uint32_t group = 0; group < a->groups; group += V_GROUPS) {
            upcoming next = upcoming_of(a, group, block * block_bytes, (block + PANEL_BLOCKS) * block_bytes,
                                        t.blocks * block_bytes);
            for (uint32_t g = 0; g < V_GROUPS; g++) {
                fill(&panels[g], a->weights + (group + g) * a->group_bytes, block, t.blocks);
            }
            multiply_panels(a, &t, tiles, group, block * 32, block, block, &next);
        }
    }
}

static void matmul_panels256(const pith__matmul_args *a, fill256_fn fill, uint32_t cell_bytes,
                             const tile_table *tiles) {
    panel256 panels[V_GROUPS];
    tile_args t = tile_args_of(a, 0);
    t.panel = panels;
    uint64_t blocks = ((uint64_t)a->k + 255) / 256;
    for (uint64_t block = 0; block < blocks; block++) {
        t.first = block == 0;
        for (uint32_t group = 0; group < a->groups; group += V_GROUPS) {
            upcoming next = upcoming_of(a, group, block * cell_bytes, (block + 1) * cell_bytes, cell_bytes);
            for (uint32_t g = 0; g < V_GROUPS; g++) {
                fill(&panels[g], a->weights + (group + g) * a->group_bytes + block * cell_bytes);
            }
            multiply_panels(a, &t, tiles, group, block * 256, block, block * 16, &next);
        }
    }
}

/* The pairs of a super-block from its minimums, or from its scales times -bias. `vectors` as in tile256. */
V_FN void make_pairs(const vi *scale, const vi *min, int vectors, int has_min, int32_t bias, vi *pair) {
    V_UNROLL
    for (int i = 0; i < 8; i++) {
        int first = vectors == 8 ? i : 2 * i;
        int second = vectors == 8 ? i : 2 * i + 1;
        vi minus_bias = v_set_i(-bias);
        pair[i] = has_min ? v_pair_of(min[first], min[second])
                          : v_pair_of(v_mul_i(scale[first], minus_bias), v_mul_i(scale[second], minus_bias));
    }
}

/* Gives the weights of a sub-block their sign, and begins the sums accordingly. */
V_FN void panel_sign(panel256 *panel, vi *w, int32_t bias, int vectors, vi scale) {
    V_UNROLL
    for (int j = 0; j < vectors; j++) {
        w[j] = v_sub8(w[j], v_set_i((int32_t)((uint32_t)bias * 0x01010101u)));
    }
    panel->start = v_signed_start(panel->start, w, vectors, scale);
}

/* ---- Few columns: weights stream through. ---- */

/* With several columns so many instructions lie between two loads of weights that the processor sees too few of them at
 * a time: weights are asked for ahead, into the second-level cache (into the first it is slower than nothing). For one
 * column the processor's own foresight does better: it runs further ahead than the misses of one core can. */
enum {
    PREFETCH_AHEAD = 10240,   /* bytes, of super-blocks in whole cells */
    STREAM_BYTES = 384 * 1024 /* of columns */
};

V_FN void prefetch_ahead(const uint8_t *weights, int bytes) {
    V_UNROLL
    for (int at = 0; at < bytes; at += 64) {
        __builtin_prefetch(weights + PREFETCH_AHEAD + at, 0, 2);
    }
}

/* A quarter of the cell at `next`; of lines that are no multiple of four, a few twice. */
V_FN void prefetch_quarter(const uint8_t *next, int bytes, int quarter) {
    int lines = (bytes / 64 + 3) / 4;
    V_UNROLL
    for (int line = 0; line < lines; line++) {
        __builtin_prefetch(next + 64 * (quarter * lines + line), 0, 2);
    }
}

/* Where up to V_COLS columns begin. */
typedef struct stream_columns {
    const int8_t *q[V_COLS];
    const float *scale[V_COLS];
    const int16_t *sum[V_COLS];
} stream_columns;

V_FN stream_columns stream_columns_of(const pith__matmul_args *a, int cols) {
    stream_columns x;
    V_UNROLL
    for (int c = 0; c < cols; c++) {
        uint64_t col = (uint64_t)a->first_col + (uint64_t)c;
        x.q[c] = a->x->q + col * a->x->q_stride;
        x.scale[c] = a->x->scale + col * a->x->scale_stride;
        x.sum[c] = a->x->sum + col * a->x->sum_stride;
    }
    return x;
}

/* The sums of a group begin; their places are asked for, as the processor cannot go far without having them. */
V_FN void stream_clear(const pith__matmul_args *a, uint32_t group, int cols, vf *acc) {
    V_UNROLL
    for (int c = 0; c < cols; c++) {
        acc[c] = v_zero();
        __builtin_prefetch(a->out + (uint64_t)c * a->out_stride + 16 * (uint64_t)group, 1, 3);
    }
}

V_FN void stream_store(const pith__matmul_args *a, uint32_t group, int cols, const vf *acc) {
    V_UNROLL
    for (int c = 0; c < cols; c++) {
        v_store(a->out + (uint64_t)c * a->out_stride + 16 * (uint64_t)group, acc[c]);
    }
}

typedef void (*stream_fn)(const pith__matmul_args *a);

/* How many of `cols` columns stream next: as many as can, but rather four and three than six and one; five never. */
static uint32_t stream_turn(uint32_t cols) {
    if (V_STREAM_COLS == 6 && (cols == 7 || cols == 8 || cols == 11)) {
        return 4;
    }
    if (V_STREAM_COLS == 6 && cols == 5) {
        return 3;
    }
    return cols < V_STREAM_COLS ? cols : V_STREAM_COLS;
}

/* More columns than stream at once pass by in turns, a group at a time: its second time it comes from the cache. */
static void stream_turns(const pith__matmul_args *a, stream_fn stream) {
    for (uint32_t g = 0; g < a->groups; g++) {
        pith__matmul_args part = *a;
        part.weights += g * a->group_bytes;
        part.groups = 1;
        for (uint32_t first = 0; first < a->cols; first += part.cols) {
            part.first_col = a->first_col + first;
            part.cols = stream_turn(a->cols - first);
            part.out = a->out + first * a->out_stride + 16 * (uint64_t)g;
            stream(&part);
        }
    }
}

/* As many columns at a time as stay in the second-level cache beside the groups of a task. */
static void stream_all(const pith__matmul_args *a, stream_fn stream) {
    if (stream_turn(a->cols) == a->cols) {
        stream(a);
        return;
    }
    uint32_t fit = (uint32_t)(STREAM_BYTES / a->x->q_stride) / V_STREAM_COLS * V_STREAM_COLS;
    pith__matmul_args some = *a;
    for (uint32_t first = 0; first < a->cols; first += some.cols) {
        some.first_col = a->first_col + first;
        some.cols = a->cols - first;
        if (fit >= V_STREAM_COLS && some.cols > fit) {
            some.cols = fit;
        }
        some.out = a->out + first * a->out_stride;
        stream_turns(&some, stream);
    }
}

/* The groups that fill whole sets of panels; those left over, of which there are seldom any, stream. */
static pith__matmul_args whole_sets(const pith__matmul_args *a, stream_fn stream) {
    pith__matmul_args sets = *a, rest = *a;
    sets.groups = a->groups / V_GROUPS * V_GROUPS;
    rest.groups = a->groups - sets.groups;
    if (rest.groups > 0) {
        rest.weights += sets.groups * a->group_bytes;
        rest.out += 16 * (uint64_t)sets.groups;
        stream_all(&rest, stream);
    }
    return sets;
}

/* A case for each number of columns that streams. */
#define STREAM_CASE(stream, args, cols)                                                                                \
    case cols:                                                                                                         \
        stream(args, cols);                                                                                            \
        break;
#define STREAM_CASES(stream, args) V_STREAMS(STREAM_CASE, stream, args)

#define V_TYPE        q4_0
#define V_TYPE_CELL   PITH__Q4_0_CELL
#define V_TYPE_BLOCKS 2
#define V_TYPE_BIAS   8
#define V_TYPE_RUN    4
#define V_TYPE_MIN    0
#define V_TYPE_TILES  tile32_plain
#include "kernels/tmpl/type32_tmpl.h"

#define V_TYPE        q4_1
#define V_TYPE_CELL   PITH__Q4_1_CELL
#define V_TYPE_BLOCKS 2
#define V_TYPE_BIAS   0
#define V_TYPE_RUN    4
#define V_TYPE_MIN    1
#define V_TYPE_TILES  tile32_min
#include "kernels/tmpl/type32_tmpl.h"

#define V_TYPE        q5_0
#define V_TYPE_CELL   PITH__Q5_0_CELL
#define V_TYPE_BLOCKS 2
#define V_TYPE_BIAS   16
#define V_TYPE_RUN    4
#define V_TYPE_MIN    0
#define V_TYPE_TILES  tile32_plain
#include "kernels/tmpl/type32_tmpl.h"

#define V_TYPE        q5_1
#define V_TYPE_CELL   PITH__Q5_1_CELL
#define V_TYPE_BLOCKS 2
#define V_TYPE_BIAS   0
#define V_TYPE_RUN    4
#define V_TYPE_MIN    1
#define V_TYPE_TILES  tile32_min
#include "kernels/tmpl/type32_tmpl.h"

#define V_TYPE        q8_0
#define V_TYPE_CELL   PITH__Q8_0_CELL
#define V_TYPE_BLOCKS 2
#define V_TYPE_BIAS   V_WIDE_BIAS
#define V_TYPE_RUN    1
#define V_TYPE_MIN    0
#define V_TYPE_TILES  tile32_wide
#include "kernels/tmpl/type32_tmpl.h"

#define V_TYPE        iq4_nl
#define V_TYPE_CELL   PITH__Q4_0_CELL
#define V_TYPE_BLOCKS 2
#define V_TYPE_BIAS   V_WIDE_BIAS
#define V_TYPE_RUN    1
#define V_TYPE_MIN    0
#define V_TYPE_TILES  tile32_wide
#include "kernels/tmpl/type32_tmpl.h"

#define V_TYPE        mxfp4
#define V_TYPE_CELL   PITH__MXFP4_CELL
#define V_TYPE_BLOCKS 4
#define V_TYPE_BIAS   12
#define V_TYPE_RUN    4
#define V_TYPE_MIN    0
#define V_TYPE_TILES  tile32_plain
#include "kernels/tmpl/type32_tmpl.h"

#define V_TYPE         q2_k
#define V_TYPE_CELL    PITH__Q2_K_CELL
#define V_TYPE_BIAS    0
#define V_TYPE_RUN     4
#define V_TYPE_MIN     1
#define V_TYPE_VECTORS 4
#define V_TYPE_TILES   tile256_min16
#define V_TYPE_LIMIT   V_STREAM_LIMIT_256
#include "kernels/tmpl/type256_tmpl.h"

#define V_TYPE         q3_k
#define V_TYPE_CELL    PITH__Q3_K_CELL
#define V_TYPE_BIAS    4
#define V_TYPE_RUN     2
#define V_TYPE_MIN     0
#define V_TYPE_VECTORS 4
#define V_TYPE_TILES   tile256_plain16
#define V_TYPE_LIMIT   V_STREAM_LIMIT_256
#include "kernels/tmpl/type256_tmpl.h"

#define V_TYPE         q4_k
#define V_TYPE_CELL    PITH__Q4_K_CELL
#define V_TYPE_BIAS    0
#define V_TYPE_RUN     4
#define V_TYPE_MIN     1
#define V_TYPE_VECTORS 8
#define V_TYPE_TILES   tile256_min32
#define V_TYPE_LIMIT   V_STREAM_LIMIT_Q4_K
#include "kernels/tmpl/type256_tmpl.h"

#define V_TYPE         q5_k
#define V_TYPE_CELL    PITH__Q5_K_CELL
#define V_TYPE_BIAS    0
#define V_TYPE_RUN     4
#define V_TYPE_MIN     1
#define V_TYPE_VECTORS 8
#define V_TYPE_TILES   tile256_min32
#define V_TYPE_LIMIT   V_STREAM_LIMIT_256
#include "kernels/tmpl/type256_tmpl.h"

#define V_TYPE         q6_k
#define V_TYPE_CELL    PITH__Q6_K_CELL
#define V_TYPE_BIAS    32
#define V_TYPE_RUN     2
#define V_TYPE_MIN     0
#define V_TYPE_VECTORS 4
#define V_TYPE_TILES   tile256_plain16
#define V_TYPE_LIMIT   V_STREAM_LIMIT_256
#include "kernels/tmpl/type256_tmpl.h"

#define V_TYPE         iq4_xs
#define V_TYPE_CELL    PITH__IQ4_XS_CELL
#define V_TYPE_BIAS    V_WIDE_BIAS
#define V_TYPE_RUN     1
#define V_TYPE_MIN     0
#define V_TYPE_VECTORS 8
#define V_TYPE_TILES   tile256_wide32
#define V_TYPE_LIMIT   V_STREAM_LIMIT_256
#include "kernels/tmpl/type256_tmpl.h"

#endif
