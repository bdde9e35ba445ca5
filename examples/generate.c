/* Continues a text and prints it as it comes.
 *
 *     generate MODEL.gguf "Once upon a time"
 *     cc generate.c $(pkg-config --cflags --libs pith) -o generate
 *     or in CMake: find_package(pith REQUIRED), target_link_libraries(generate pith::pith) */
#include <pith/pith.h>

#include <stdio.h>

static int fail(const char *doing) {
    char why[512];
    pith_error_copy(why, sizeof why, NULL);
    fprintf(stderr, "%s: %s\n", doing, why);
    return 1;
}

/* Called on this thread for every new piece of text. Any answer but 0 stops the generation. */
static int32_t show(void *user, pith_request *request, int32_t event) {
    const void *text;
    uint64_t size;
    (void)user;
    if (event == PITH_EVENT_TEXT && pith_request_view(request, PITH_VIEW_TEXT, 0, &text, &size) == PITH_OK) {
        fwrite(text, 1, (size_t)size, stdout);
        fflush(stdout);
    }
    return 0;
}

int main(int argc, char **argv) {
    pith_options *options;
    pith_model *model;
    pith_request *request;
    if (argc != 3) {
        fprintf(stderr, "usage: generate MODEL.gguf TEXT\n");
        return 2;
    }
    if (pith_model_open_path(argv[1], &model) != PITH_OK) {
        return fail("opening the model");
    }
    if (pith_options_create(PITH_SCOPE_REQUEST, &options) != PITH_OK ||
        pith_options_set_i64(options, PITH_KEY_MAX_TOKENS, 100) != PITH_OK ||
        pith_options_set_f64(options, PITH_KEY_TEMPERATURE, 0.8) != PITH_OK) {
        return fail("setting options");
    }
    if (pith_request_create(NULL, model, PITH_GENERATE, options, &request) != PITH_OK ||
        pith_request_add_text(request, argv[2], PITH_MEASURE, PITH_UNTRUSTED) != PITH_OK ||
        pith_request_run(request, show, NULL) != PITH_OK) {
        return fail("generating");
    }
    putchar('\n');
    pith_request_release(request); /* in any order */
    pith_options_release(options);
    pith_model_release(model);
    return 0;
}
