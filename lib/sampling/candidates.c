/* Selection among candidates by binary heap: the k best of a vocabulary, and the best until a mass is reached.
 *
 * Invariant: `outranks` is a strict total order (ids are unique, keys are no NaN), so what is selected, and in which
 * order, does not depend on how the heap happens to lie. Costs: one pass over the logits (blocks that cannot hold a
 * winner are skipped by their maximum), then the logarithm of the heap for each winner. */
#include "sampling/candidates.h"
#include <math.h>
#include <stdbool.h>
#include <string.h>

enum {
    SKIP_BLOCK = 256,  /* logits looked at together: small enough to be skipped often */
    WEIGH_BLOCK = 1024 /* weights computed together, on the stack */
};

static bool outranks(const pith__candidate *a, const pith__candidate *b) {
    return a->key > b->key || (a->key == b->key && a->id < b->id);
}

static void swap(pith__candidate *a, pith__candidate *b) {
    pith__candidate t = *a;
    *a = *b;
    *b = t;
}

/* Restores the heap below `at`. The top is the best candidate, or with `worst_on_top` the worst. */
static void sift_down(pith__candidate *heap, uint32_t count, uint32_t at, bool worst_on_top) {
    for (;;) {
        uint32_t top = at;
        for (uint64_t child = 2 * (uint64_t)at + 1; child <= 2 * (uint64_t)at + 2 && child < count; child++) {
            if (outranks(&heap[child], &heap[top]) != worst_on_top) {
                top = (uint32_t)child;
            }
        }
        if (top == at) {
            return;
        }
        swap(&heap[at], &heap[top]);
        at = top;
    }
}

static void heapify(pith__candidate *heap, uint32_t count, bool worst_on_top) {
    for (uint32_t at = count / 2; at-- > 0;) {
        sift_down(heap, count, at, worst_on_top);
    }
}

static pith__candidate candidate_of(const float *logits, uint32_t id) {
    return (pith__candidate){.key = logits[id], .weight = 0.0f, .id = (int32_t)id};
}

uint32_t pith__candidates_all(const float *logits, uint32_t vocab, pith__candidate *list) {
    uint32_t count = 0;
    for (uint32_t id = 0; id < vocab; id++) {
        if (logits[id] != -INFINITY) {
            list[count++] = candidate_of(logits, id);
        }
    }
    return count;
}

/* Offers the logits [begin, end) to a full heap of the k best so far, whose worst is on top. A tie with the worst
 * loses: its id is higher. */
static void offer(const float *logits, uint32_t begin, uint32_t end, pith__candidate *heap, uint32_t k) {
    for (uint32_t id = begin; id < end; id++) {
        if (logits[id] > heap[0].key) {
            heap[0] = candidate_of(logits, id);
            sift_down(heap, k, 0, true);
        }
    }
}

uint32_t pith__candidates_best(const pith__kernels *kernels, const float *logits, uint32_t vocab, uint32_t k,
                               pith__candidate *list) {
    uint32_t count = 0, id = 0;
    for (; id < vocab && count < k; id++) {
        if (logits[id] != -INFINITY) {
            list[count++] = candidate_of(logits, id);
        }
    }
    heapify(list, count, true);
    while (id < vocab) {
        uint32_t n = vocab - id < SKIP_BLOCK ? vocab - id : SKIP_BLOCK;
        if (kernels->max(logits + id, n) > list[0].key) {
            offer(logits, id, id + n, list, count);
        }
        id += n;
    }
    for (uint32_t left = count; left > 1; left--) { /* the worst goes last, again and again: best first */
        swap(&list[0], &list[left - 1]);
        sift_down(list, left - 1, 0, true);
    }
    return count;
}

void pith__candidates_weigh(const pith__kernels *kernels, const float *logits, float max, float temperature,
                            pith__candidate *list, uint32_t count) {
    float x[WEIGH_BLOCK];
    for (uint32_t begin = 0; begin < count; begin += WEIGH_BLOCK) {
        uint32_t n = count - begin < WEIGH_BLOCK ? count - begin : WEIGH_BLOCK;
        for (uint32_t i = 0; i < n; i++) {
            x[i] = (logits[list[begin + i].id] - max) / temperature;
        }
        (void)kernels->exp_sum(x, n, 0.0f);
        for (uint32_t i = 0; i < n; i++) {
            list[begin + i].weight = x[i];
        }
    }
}

double pith__candidates_mass(const pith__candidate *list, uint32_t count) {
    double mass = 0.0;
    for (uint32_t i = 0; i < count; i++) {
        mass += (double)list[i].weight;
    }
    return mass;
}

static void reverse(pith__candidate *list, uint32_t count) {
    for (uint32_t i = 0; i < count / 2; i++) {
        swap(&list[i], &list[count - 1 - i]);
    }
}

uint32_t pith__candidates_take(pith__candidate *list, uint32_t count, double mass) {
    uint32_t left = count;
    double taken = 0.0;
    heapify(list, count, false);
    do { /* the best goes behind the shrinking heap */
        left--;
        swap(&list[0], &list[left]);
        sift_down(list, left, 0, false);
        taken += (double)list[left].weight;
    } while (left > 0 && taken < mass);
    reverse(list + left, count - left);
    memmove(list, list + left, (size_t)(count - left) * sizeof(*list));
    return count - left;
}
