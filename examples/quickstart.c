/* What pith does, in one sitting: tells a tale as it is made, cuts a line into tokens, compares three sentences, and says how fast
 * it was and what it took. Uses the public header and nothing else of pith.
 *
 *     quickstart MODEL.gguf ["beginning of a tale"] */
#include <pith/pith.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define WIDTH 78 /* columns of the terminal that are written to */

/* Every call of pith tells by its status how it went; an example may simply stop there. */
static void check(int32_t status, const char *doing) {
    if (status == PITH_OK) {
        return;
    }
    char why[512];
    pith_error_copy(why, sizeof why, NULL);
    fflush(stdout);
    fprintf(stderr, "\nerror while %s: %s (%s)\n", doing, why, pith_status_name(status));
    exit(1);
}

static double seconds_now(void) {
    struct timespec now;
    timespec_get(&now, TIME_UTC);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static int64_t model_number(const pith_model *model, int32_t field) {
    int64_t value = 0;
    check(pith_model_get_i64(model, field, &value), "asking the model");
    return value;
}

static double request_seconds(const pith_request *request, int32_t field) {
    double value = 0;
    check(pith_request_get_f64(request, field, &value), "asking the request");
    return value;
}

static int64_t request_number(const pith_request *request, int32_t field) {
    int64_t value = 0;
    check(pith_request_get_i64(request, field, &value), "asking the request");
    return value;
}

/* Prints streamed text with line breaks between words. A word is held back until it is known to be whole. */
typedef struct wrapper {
    char word[WIDTH + 1];
    size_t length, column;
} wrapper;

static void wrap_flush(wrapper *w) {
    size_t skip = 0;
    if (w->column + w->length > WIDTH) {
        fputs("\n  ", stdout);
        w->column = 0;
        skip = w->word[0] == ' ';
    }
    fwrite(w->word + skip, 1, w->length - skip, stdout);
    fflush(stdout);
    w->column += w->length - skip;
    w->length = 0;
}

static void wrap_text(wrapper *w, const char *text, size_t size) {
    for (size_t i = 0; i < size; i++) {
        if (text[i] == '\n') {
            wrap_flush(w);
            fputs("\n  ", stdout);
            w->column = 0;
        } else if (text[i] == ' ' || w->length == WIDTH) {
            wrap_flush(w);
            w->word[w->length++] = text[i];
        } else {
            w->word[w->length++] = text[i];
        }
    }
}

static pith_model *open_model(const char *path) {
    pith_model *model;
    const char *name, *family;
    uint64_t name_length, family_length;
    double start = seconds_now();
    check(pith_model_open_path(path, &model), "opening the model");
    double seconds = seconds_now() - start;
    check(pith_model_get_str(model, PITH_MODEL_NAME, &name, &name_length), "asking for the name");
    check(pith_model_get_str(model, PITH_MODEL_FAMILY, &family, &family_length), "asking for the family");
    printf("\nMODEL  %.*s: family %.*s, %.1f million parameters, %.1f MB, ready in %.0f ms\n", (int)name_length, name,
           (int)family_length, family, (double)model_number(model, PITH_MODEL_PARAMETERS) / 1e6,
           (double)model_number(model, PITH_MODEL_BYTES) / 1e6, seconds * 1e3);
    return model;
}

/* Generates with options of its own, and shows the text as it comes. */
static void tell_a_tale(pith_model *model, const char *beginning) {
    static const char settings[] = "{\"max_tokens\": 160, \"temperature\": 0.8, \"top_p\": 0.9, \"seed\": 6}";
    pith_options *options;
    pith_request *request;
    wrapper out = {.length = 0};
    int32_t event;

    check(pith_options_create(PITH_SCOPE_REQUEST, &options), "creating options");
    check(pith_options_set_json(options, settings, PITH_MEASURE), "setting options");
    check(pith_request_create(NULL, model, PITH_GENERATE, options, &request), "creating a request");
    check(pith_request_add_text(request, beginning, PITH_MEASURE, PITH_UNTRUSTED), "adding the beginning");
    check(pith_request_submit(request), "submitting");

    fputs("\nA TALE\n  ", stdout);
    wrap_text(&out, beginning, strlen(beginning));
    for (;;) {
        const void *text;
        uint64_t size;
        check(pith_request_next(request, PITH_FOREVER, &event), "generating");
        if (event == PITH_EVENT_END) {
            break;
        }
        check(pith_request_view(request, PITH_VIEW_TEXT, 0, &text, &size), "reading the text");
        wrap_text(&out, text, size);
    }
    wrap_flush(&out);

    int64_t tokens = request_number(request, PITH_REQUEST_TOKENS);
    double seconds = request_seconds(request, PITH_REQUEST_SECONDS_GENERATE);
    fputs(request_number(request, PITH_REQUEST_STOP) == PITH_STOP_LENGTH ? " ...\n" : "\n", stdout);
    printf("\n  %lld tokens", (long long)tokens);
    if (tokens > 1 && seconds > 0) {
        printf(" at %.0f tokens a second, the first after %.1f ms", (double)(tokens - 1) / seconds,
               request_seconds(request, PITH_REQUEST_SECONDS_PROMPT) * 1e3);
    }
    fputs("\n", stdout);
    pith_request_release(request);
    pith_options_release(options);
}

static void show_tokens(const pith_model *model, const char *line) {
    int32_t ids[64];
    uint64_t count;
    check(pith_tokenize(model, line, PITH_MEASURE, PITH_UNTRUSTED, ids, 64, &count), "tokenizing");
    fputs("\nTOKENS\n  ", stdout);
    for (uint64_t i = 0; i < count; i++) {
        char piece[64];
        uint64_t size;
        check(pith_detokenize(model, &ids[i], 1, PITH_TRUSTED, piece, sizeof piece, &size), "detokenizing");
        printf("[%.*s]", (int)size, piece);
    }
    fputs("\n ", stdout);
    for (uint64_t i = 0; i < count; i++) {
        printf(" %d", (int)ids[i]);
    }
    fputs("\n", stdout);
}

/* Embeds all sentences in one request; the vectors have length 1, so that a dot product is the cosine of their angle. */
static void compare_sentences(pith_model *model, const char *const *sentences, int count) {
    pith_request *request;
    const void *data;
    uint64_t size;
    check(pith_request_create(NULL, model, PITH_EMBED, NULL, &request), "creating an embedding request");
    for (int i = 0; i < count; i++) {
        if (i > 0) {
            check(pith_request_next_input(request), "starting the next sentence");
        }
        check(pith_request_add_text(request, sentences[i], PITH_MEASURE, PITH_UNTRUSTED), "adding a sentence");
    }
    check(pith_request_run(request, NULL, NULL), "embedding");
    check(pith_request_view(request, PITH_VIEW_VECTORS, 0, &data, &size), "reading the vectors");

    const float *vectors = data;
    int width = (int)request_number(request, PITH_REQUEST_WIDTH);
    fputs("\nLIKENESS of sentences, by their embeddings\n", stdout);
    for (int i = 0; i < count; i++) {
        printf("  %d  %-48s", i + 1, sentences[i]);
        for (int j = 0; j < count; j++) {
            double dot = 0;
            for (int k = 0; k < width; k++) {
                dot += (double)vectors[i * width + k] * (double)vectors[j * width + k];
            }
            printf("  %5.2f", dot);
        }
        fputs("\n", stdout);
    }
    pith_request_release(request);
}

static void show_memory(void) {
    int64_t peak = 0;
    check(pith_host_get_i64(NULL, PITH_HOST_MEMORY_PEAK, &peak), "asking for the memory");
    printf("\nMEMORY\n  %.1f MB at the most: weights, vocabulary, KV cache and work space\n", (double)peak / 1e6);
}

int main(int argc, char **argv) {
    static const char *const sentences[] = {
        "The king gave his daughter a golden ring.",
        "The queen gave her son a silver cup.",
        "Two boats sailed out into the stormy sea.",
    };
    if (argc < 2 || argc > 3) {
        fprintf(stderr, "usage: quickstart MODEL.gguf [\"beginning of a tale\"]\n");
        return 2;
    }
    uint32_t version = pith_version();
    printf("pith %u.%u.%u\n", version / 1000000, version / 1000 % 1000, version % 1000);
    pith_model *model = open_model(argv[1]);
    tell_a_tale(model, argc > 2 ? argv[2] : "Once upon a time there was a fox who");
    show_tokens(model, "The fox looked up at the golden grapes.");
    compare_sentences(model, sentences, 3);
    show_memory();
    pith_model_release(model);
    return 0;
}
