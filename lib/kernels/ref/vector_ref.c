/* Operations on vectors of floats, scalar (NUMERICS.md, The other entries). */
#include "kernels/fma.h"
#include "kernels/math.h"
#include "kernels/ref/ref.h"
#include <math.h>

void pith__rms_norm_ref(const float *x, const float *weight, uint32_t n, float eps, float *out) {
    float a[16] = {0};
    for (uint32_t i = 0; i < n; i++) {
        a[i % 16] = pith__fmaf_inline(x[i], x[i], a[i % 16]);
    }
    float mean = pith__tree_sum(a) / (float)n;
    float r = 1.0f / pith__sqrtf(mean + eps);
    for (uint32_t i = 0; i < n; i++) {
        float y = x[i] * r;
        out[i] = weight ? y * weight[i] : y;
    }
}

void pith__add_ref(float *x, const float *y, uint32_t n) {
    for (uint32_t i = 0; i < n; i++) {
        x[i] += y[i];
    }
}

void pith__scale_ref(float *x, float by, uint32_t n) {
    for (uint32_t i = 0; i < n; i++) {
        x[i] *= by;
    }
}

void pith__silu_mul_ref(const float *gate, const float *up, uint32_t n, float *out) {
    for (uint32_t i = 0; i < n; i++) {
        float silu = gate[i] / (1.0f + pith__expf(-gate[i]));
        out[i] = silu * up[i];
    }
}

static void rotate(float *a, float *b, const float *cs) {
    float x = *a, y = *b;
    *a = x * cs[0] - y * cs[1];
    *b = x * cs[1] + y * cs[0];
}

void pith__rope_normal_ref(float *head, const float *cs, uint32_t n_rot) {
    for (uint32_t i = 0; i < n_rot / 2; i++) {
        rotate(head + 2 * i, head + 2 * i + 1, cs + 2 * i);
    }
}

void pith__rope_neox_ref(float *head, const float *cs, uint32_t n_rot) {
    for (uint32_t i = 0; i < n_rot / 2; i++) {
        rotate(head + i, head + n_rot / 2 + i, cs + 2 * i);
    }
}

float pith__exp_sum_ref(float *x, uint32_t n, float max) {
    float a[16] = {0};
    for (uint32_t i = 0; i < n; i++) {
        x[i] = pith__expf(x[i] - max);
        a[i % 16] += x[i];
    }
    return pith__tree_sum(a);
}

float pith__max_ref(const float *x, uint32_t n) {
    float a[16];
    for (uint32_t i = 0; i < 16; i++) {
        a[i] = -INFINITY;
    }
    for (uint32_t i = 0; i < n; i++) {
        a[i % 16] = pith__lane_max(a[i % 16], x[i]);
    }
    return pith__tree_max(a);
}

void pith__f16_to_f32_ref(const uint16_t *x, uint64_t n, float *out) {
    for (uint64_t i = 0; i < n; i++) {
        out[i] = pith__f16_to_f32(x[i]);
    }
}

void pith__f32_to_f16_ref(const float *x, uint64_t n, uint16_t *out) {
    for (uint64_t i = 0; i < n; i++) {
        out[i] = pith__f32_to_f16(x[i]);
    }
}

void pith__bf16_to_f32_ref(const uint16_t *x, uint64_t n, float *out) {
    for (uint64_t i = 0; i < n; i++) {
        out[i] = pith__bf16_to_f32(x[i]);
    }
}
