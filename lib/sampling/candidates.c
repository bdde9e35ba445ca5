/* Selection among candidates: the k best of a vocabulary, and the best until a mass is reached.
 *
 * Invariant: `outranks` is a strict total order (ids are unique, keys are no NaN), so what is selected, and in which
 * order, depends on the logits alone. Nothing is quadratic, nothing sorts the vocabulary: the k best cost one pass
 * (blocks that cannot hold a winner are skipped by their maximum) and a heap of k; the best by mass cost a few passes.
 */
#include "sampling/candidates.h"
#include <math.h>
#include <stdbool.h>
#include <string.h>

enum {
    SKIP_BLOCK = 256,   /* logits looked at together: small enough to be skipped often */
    WEIGH_BLOCK = 1024, /* weights computed together, on the stack */
    HEAP_BELOW = 32,    /* so few candidates are left to the heap */
    MOST_SPLITS = 48    /* twice what 2^31 candidates should need */
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

/* By heap: the best to the front, best first, until their weights reach `mass`. Returns how many, at least one. */
static uint32_t take_by_heap(pith__candidate *list, uint32_t count, double mass) {
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

/* The median of the first, the middle and the last goes last: neither the best nor the worst of the list. */
static void median_to_end(pith__candidate *list, uint32_t count) {
    pith__candidate *a = &list[0], *b = &list[count / 2], *c = &list[count - 1];
    if (outranks(b, a)) {
        swap(a, b);
    }
    if (outranks(c, a)) {
        swap(a, c);
    }
    if (outranks(b, c)) { /* a is the best of the three now: the second best goes last */
        swap(b, c);
    }
}

/* Splits by the last candidate: it and those that outrank it go to the front. Returns how many, and their weight. */
static uint32_t partition(pith__candidate *list, uint32_t count, double *mass) {
    uint32_t split = 0;
    *mass = 0.0;
    for (uint32_t i = 0; i < count; i++) {
        if (!outranks(&list[count - 1], &list[i])) {
            *mass += (double)list[i].weight;
            swap(&list[split++], &list[i]);
        }
    }
    return split;
}

/* Quickselect by weight instead of rank. It narrows [lo, hi), which holds the candidate that reaches `mass`; all before
 * lo are taken. Unlucky pivots are cut short by the heap, so that no logits can make it quadratic. */
uint32_t pith__candidates_take(pith__candidate *list, uint32_t count, double mass) {
    uint32_t lo = 0, hi = count;
    for (int tries = 0; hi - lo > HEAP_BELOW && tries < MOST_SPLITS; tries++) {
        double upper;
        median_to_end(list + lo, hi - lo);
        uint32_t split = lo + partition(list + lo, hi - lo, &upper);
        if (upper < mass) {
            mass -= upper;
            lo = split;
        } else {
            hi = split;
        }
    }
    return lo + take_by_heap(list + lo, hi - lo, mass);
}
