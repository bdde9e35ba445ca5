/* Speed of the packed products on one core, by type, level and number of columns: multiply-adds a second and their
 * share of the peak of the level's own byte products (of its float products, for float weights); bytes of weights a
 * second and their share of the reading speed. Both peaks are measured right before and after each product.
 *
 *   bench_kernels [--cols 1,4,16,512] [--type Q4_0] [--level all] [--elements 2048]
 *
 * The matrix has as many rows as fill the megabytes (128, more than caches hold); many columns take the first
 * part of it, so that a product takes a fraction of a second. */
#include "kernels/kernels.h"
#include "large_pages.h"
#include "peak.h"
#include "problem.h"
#include "quant/quant.h"

#include <argp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_COUNTS 16
#define MOST_MACS  3e10 /* of one product */
#define SECONDS    0.25 /* at least, for each product */

typedef struct settings {
    bool json;
    const char *level, *type; /* NULL: the best level; every type */
    uint32_t columns[MAX_COUNTS], n_columns, k;
    size_t bytes;
} settings;

/* The peaks in turn with what is held against them; `memory` is read. */
typedef struct peaks {
    const ceiling_kernels *kernels;
    const uint8_t *memory;
    size_t size;
    bool floats; /* the products are of floats */
    double macs, read;
} peaks;

typedef struct result {
    const char *type, *level;
    uint32_t columns;
    double macs, bytes, peak_share, read_share, ref_macs;
} result;

static void sample(peaks *p) {
    p->macs = peak_macs(p->kernels, p->floats);
    p->read = peak_read_bytes(p->kernels, p->memory, p->size);
}

/* The best time of several rounds. */
static double best_time(const problem *p, const pith__kernels *level, uint32_t groups, uint32_t columns) {
    double best = 1e30, begin = bench_seconds();
    do {
        double start = bench_seconds();
        problem_multiply(p, level, groups, columns);
        double took = bench_seconds() - start;
        best = took < best ? took : best;
    } while (bench_seconds() - begin < SECONDS);
    return best;
}

static uint32_t groups_for(const problem *p, uint32_t columns) {
    double most = MOST_MACS / (16.0 * p->k * columns);
    return most < p->groups ? (uint32_t)most + 1 : p->groups;
}

static result measure(const problem *p, const char *level, uint32_t columns, peaks *now) {
    uint32_t groups = groups_for(p, columns);
    peaks before = *now;
    double seconds = best_time(p, pith__kernels_get(level), groups, columns);
    sample(now);
    result r = {.type = pith__dtype_get(p->dtype)->name, .level = level, .columns = columns};
    r.macs = 16.0 * groups * p->k * columns / seconds;
    r.bytes = (double)p->group_bytes * groups / seconds;
    if (now->kernels) {
        r.peak_share = r.macs * 2 / (before.macs + now->macs);
        r.read_share = r.bytes * 2 / (before.read + now->read);
    }
    return r;
}

static void print_result(const settings *s, const result *r) {
    printf(s->json ? "{\"type\": \"%s\", \"level\": \"%s\", \"cols\": %u, \"gmacs\": %.2f, \"peak_share\": %.3f, "
                     "\"weights_gbs\": %.2f, \"read_share\": %.3f, \"times_ref\": %.1f}\n"
                   : "%-7s %-11s %4u columns %7.1f GMAC/s  %.2f of peak %7.2f GB/s  %.2f of reading  x%.0f\n",
           r->type, r->level, r->columns, r->macs * 1e-9, r->peak_share, r->bytes * 1e-9, r->read_share,
           r->macs / r->ref_macs);
    fflush(stdout);
}

static double ref_speed(const problem *p) {
    double start = bench_seconds();
    problem_multiply(p, pith__kernels_get("ref"), 2, 4);
    return 32.0 * p->k * 4 / (bench_seconds() - start);
}

static void bench_level(const settings *s, const problem *p, const char *level, double ref, peaks *now) {
    now->kernels = ceiling_kernels_find(level);
    now->floats = p->acts.kind == PITH__ACT_FLOAT;
    sample(now);
    for (uint32_t i = 0; i < s->n_columns; i++) {
        result r = measure(p, level, s->columns[i], now);
        r.ref_macs = ref;
        print_result(s, &r);
    }
}

static const char *best_level(void) {
    const char *best = "ref", *level;
    for (uint32_t i = 0; (level = pith__kernels_level(i)) != NULL; i++) {
        best = level;
    }
    return best;
}

