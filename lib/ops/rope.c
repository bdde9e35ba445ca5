/* RoPE frequencies and tables. See rope.h for what is computed in which precision. */
#include "ops/rope.h"
#include "kernels/math.h"

#define TWO_PI 6.283185307179586476925

/* The dimension whose wave turns `turns` times over the original context (YaRN, equation for the ramp's ends). */
static double correction_dim(const pith__rope *rope, double turns) {
    double wave = pith__log(rope->original_context / (turns * TWO_PI));
    return (double)rope->n_rot * wave / (2.0 * pith__log(rope->base));
}

/* floor and ceil without libm, for the modest values that occur here. */
static double floor_of(double x) {
    double t = (double)(int64_t)x;
    return t > x ? t - 1.0 : t;
}

static double clamp(double x, double low, double high) {
    return x < low ? low : x > high ? high : x;
}

/* 1 where a dimension keeps its frequency, 0 where it is interpolated, a ramp between. */
static double yarn_keep(const pith__rope *rope, uint32_t i) {
    double low = floor_of(clamp(correction_dim(rope, rope->beta_fast), -1e6, 1e6));
    double high = -floor_of(-clamp(correction_dim(rope, rope->beta_slow), -1e6, 1e6));
    low = low < 0 ? 0 : low;
    high = high > rope->n_rot - 1 ? rope->n_rot - 1 : high;
    double width = high - low;
    return 1.0 - clamp(((double)i - low) / (width == 0 ? 0.001 : width), 0.0, 1.0);
}

static double frequency(const pith__rope *rope, uint32_t i) {
    double f = pith__pow(rope->base, -2.0 * (double)i / (double)rope->n_rot);
    switch (rope->scaling) {
    case PITH__ROPE_LINEAR:
        return f / rope->factor;
    case PITH__ROPE_YARN: {
        double keep = yarn_keep(rope, i);
        return f * keep + f / rope->factor * (1.0 - keep);
    }
    case PITH__ROPE_NONE:
        break;
    }
    return f;
}

float pith__rope_frequencies(const pith__rope *rope, const float *divisors, float *frequencies) {
    for (uint32_t i = 0; i < rope->n_rot / 2; i++) {
        double f = frequency(rope, i);
        frequencies[i] = (float)(divisors ? f / (double)divisors[i] : f);
    }
    if (rope->scaling == PITH__ROPE_YARN && rope->factor > 1.0) {
        return (float)(rope->attn_factor * (1.0 + 0.1 * pith__log(rope->factor)));
    }
    return 1.0f;
}

void pith__rope_table(const float *frequencies, uint32_t n_rot, float magnitude, uint32_t position, float *cs) {
    for (uint32_t i = 0; i < n_rot / 2; i++) {
        float angle = (float)position * frequencies[i];
        double sine, cosine;
        pith__sincos((double)angle, &sine, &cosine);
        cs[2 * i] = (float)cosine * magnitude;
        cs[2 * i + 1] = (float)sine * magnitude;
    }
}
