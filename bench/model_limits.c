/* See model_limits.h. */
#include "model_limits.h"

#define LARGEST_CACHE 128e6 /* bytes one machine's share of a cache may have; virtual machines tell wrong sizes */

static double larger(double a, double b) {
    return a > b ? a : b;
}

bool limit_step_known(const model_facts *facts) {
    return facts->layer_bytes + facts->output_bytes > 2 * LARGEST_CACHE;
}

static double smaller(double a, double b) {
    return a < b ? a : b;
}

/* Token i looks at i + 1 positions, or at the window's. */
static double looks_of_prompt(const model_facts *facts, double tokens) {
    double rising = smaller(tokens, facts->window);
    return rising * (rising + 1) / 2 + (tokens - rising) * facts->window;
}

double limit_prompt(const model_facts *facts, const ceilings *c, double tokens) {
    double dot = facts->layer_dot_macs * tokens + facts->output_dot_macs;
    double fma = facts->layer_fma_macs * tokens + facts->output_fma_macs;
    double looks = looks_of_prompt(facts, tokens);
    return dot / c->dot_macs + (fma + facts->attention_macs * looks) / c->fma_macs;
}

double limit_step(const model_facts *facts, const ceilings *c, double streams, double position) {
    double dot = facts->layer_dot_macs + facts->output_dot_macs, fma = facts->layer_fma_macs + facts->output_fma_macs;
    double compute = streams * (dot / c->dot_macs + fma / c->fma_macs);
    double reading = (facts->layer_bytes + facts->output_bytes) / c->read_bytes;
    double looks = streams * smaller(position + 1, facts->window);
    double attention = larger(looks * facts->kv_bytes / c->read_bytes, looks * facts->attention_macs / c->fma_macs);
    return larger(compute, reading) + attention;
}