static void bench_type(const settings *s, pith__dtype dtype, peaks *now) {
    uint32_t most = 4; /* as ref_speed takes */
    for (uint32_t i = 0; i < s->n_columns; i++) {
        most = s->columns[i] > most ? s->columns[i] : most;
    }
    problem p = problem_make(dtype, s->k, most, s->bytes);
    double ref = ref_speed(&p);
    const char *level, *wanted = s->level ? s->level : best_level();
    for (uint32_t i = 1; (level = pith__kernels_level(i)) != NULL; i++) {
        if (strcmp(wanted, "all") == 0 || strcmp(wanted, level) == 0) {
            bench_level(s, &p, level, ref, now);
        }
    }
    problem_free(&p);
}

/* ---- the command line ---- */

static const struct argp_option option_table[] = {
    {"json", 'j', NULL, 0, "print a line of JSON for each product", 0},
    {"level", 'l', "NAME", 0, "CPU level, or all (the best one)", 0},
    {"type", 't', "NAME", 0, "type of the weights, such as Q4_0 (every one)", 0},
    {"cols", 'c', "LIST", 0, "numbers of columns (1,4,16,512)", 0},
    {"elements", 'k', "COUNT", 0, "elements of a row, a multiple of 256 (2048)", 0},
    {"megabytes", 'm', "COUNT", 0, "size of the matrix (128)", 0},
    {0},
};

static uint32_t positive(const char *text, struct argp_state *state) {
    char *end;
    unsigned long value = strtoul(text, &end, 10);
    if (*end || value == 0 || value > 65536) {
        argp_error(state, "'%s' is not a number from 1 to 65536", text);
    }
    return (uint32_t)value;
}

static void parse_columns(settings *s, char *list, struct argp_state *state) {
    s->n_columns = 0;
    for (char *item = strtok(list, ","); item; item = strtok(NULL, ",")) {
        if (s->n_columns == MAX_COUNTS) {
            argp_error(state, "at most %d numbers of columns", MAX_COUNTS);
        }
        s->columns[s->n_columns++] = positive(item, state);
    }
}

static bool type_exists(const char *name) {
    for (uint32_t dtype = 0; dtype < PITH__DTYPE_LIMIT; dtype++) {
        if (pith__dtype_get(dtype) && strcmp(pith__dtype_get(dtype)->name, name) == 0) {
            return true;
        }
    }
    return false;
}

static error_t parse_option(int key, char *argument, struct argp_state *state) {
    settings *s = state->input;
    switch (key) {
    case 'j':
        s->json = true;
        return 0;
    case 'l':
        s->level = argument;
        if (strcmp(argument, "all") != 0 && (strcmp(argument, "ref") == 0 || !pith__kernels_get(argument))) {
            argp_error(state, "'%s' is no level of vector kernels that this machine has", argument);
        }
        return 0;
    case 't':
        s->type = argument;
        if (!type_exists(argument)) {
            argp_error(state, "'%s' is no type of weights", argument);
        }
        return 0;
    case 'c':
        parse_columns(s, argument, state);
        return 0;
    case 'k':
        s->k = positive(argument, state);
        if (s->k % 256) {
            argp_error(state, "%u is not a multiple of 256", s->k);
        }
        return 0;
    case 'm':
        s->bytes = (size_t)positive(argument, state) << 20;
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static peaks first_peaks(const settings *s) {
    peaks p = {.kernels = ceiling_kernels_find(best_level()), .memory = large_pages_take(s->bytes), .size = s->bytes};
    if (!p.memory) {
        fputs("bench_kernels: out of memory\n", stderr);
        exit(1);
    }
    sample(&p);
    return p;
}

static void print_peaks(const settings *s, const peaks *p) {
    printf(s->json ? "{\"dot_gmacs\": %.1f, \"dot_instruction\": \"%s\", \"read_gbs\": %.2f, \"k\": %u}\n"
                   : "one core: %.1f GMAC/s of bytes (%s), reading %.1f GB/s; K %u\n",
           p->macs * 1e-9, p->kernels ? p->kernels->dot_instruction : "not known", p->read * 1e-9, s->k);
}

int main(int argc, char **argv) {
    static const struct argp parser = {option_table, parse_option, NULL, "Measures products on one core.",
                                       NULL,         NULL,         NULL};
    settings s = {.columns = {1, 4, 16, 512}, .n_columns = 4, .k = 2048, .bytes = (size_t)128 << 20};
    argp_parse(&parser, argc, argv, 0, NULL, &s);
    peaks now = first_peaks(&s);
    print_peaks(&s, &now);
    for (uint32_t dtype = 0; dtype < PITH__DTYPE_LIMIT; dtype++) {
        const pith__dtype_info *info = pith__dtype_get(dtype);
        if (info && (!s.type || strcmp(s.type, info->name) == 0)) {
            bench_type(&s, (pith__dtype)dtype, &now);
        }
    }
    free((void *)(uintptr_t)now.memory);
    return 0;
}
