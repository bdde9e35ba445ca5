/* bench_tokenizer: how fast a vocabulary opens and turns texts into ids, on one thread.
 *
 *     bench_tokenizer [--json] VOCABULARY TEXT...      a text is a file, or a folder of .txt files
 *
 * Each text is given whole and in pieces of some 4 KiB, as prompts come; then so many bytes of one repeated character,
 * and twice as many: the time must double, not grow fourfold. compare_tokenizers.py runs this beside other libraries.
 */
#include "measure_tokenizer.h"

#include <argp.h>
#include <cjson/cJSON.h>
#include <errno.h>
#include <limits.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    MAX_TEXTS = 64
};

typedef struct settings {
    const char *vocabulary, *family;
    const char *texts[MAX_TEXTS];
    uint32_t n_texts, repeat;
    size_t piece, run;
    bool json;
} settings;

/* What is known of one text. */
typedef struct result {
    char name[128];
    uint64_t bytes, tokens;
    times whole, pieces; /* pieces: of a text */
    times twice;         /* of a repeated character: twice as much of it */
} result;

typedef struct report {
    opening opening;
    result texts[MAX_TEXTS], runs[8];
    uint32_t n_texts, n_runs;
} report;

static const struct {
    const char *name, *character;
} repeated[] = {{"a", "a"}, {"space", " "}, {"U+4E2D", "\xE4\xB8\xAD"}, {"newline", "\n"}, {"1", "1"}, {"!", "!"}};

/* ---- The command line. ---- */

static const struct argp_option option_table[] = {
    {"json", 'j', NULL, 0, "print JSON", 0},
    {"repeat", 'r', "COUNT", 0, "takes the best and the median of so many (5)", 0},
    {"family", 'f', "NAME", 0, "of a tiktoken file: how text is cut (see the option vocabulary_family)", 0},
    {"piece", 'p', "BYTES", 0, "size of the pieces of the second pass (4096)", 0},
    {"run", 'n', "BYTES", 0, "bytes of one repeated character (1000000)", 0},
    {0},
};

static uint32_t number(const char *word, uint32_t most, struct argp_state *state) {
    char *end;
    unsigned long value = strtoul(word, &end, 10);
    if (*end || value == 0 || value > most) {
        argp_error(state, "'%s' is not a number from 1 to %u", word, most);
    }
    return (uint32_t)value;
}

static void take_argument(settings *s, const char *word, struct argp_state *state) {
    if (s->vocabulary == NULL) {
        s->vocabulary = word;
    } else if (s->n_texts < MAX_TEXTS) {
        s->texts[s->n_texts++] = word;
    } else {
        argp_error(state, "at most %d texts", MAX_TEXTS);
    }
}

