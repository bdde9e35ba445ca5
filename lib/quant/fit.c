/* Least squares for the reference quantizers: start from the range, try scales around it, and for each let the chosen
 * levels decide the best scale in closed form. Plain and good; no attempt at importance weights. */
#include "quant/fit.h"
#include <float.h>

enum {
    TRIALS = 8
}; /* candidates on each side of the first guess */

int pith__fit_level(float v, int low, int high) {
    if (!(v > (float)low)) {
        return low;
    }
    if (v >= (float)high) {
        return high;
    }
    int floor = (int)(v - (float)low);
    return low + floor + (v - (float)(low + floor) >= 0.5f);
}

float pith__fit_inverse(float d) {
    float inverse = d != 0 ? 1.0f / d : 0.0f;
    return inverse <= FLT_MAX && inverse >= -FLT_MAX ? inverse : 0.0f;
}

float pith__fit_extreme(const float *x, int n) {
    float extreme = 0, magnitude = 0;
    for (int i = 0; i < n; i++) {
        float a = x[i] < 0 ? -x[i] : x[i];
        if (a > magnitude) {
            magnitude = a;
            extreme = x[i];
        }
    }
    return extreme;
}

int pith__fit_nearest(float v, const int8_t *levels) {
    int best = 0;
    while (best < 15 && v > 0.5f * (float)(levels[best] + levels[best + 1])) {
        best++;
    }
    return best;
}

/* One candidate: levels chosen with `inverse`, then the best scale for them. Gain is what the squared error falls by.
 */
typedef struct trial {
    float scale;
    float gain;
} trial;

static trial close_trial(float xq, float qq) {
    trial t = {0, 0};
    if (qq > 0) {
        t.scale = xq / qq;
        t.gain = t.scale * xq;
    }
    return t;
}

static trial try_symmetric(const float *x, int n, int half, float inverse) {
    float xq = 0, qq = 0;
    for (int i = 0; i < n; i++) {
        float q = (float)pith__fit_level(x[i] * inverse, -half, half - 1);
        xq += x[i] * q;
        qq += q * q;
    }
    return close_trial(xq, qq);
}

float pith__fit_symmetric(const float *x, int n, int half) {
    float extreme = pith__fit_extreme(x, n);
    trial best = {extreme / (float)-half, 0};
    for (int t = -TRIALS; t <= TRIALS; t++) {
        float inverse = pith__fit_inverse(extreme / -((float)half + 0.1f * (float)t));
        trial now = try_symmetric(x, n, half, inverse);
        if (now.gain > best.gain) {
            best = now;
        }
    }
    return best.scale;
}

static trial try_levels(const float *x, int n, const int8_t *levels, float inverse) {
    float xq = 0, qq = 0;
    for (int i = 0; i < n; i++) {
        float q = (float)levels[pith__fit_nearest(x[i] * inverse, levels)];
        xq += x[i] * q;
        qq += q * q;
    }
    return close_trial(xq, qq);
}

float pith__fit_levels(const float *x, int n, const int8_t *levels) {
    float extreme = pith__fit_extreme(x, n);
    trial best = {extreme / (float)levels[0], 0};
    for (int t = -TRIALS; t <= TRIALS; t++) {
        trial now = try_levels(x, n, levels, pith__fit_inverse(extreme / ((float)levels[0] + (float)t)));
        if (now.gain > best.gain) {
            best = now;
        }
    }
    return best.scale;
}

/* Squared error of s * q - m over a run, q chosen for (s, m). */
static float affine_error(const float *x, int n, int top, float s, float m) {
    float inverse = pith__fit_inverse(s), error = 0;
    for (int i = 0; i < n; i++) {
        float off = s * (float)pith__fit_level((x[i] + m) * inverse, 0, top) - m - x[i];
        error += off * off;
    }
    return error;
}

/* The (s, m) of least squares for the levels that (*s, *m) choose; unchanged where the levels do not decide them. */
static void refine_affine(const float *x, int n, int top, float *s, float *m) {
    float inverse = pith__fit_inverse(*s);
    float sum_x = 0, sum_q = 0, sum_qq = 0, sum_xq = 0;
    for (int i = 0; i < n; i++) {
        float q = (float)pith__fit_level((x[i] + *m) * inverse, 0, top);
        sum_x += x[i];
        sum_q += q;
        sum_qq += q * q;
        sum_xq += x[i] * q;
    }
    float determinant = (float)n * sum_qq - sum_q * sum_q;
    if (!(determinant > 0)) {
        return;
    }
    *s = ((float)n * sum_xq - sum_x * sum_q) / determinant;
    *m = (sum_q * sum_xq - sum_qq * sum_x) / determinant;
    if (*m < 0) { /* the format has no negative minimums: the best scale through zero */
        *m = 0;
        *s = sum_qq > 0 ? sum_xq / sum_qq : 0;
    }
}

float pith__fit_affine(const float *x, int n, int top, float *min) {
    float low = 0, high = 0;
    for (int i = 0; i < n; i++) {
        low = x[i] < low ? x[i] : low;
        high = x[i] > high ? x[i] : high;
    }
    float best_s = (high - low) / (float)top, best_m = -low;
    float best = affine_error(x, n, top, best_s, best_m);
    for (int t = -TRIALS; t <= TRIALS; t++) {
        float s = (high - low) / ((float)top + 0.1f * (float)t), m = -low;
        refine_affine(x, n, top, &s, &m);
        float error = affine_error(x, n, top, s, m);
        if (error < best && s > 0) {
            best = error;
            best_s = s;
            best_m = m;
        }
    }
    *min = best_m;
    return best_s;
}
