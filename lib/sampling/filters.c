/* The tail-cutting filters. Every float step is an IEEE operation in a fixed order, so that a borderline token falls on
 * the same side on every machine. Sources: locally typical: Meister, Pimentel, Wiher, Cotterell, "Locally typical
 * sampling", TACL 2023. Top-p: Holtzman et al., "The curious case of neural text degeneration", ICLR 2020. Min-p:
 * Nguyen et al., "Turning up the heat: min-p sampling", 2024. */
#include "sampling/filters.h"
#include "kernels/math.h"

/* H = log(Z) - sum(w * (logit - max)) / Z, the entropy of the candidates in nats. */
static double entropy(const float *logits, float max, const pith__candidate *list, uint32_t count, double mass) {
    double sum = 0.0;
    for (uint32_t i = 0; i < count; i++) {
        if (list[i].weight > 0.0f) { /* 0 * log(0) is 0 here */
            sum += (double)list[i].weight * ((double)logits[list[i].id] - (double)max);
        }
    }
    return pith__log(mass) - sum / mass;
}

uint32_t pith__filter_typical(const float *logits, float max, float p, pith__candidate *list, uint32_t count) {
    double mass = pith__candidates_mass(list, count);
    double log_mass = pith__log(mass);
    double expected = entropy(logits, max, list, count, mass);
    for (uint32_t i = 0; i < count; i++) {
        double surprise = log_mass - ((double)logits[list[i].id] - (double)max);
        double distance = surprise - expected;
        list[i].key = (float)(distance < 0.0 ? distance : -distance);
    }
    return pith__candidates_take(list, count, (double)p * mass);
}

uint32_t pith__filter_top_p(const float *logits, float p, pith__candidate *list, uint32_t count) {
    for (uint32_t i = 0; i < count; i++) {
        list[i].key = logits[list[i].id];
    }
    return pith__candidates_take(list, count, (double)p * pith__candidates_mass(list, count));
}

uint32_t pith__filter_min_p(float p, pith__candidate *list, uint32_t count) {
    float max = 0.0f;
    for (uint32_t i = 0; i < count; i++) {
        max = list[i].weight > max ? list[i].weight : max;
    }
    float floor = p * max;
    uint32_t kept = 0;
    for (uint32_t i = 0; i < count; i++) {
        if (list[i].weight >= floor) {
            list[kept++] = list[i];
        }
    }
    return kept;
}
