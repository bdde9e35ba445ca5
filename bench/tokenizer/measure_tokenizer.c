/* See measure_tokenizer.h. */
#include "measure_tokenizer.h"
#include "../clock.h"
#include "vocabulary/vocabulary.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void check(int32_t status, const char *doing) {
    if (status != PITH_OK) {
        fprintf(stderr, "bench_tokenizer: %s: %s\n", doing, pith__error_text());
        exit(1);
    }
}

static int compare_seconds(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Sorts the seconds. */
static times times_of(double *seconds, uint32_t count) {
    qsort(seconds, count, sizeof *seconds, compare_seconds);
    return (times){seconds[0], seconds[count / 2]};
}

/* Other files are vocabularies and nothing else: tokenizer.json, SentencePiece models. */
static bool is_gguf(const char *path) {
    size_t length = strlen(path);
    return length >= 5 && strcmp(path + length - 5, ".gguf") == 0;
}

/* Opens once; *vocabulary is the part of the seconds that reading the arrays and building took. */
static pith__tokenizer *open_once(pith__mem *mem, const char *path, const char *family, double *all,
                                  double *vocabulary) {
    pith__source *source = NULL;
    pith__modelfile *file = NULL;
    pith__tokenizer *t = NULL;
    double start = seconds_now();
    check(pith__source_from_path(mem, path, &source), path);
    double middle = start;
    if (is_gguf(path)) {
        check(pith__modelfile_open(mem, source, 0, &file), path);
        middle = seconds_now();
        check(pith__vocabulary_from_gguf(mem, file, 0, &t), path);
    } else {
        check(pith__vocabulary_read(mem, source, pith__str_of(family), &t), path);
    }
    double end = seconds_now();
    pith__modelfile_release(file);
    pith__source_release(source);
    if (t == NULL) {
        fprintf(stderr, "bench_tokenizer: %s: it holds no vocabulary\n", path);
        exit(1);
    }
    *all = end - start;
    *vocabulary = end - middle;
    return t;
}

pith__tokenizer *measure_opening(pith__mem *mem, const char *path, const char *family, uint32_t repeat, opening *out) {
    static double all[MAX_REPEAT], vocabulary[MAX_REPEAT];
    pith__tokenizer *t = NULL;
    for (uint32_t i = 0; i < repeat; i++) {
        pith__tokenizer_release(t);
        t = open_once(mem, path, family, &all[i], &vocabulary[i]);
    }
    out->all = times_of(all, repeat);
    out->vocabulary = times_of(vocabulary, repeat);
    out->tokens = pith__tokenizer_count(t);
    out->kept = pith__mem_used(mem);
    out->peak = pith__mem_peak(mem);
    return t;
}

static uint64_t tokenize_piece(const pith__tokenizer *t, pith__mem *mem, const char *bytes, size_t length) {
    pith__span span = {{bytes, length}, false};
    pith__token_list list = {0};
    check(pith__tokenize(t, mem, &span, 1, 0, &list), "tokenizing");
    uint64_t count = list.count;
    pith__token_list_free(mem, &list);
    return count;
}

times measure_text(const pith__tokenizer *t, pith__mem *mem, const input_text *input, size_t piece, uint32_t repeat,
                   uint64_t *tokens) {
    static double seconds[MAX_REPEAT];
    for (uint32_t i = 0; i < repeat; i++) {
        double start = seconds_now();
        *tokens = 0;
        for (size_t at = 0; at < input->length;) {
            size_t end = text_piece_end(input, at, piece);
            *tokens += tokenize_piece(t, mem, input->bytes + at, end - at);
            at = end;
        }
        seconds[i] = seconds_now() - start;
    }
    return times_of(seconds, repeat);
}
