/* See limits.h. */
#include "limits.h"

#define LARGEST_CACHE 128e6 /* bytes one machine's share of a cache may have; virtual machines tell wrong sizes */

static double larger(double a, double b) {
    return a > b ? a : b;
}

bool limit_step_known(const model_facts *facts) {
    return facts->layer_bytes + facts->output_bytes > 2 * LARGEST_CACHE;
}

double limit_prompt(const model_facts *facts, const ceilings *c, double tokens) {
    double dot = facts->layer_dot_macs * tokens + facts->output_dot_macs;
    double fma = facts->layer_fma_macs * tokens + facts->output_fma_macs;
    double looks = tokens * (tokens + 1) / 2; /* token i looks at i + 1 positions */
    return dot / c->dot_macs + (fma + facts->attention_macs * looks) / c->fma_macs;
}

double limit_step(const model_facts *facts, const ceilings *c, double streams, double position) {
    double dot = facts->layer_dot_macs + facts->output_dot_macs, fma = facts->layer_fma_macs + facts->output_fma_macs;
    double compute = streams * (dot / c->dot_macs + fma / c->fma_macs);
    double reading = (facts->layer_bytes + facts->output_bytes) / c->read_bytes;
    double looks = streams * (position + 1);
    double attention = larger(looks * facts->kv_bytes / c->read_bytes, looks * facts->attention_macs / c->fma_macs);
    return larger(compute, reading) + attention;
}
