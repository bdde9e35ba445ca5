/* See settings.h. */
#include "settings.h"
#include "series.h"

#include <argp.h>
#include <stdlib.h>
#include <string.h>

#define TOGETHER 64 /* tokens of prompts that one step surely takes */

static const struct argp_option option_table[] = {
    {"prompt", 'p', "TOKENS", 0, "length of the prompt (512)", 0},
    {"generate", 'g', "TOKENS", 0, "tokens to generate (128)", 0},
    {"depth", 'd', "TOKENS", 0, "tokens of context before those generated (1); with many, one stream alone", 0},
    {"streams", 's', "LIST", 0, "numbers of streams at once (1,4,16)", 0},
    {"threads", 't', "COUNT", 0, "threads that compute (all processors)", 0},
    {"repeat", 'r', "COUNT", 0, "repetitions of each measurement (3)", 0},
    {"blas-columns", 'b', "COUNT", 0, "fewest columns at which float matrices go to OpenBLAS (as pith chooses)", 0},
    {"scaling", 'x', NULL, 0, "instead, one thread and all threads in turn: how many times as fast all are", 0},
    {"json", 'j', NULL, 0, "print JSON", 0},
    {"no-ceilings", 'c', NULL, 0, "do not measure the machine", 0},
    {"no-openblas", 'o', NULL, 0, "do not measure OpenBLAS", 0},
    {0},
};

static uint32_t positive(const char *text, uint32_t most, struct argp_state *state) {
    char *end;
    unsigned long value = strtoul(text, &end, 10);
    if (*end || value == 0 || value > most) {
        argp_error(state, "'%s' is not a number from 1 to %u", text, most);
    }
    return (uint32_t)value;
}

static uint32_t length(const char *text, struct argp_state *state) {
    return positive(text, 1000000, state);
}

static void parse_streams(settings *s, char *list, struct argp_state *state) {
    s->n_streams = 0;
    for (char *item = strtok(list, ","); item; item = strtok(NULL, ",")) {
        if (s->n_streams == MAX_STREAM_COUNTS) {
            argp_error(state, "at most %d numbers of streams", MAX_STREAM_COUNTS);
        }
        s->streams[s->n_streams++] = length(item, state);
    }
}

static void parse_path(settings *s, const char *path, struct argp_state *state) {
    if (s->path) {
        argp_error(state, "one model at a time");
    }
    s->path = path;
}

static error_t parse_option(int key, char *argument, struct argp_state *state) {
    settings *s = state->input;
    switch (key) {
    case 'p':
        s->prompt = length(argument, state);
        return 0;
    case 'g':
        s->generate = length(argument, state);
        return 0;
    case 'd':
        s->depth = length(argument, state);
        return 0;
    case 's':
        parse_streams(s, argument, state);
        return 0;
    case 't':
        s->threads = length(argument, state);
        return 0;
    case 'r':
        s->repeat = positive(argument, MAX_REPETITIONS, state);
        return 0;
    case 'b':
        s->blas_columns = length(argument, state);
        return 0;
    case 'x':
        s->scaling = true;
        return 0;
    case 'j':
        s->json = true;
        return 0;
    case 'c':
        s->no_ceilings = true;
        return 0;
    case 'o':
        s->no_sgemm = true;
        return 0;
    case ARGP_KEY_ARG:
        parse_path(s, argument, state);
        return 0;
    case ARGP_KEY_END:
        if (!s->path) {
            argp_usage(state);
        }
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

void settings_parse(settings *s, int argc, char **argv) {
    static const struct argp parser = {
        option_table, parse_option, "MODEL.gguf", "Measures a model, and the machine it runs on.", NULL, NULL, NULL};
    *s = (settings){.repeat = 3};
    argp_parse(&parser, argc, argv, 0, NULL, s);
}

static uint32_t smaller(uint32_t a, uint32_t b) {
    return a < b ? a : b;
}

/* Streams whose prompts take several steps do not start together, so that their time would be prompts' and generation's
 * mixed. */
static bool start_together(const settings *s, uint32_t streams) {
    return streams == 1 || (uint64_t)streams * s->depth <= TOGETHER;
}

static void choose_streams(settings *s) {
    static const uint32_t usual[] = {1, 4, 16};
    for (uint32_t i = 0; i < sizeof usual / sizeof usual[0]; i++) {
        if (start_together(s, usual[i])) {
            s->streams[s->n_streams++] = usual[i];
        }
    }
}

const char *settings_fit(settings *s, uint32_t context) {
    s->prompt = s->prompt ? s->prompt : smaller(512, context - 1);
    s->depth = s->depth ? s->depth : 1;
    uint32_t left = s->depth < context ? context - s->depth : 0;
    s->generate = s->generate ? s->generate : smaller(128, left > 2 ? left : 2);
    if (s->prompt >= context || s->depth + 2 > context) {
        return "the model's context is shorter than that; make_model --context makes a file with a longer one";
    }
    if (s->generate < 2 || s->depth + s->generate > context) {
        return "2 tokens or more are to be generated, and to fit the model's context with those before them";
    }
    if (s->n_streams == 0) {
        choose_streams(s);
    }
    for (uint32_t i = 0; i < s->n_streams; i++) {
        if (!start_together(s, s->streams[i])) {
            return "several streams behind that many tokens would not start together; measure one stream (--streams 1)";
        }
    }
    return NULL;
}
