/* The C half of what measures a streamed token in a binding (bench/ of each): the same stream, measured the same way. Prints "live NS drain NS", nanoseconds a token.
 *
 *     stream_overhead MODEL PROMPT TOKENS
 *
 * live   pulls tokens as they are computed; the computing is most of it
 * drain  waits for the end first and then pulls, which leaves the cost of the stream alone */
#define _POSIX_C_SOURCE 200809L
#include <pith/pith.h>

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static void check(int32_t status) {
    char why[512];
    if (status != PITH_OK) {
        pith_error_copy(why, sizeof why, NULL);
        fprintf(stderr, "%s\n", why);
        exit(1);
    }
}

static double nanoseconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return 1e9 * (double)now.tv_sec + (double)now.tv_nsec;
}

static double measure(pith_engine *engine, pith_model *model, const pith_options *options, const char *prompt, int drain) {
    pith_request *request;
    const void *text;
    uint64_t size, bytes = 0;
    int32_t event;
    int64_t tokens;
    check(pith_request_create(engine, model, PITH_GENERATE, options, &request));
    check(pith_request_add_text(request, prompt, PITH_MEASURE, PITH_UNTRUSTED));
    check(pith_request_submit(request));
    if (drain) {
        check(pith_request_wait(request, PITH_FOREVER));
    }
    double start = nanoseconds();
    for (;;) {
        check(pith_request_next(request, PITH_FOREVER, &event));
        if (event == PITH_EVENT_END) {
            break;
        }
        check(pith_request_view(request, PITH_VIEW_TEXT, 0, &text, &size));
        bytes += size;
    }
    double took = nanoseconds() - start;
    check(pith_request_get_i64(request, PITH_REQUEST_TOKENS, &tokens));
    pith_request_release(request);
    return bytes > 0 ? took / (double)tokens : 0;
}

int main(int argc, char **argv) {
    pith_model *model;
    pith_engine *engine;
    pith_options *options, *of_engine;
    if (argc != 4) {
        fprintf(stderr, "usage: stream_overhead MODEL PROMPT TOKENS\n");
        return 2;
    }
    check(pith_model_open_path(argv[1], &model));
    check(pith_options_create(PITH_SCOPE_ENGINE, &of_engine));
    check(pith_options_set_i64(of_engine, PITH_KEY_THREADS, 1));
    check(pith_engine_create(NULL, of_engine, &engine));
    check(pith_options_create(PITH_SCOPE_REQUEST, &options));
    check(pith_options_set_i64(options, PITH_KEY_MAX_TOKENS, strtoll(argv[3], NULL, 10)));
    check(pith_options_set_i64(options, PITH_KEY_IGNORE_EOG, 1));
    check(pith_options_set_i64(options, PITH_KEY_LOOP_GUARD, 0));
    measure(engine, model, options, argv[2], 0);
    double live = measure(engine, model, options, argv[2], 0);
    printf("live %.1f drain %.1f\n", live, measure(engine, model, options, argv[2], 1));
    return 0;
}