static error_t parse_option(int key, char *word, struct argp_state *state) {
    settings *s = state->input;
    switch (key) {
    case 'j':
        s->json = true;
        return 0;
    case 'r':
        s->repeat = number(word, MAX_REPEAT, state);
        return 0;
    case 'f':
        s->family = word;
        return 0;
    case 'p':
        s->piece = number(word, 1u << 30, state);
        return 0;
    case 'n':
        s->run = number(word, 1u << 28, state);
        return 0;
    case ARGP_KEY_ARG:
        take_argument(s, word, state);
        return 0;
    case ARGP_KEY_END:
        if (s->vocabulary == NULL) {
            argp_usage(state);
        }
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

/* ---- Measuring. ---- */

static void fail(const char *what) {
    fprintf(stderr, "bench_tokenizer: %s: %s\n", what, strerror(errno));
    exit(1);
}

static result measure_one(const settings *s, const pith__tokenizer *t, pith__mem *mem, const input_text *input,
                          size_t piece) {
    result r = {.bytes = input->length};
    snprintf(r.name, sizeof r.name, "%s", input->name);
    r.whole = measure_text(t, mem, input, 0, s->repeat, &r.tokens);
    if (piece > 0) {
        uint64_t tokens = 0;
        r.pieces = measure_text(t, mem, input, piece, s->repeat, &tokens);
    }
    return r;
}

static void measure_texts(const settings *s, const pith__tokenizer *t, pith__mem *mem, report *r) {
    for (uint32_t i = 0; i < s->n_texts; i++) {
        input_text input;
        if (!text_read(s->texts[i], &input)) {
            fail(s->texts[i]);
        }
        r->texts[r->n_texts++] = measure_one(s, t, mem, &input, s->piece);
        text_free(&input);
    }
}

static void measure_runs(const settings *s, const pith__tokenizer *t, pith__mem *mem, report *r) {
    for (size_t i = 0; i < sizeof repeated / sizeof repeated[0]; i++) {
        input_text once, twice;
        uint64_t tokens = 0;
        if (!text_repeat(repeated[i].name, repeated[i].character, s->run, &once) ||
            !text_repeat(repeated[i].name, repeated[i].character, 2 * s->run, &twice)) {
            fail("repeating a character");
        }
        result *one = &r->runs[r->n_runs++];
        *one = measure_one(s, t, mem, &once, 0);
        one->twice = measure_text(t, mem, &twice, 0, s->repeat, &tokens);
        text_free(&once);
        text_free(&twice);
    }
}

/* ---- Reporting. ---- */

static double rate(double amount, double seconds) {
    return seconds > 0 ? amount / seconds * 1e-6 : 0;
}

static void print_result(const result *r) {
    double bytes = (double)r->bytes, tokens = (double)r->tokens;
    printf("%-24s %9llu %9llu %7.2f %9.1f %9.1f %9.1f", r->name, (unsigned long long)r->bytes,
           (unsigned long long)r->tokens, tokens > 0 ? bytes / tokens : 0, rate(bytes, r->whole.best),
           rate(bytes, r->whole.median), rate(tokens, r->whole.best));
    if (r->pieces.best > 0) {
        printf(" %9.1f\n", rate(bytes, r->pieces.best));
    } else {
        printf("   x%.2f\n", r->twice.best / r->whole.best);
    }
}

static void print_text(const settings *s, const report *r) {
    const opening *o = &r->opening;
    printf("%s: %llu tokens\n", s->vocabulary, (unsigned long long)o->tokens);
    printf("opens in %.1f ms, median %.1f (building the vocabulary: %.1f, %.1f); holds %.1f MB, %.1f at most while "
           "opening\n",
           1e3 * o->all.best, 1e3 * o->all.median, 1e3 * o->vocabulary.best, 1e3 * o->vocabulary.median,
           1e-6 * (double)o->kept, 1e-6 * (double)o->peak);
    printf("%-24s %9s %9s %7s %9s %9s %9s %9s\n", "", "bytes", "tokens", "bytes/t", "MB/s", "median", "Mtokens/s",
           "in pieces");
    for (uint32_t i = 0; i < r->n_texts; i++) {
        print_result(&r->texts[i]);
    }
    printf("one character repeated; last, the time of twice as much\n");
    for (uint32_t i = 0; i < r->n_runs; i++) {
        print_result(&r->runs[i]);
    }
}

static void add_times(cJSON *json, const char *name, const times *t) {
    cJSON *object = cJSON_AddObjectToObject(json, name);
    cJSON_AddNumberToObject(object, "best_seconds", t->best);
    cJSON_AddNumberToObject(object, "median_seconds", t->median);
}

static void add_result(cJSON *list, const result *r, bool run) {
    cJSON *object = cJSON_CreateObject();
    cJSON_AddStringToObject(object, "name", r->name);
    cJSON_AddNumberToObject(object, "bytes", (double)r->bytes);
    cJSON_AddNumberToObject(object, "tokens", (double)r->tokens);
    add_times(object, "whole", &r->whole);
    add_times(object, run ? "twice" : "pieces", run ? &r->twice : &r->pieces);
    cJSON_AddItemToArray(list, object);
}

static void add_opening(cJSON *json, const opening *o) {
    cJSON *object = cJSON_AddObjectToObject(json, "opening");
    add_times(object, "all", &o->all);
    add_times(object, "vocabulary", &o->vocabulary);
    cJSON_AddNumberToObject(object, "kept_bytes", (double)o->kept);
    cJSON_AddNumberToObject(object, "peak_bytes", (double)o->peak);
}

static bool print_json(const settings *s, const report *r) {
    cJSON *json = cJSON_CreateObject();
    cJSON_AddStringToObject(json, "vocabulary", s->vocabulary);
    cJSON_AddNumberToObject(json, "tokens", (double)r->opening.tokens);
    add_opening(json, &r->opening);
    cJSON *texts = cJSON_AddArrayToObject(json, "texts");
    for (uint32_t i = 0; i < r->n_texts; i++) {
        add_result(texts, &r->texts[i], false);
    }
    cJSON *runs = cJSON_AddArrayToObject(json, "runs");
    for (uint32_t i = 0; i < r->n_runs; i++) {
        add_result(runs, &r->runs[i], true);
    }
    char *out = cJSON_Print(json);
    cJSON_Delete(json);
    if (out == NULL) {
        return false;
    }
    puts(out);
    cJSON_free(out);
    return true;
}

/* Memory given back stays with the process, whatever its size, as where a program has run for a while: or else the
 * first touch of pages is measured, and not for all sizes alike. */
static void keep_memory(void) {
    if (!mallopt(M_MMAP_THRESHOLD, 1 << 30) || !mallopt(M_TRIM_THRESHOLD, INT_MAX)) {
        fprintf(stderr, "bench_tokenizer: the C library gives memory back; long texts will seem slower\n");
    }
}

int main(int argc, char **argv) {
    static const struct argp parser = {
        option_table, parse_option, "VOCABULARY TEXT...", "Measures a tokenizer on one thread.", NULL, NULL, NULL};
    static report r;
    settings s = {.family = "", .repeat = 5, .piece = 4096, .run = 1000000};
    argp_parse(&parser, argc, argv, 0, NULL, &s);
    keep_memory();
    pith__mem mem;
    pith__mem_init(&mem, NULL, NULL, 0);
    pith__tokenizer *t = measure_opening(&mem, s.vocabulary, s.family, s.repeat, &r.opening);
    measure_texts(&s, t, &mem, &r);
    measure_runs(&s, t, &mem, &r);
    pith__tokenizer_release(t);
    if (s.json) {
        return print_json(&s, &r) ? 0 : 1;
    }
    print_text(&s, &r);
    return 0;
}
