/* Operations on vectors of floats in sixteen lanes (NUMERICS.md, The other entries). Tails are loaded and stored by
 * parts: nothing outside the arrays is touched. */
#ifndef PITH_KERNELS_VECTOR_TMPL_H
#define PITH_KERNELS_VECTOR_TMPL_H

#include "kernels/kernels.h"
#include "kernels/ref/ref.h"
#include "kernels/tmpl/exp_tmpl.h"
#include <math.h>

void v_name(rms_norm)(const float *x, const float *weight, uint32_t n, float eps, float *out) {
    uint32_t whole = n & ~15u;
    vf squares = v_zero();
    for (uint32_t i = 0; i < whole; i += 16) {
        vf v = v_load(x + i);
        squares = v_fma(v, v, squares);
    }
    if (whole < n) {
        vf v = v_load_part(x + whole, n - whole, v_zero());
        squares = v_fma(v, v, squares);
    }
    float mean = v_tree_sum(squares) / (float)n;
    float r = 1.0f / sqrtf(mean + eps);
    for (uint32_t i = 0; i < whole; i += 16) {
        vf y = v_mul(v_load(x + i), v_set(r));
        v_store(out + i, weight ? v_mul(y, v_load(weight + i)) : y);
    }
    for (uint32_t i = whole; i < n; i++) {
        float y = x[i] * r;
        out[i] = weight ? y * weight[i] : y;
    }
}

void v_name(add)(float *x, const float *y, uint32_t n) {
    uint32_t whole = n & ~15u;
    for (uint32_t i = 0; i < whole; i += 16) {
        v_store(x + i, v_add(v_load(x + i), v_load(y + i)));
    }
    pith__add_ref(x + whole, y + whole, n - whole);
}

void v_name(scale)(float *x, float by, uint32_t n) {
    uint32_t whole = n & ~15u;
    for (uint32_t i = 0; i < whole; i += 16) {
        v_store(x + i, v_mul(v_load(x + i), v_set(by)));
    }
    pith__scale_ref(x + whole, by, n - whole);
}

V_FN vf silu_times(vf gate, vf up) {
    vf minus = v_from_bits(v_xor(v_bits(gate), v_set_i(INT32_MIN)));
    return v_mul(v_div(gate, v_add(v_set(1.0f), v_exp(minus))), up);
}

void v_name(silu_mul)(const float *gate, const float *up, uint32_t n, float *out) {
    uint32_t whole = n & ~15u;
    for (uint32_t i = 0; i < whole; i += 16) {
        v_store(out + i, silu_times(v_load(gate + i), v_load(up + i)));
    }
    if (whole < n) {
        uint32_t rest = n - whole;
        v_store_part(out + whole,
                     silu_times(v_load_part(gate + whole, rest, v_zero()), v_load_part(up + whole, rest, v_zero())),
                     rest);
    }
}

void v_name(rope_normal)(float *head, const float *cs, uint32_t n_rot) {
    uint32_t whole = n_rot & ~15u;
    for (uint32_t i = 0; i < whole; i += 16) {
        vf pairs = v_load(head + i), turn = v_load(cs + i);
        vf straight = v_mul(pairs, v_even(turn));
        vf crossed = v_mul(v_swap_pairs(pairs), v_odd(turn));
        v_store(head + i, v_add(straight, v_negate_even(crossed)));
    }
    pith__rope_normal_ref(head + whole, cs + whole, n_rot - whole);
}

void v_name(rope_neox)(float *head, const float *cs, uint32_t n_rot) {
    uint32_t half = n_rot / 2, whole = half & ~15u;
    for (uint32_t i = 0; i < whole; i += 16) {
        vf c, s;
        v_load_pairs(cs + 2 * i, &c, &s);
        vf a = v_load(head + i), b = v_load(head + half + i);
        v_store(head + i, v_sub(v_mul(a, c), v_mul(b, s)));
        v_store(head + half + i, v_add(v_mul(a, s), v_mul(b, c)));
    }
    for (uint32_t i = whole; i < half; i++) {
        float a = head[i], b = head[half + i];
        head[i] = a * cs[2 * i] - b * cs[2 * i + 1];
        head[half + i] = a * cs[2 * i + 1] + b * cs[2 * i];
    }
}

float v_name(exp_sum)(float *x, uint32_t n, float max) {
    uint32_t whole = n & ~15u;
    vf sums = v_zero();
    for (uint32_t i = 0; i < whole; i += 16) {
        vf e = v_exp(v_sub(v_load(x + i), v_set(max)));
        v_store(x + i, e);
        sums = v_add(sums, e);
    }
    if (whole < n) {
        vf e = v_exp(v_sub(v_load_part(x + whole, n - whole, v_zero()), v_set(max)));
        v_store_part(x + whole, e, n - whole);
        sums = v_add(sums, v_keep_range(e, 0, n - whole, v_zero()));
    }
    return v_tree_sum(sums);
}

float v_name(max)(const float *x, uint32_t n) {
    uint32_t whole = n & ~15u;
    vf nothing = v_set(-__builtin_inff());
    vf m = nothing;
    for (uint32_t i = 0; i < whole; i += 16) {
        m = v_max(m, v_load(x + i));
    }
    if (whole < n) {
        m = v_max(m, v_load_part(x + whole, n - whole, nothing));
    }
    return v_tree_max(m);
}

void v_name(f16_to_f32)(const uint16_t *x, uint64_t n, float *out) {
    uint64_t whole = n & ~(uint64_t)15;
    for (uint64_t i = 0; i < whole; i += 16) {
        v_store(out + i, v_load_f16(x + i));
    }
    pith__f16_to_f32_ref(x + whole, n - whole, out + whole);
}

void v_name(f32_to_f16)(const float *x, uint64_t n, uint16_t *out) {
    uint64_t whole = n & ~(uint64_t)15;
    for (uint64_t i = 0; i < whole; i += 16) {
        v_store_f16(out + i, v_load(x + i));
    }
    pith__f32_to_f16_ref(x + whole, n - whole, out + whole);
}

void v_name(bf16_to_f32)(const uint16_t *x, uint64_t n, float *out) {
    uint64_t whole = n & ~(uint64_t)15;
    for (uint64_t i = 0; i < whole; i += 16) {
        v_store(out + i, v_load_bf16(x + i));
    }
    pith__bf16_to_f32_ref(x + whole, n - whole, out + whole);
}

#endif
