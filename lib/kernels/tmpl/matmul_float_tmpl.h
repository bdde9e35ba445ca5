/* Products of float weights: element k of 16 rows is one vector, every row has one accumulator, so the order over k is
 * that of NUMERICS.md whatever the tile. With one column four groups are taken together, to have enough chains of fma
 * in flight. */
#ifndef PITH_KERNELS_MATMUL_FLOAT_TMPL_H
#define PITH_KERNELS_MATMUL_FLOAT_TMPL_H

#include "kernels/kernels.h"
#include "kernels/tmpl/unroll.h"

enum {
    FLOAT_F32,
    FLOAT_F16,
    FLOAT_BF16
};
enum {
    FLOAT_GROUPS_MAX = 4
};

V_FN vf float_weights(const uint8_t *group, uint64_t k, int kind) {
    if (kind == FLOAT_F32) {
        return v_load((const float *)(const void *)(group + k * 64));
    }
    return kind == FLOAT_F16 ? v_load_f16(group + k * 32) : v_load_bf16(group + k * 32);
}

V_FN void float_tile(const pith__matmul_args *a, uint32_t group, int groups, uint32_t col, int cols, int kind) {
    vf acc[FLOAT_GROUPS_MAX * V_FLOAT_COLS];
    const uint8_t *w = a->weights + group * a->group_bytes;
    const float *x = a->x->f + ((uint64_t)a->first_col + col) * a->x->f_stride;
    V_UNROLL
    for (int i = 0; i < groups * cols; i++) {
        acc[i] = v_zero();
    }
    for (uint64_t k = 0; k < a->k; k++) {
        vf weights[FLOAT_GROUPS_MAX];
        V_UNROLL
        for (int g = 0; g < groups; g++) {
            weights[g] = float_weights(w + (uint64_t)g * a->group_bytes, k, kind);
        }
        V_UNROLL
        for (int c = 0; c < cols; c++) {
            vf xk = v_set(x[(uint64_t)c * a->x->f_stride + k]);
            V_UNROLL
            for (int g = 0; g < groups; g++) {
                acc[g * cols + c] = v_fma(weights[g], xk, acc[g * cols + c]);
            }
        }
    }
    V_UNROLL
    for (int g = 0; g < groups; g++) {
        V_UNROLL
        for (int c = 0; c < cols; c++) {
            v_store(a->out + (col + (uint64_t)c) * a->out_stride + 16 * ((uint64_t)group + (uint64_t)g),
                    acc[g * cols + c]);
        }
    }
}

/* All columns against one or V_FLOAT_GROUPS groups. */
V_FN void float_columns(const pith__matmul_args *a, uint32_t group, int groups, int kind) {
    uint32_t col = 0;
    for (; a->cols - col >= V_FLOAT_COLS; col += V_FLOAT_COLS) {
        float_tile(a, group, groups, col, V_FLOAT_COLS, kind);
    }
    switch (a->cols - col) {
    case 5:
        float_tile(a, group, groups, col, 5, kind);
        break;
    case 4:
        float_tile(a, group, groups, col, 4, kind);
        break;
    case 3:
        float_tile(a, group, groups, col, 3, kind);
        break;
    case 2:
        float_tile(a, group, groups, col, 2, kind);
        break;
    case 1:
        float_tile(a, group, groups, col, 1, kind);
        break;
    default:
        break;
    }
}

V_FN void float_one_column(const pith__matmul_args *a, int kind) {
    uint32_t group = 0;
    for (; a->groups - group >= FLOAT_GROUPS_MAX; group += FLOAT_GROUPS_MAX) {
        float_tile(a, group, FLOAT_GROUPS_MAX, 0, 1, kind);
    }
    for (; group < a->groups; group++) {
        float_tile(a, group, 1, 0, 1, kind);
    }
}

V_FN void matmul_float(const pith__matmul_args *a, int kind) {
    if (a->cols == 1) {
        float_one_column(a, kind);
        return;
    }
    uint32_t group = 0;
    for (; a->groups - group >= V_FLOAT_GROUPS; group += V_FLOAT_GROUPS) {
        float_columns(a, group, V_FLOAT_GROUPS, kind);
    }
    if (V_FLOAT_GROUPS > 1 && group < a->groups) {
        float_columns(a, group, 1, kind);
    }
}

void v_name(matmul_f32)(const pith__matmul_args *args) {
    matmul_float(args, FLOAT_F32);
}

void v_name(matmul_f16)(const pith__matmul_args *args) {
    matmul_float(args, FLOAT_F16);
}

void v_name(matmul_bf16)(const pith__matmul_args *args) {
    matmul_float(args, FLOAT_BF16);
}

#endif
