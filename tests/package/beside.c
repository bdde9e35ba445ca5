/* A program that holds much beside libpith.a: OpenBLAS, and functions with every name that pith uses within itself and
 * some that ggml does (names.h, made by test_static.sh). None of those may ever be called.
 *
 *     beside MODEL FLOAT-MODEL TEXT      continues the text */
#include <pith/pith.h>

#include <stdio.h>
#include <stdlib.h>

#if WITH_OPENBLAS
#include <cblas.h>
#endif

static void called(const char *name) {
    fprintf(stderr, "pith called the program's own %s()\n", name);
    abort();
}

#define OWN(name)                                                                                                      \
    void name(void);                                                                                                   \
    void name(void) {                                                                                                  \
        called(#name);                                                                                                 \
    }
#include "names.h"

static void must(int32_t status) {
    if (status != PITH_OK) {
        char why[512];
        pith_error_copy(why, sizeof why, NULL);
        fprintf(stderr, "%s: %s\n", pith_status_name(status), why);
        exit(1);
    }
}

/* The program's own use of its BLAS: right, and as it was set. */
static void own_blas(void) {
#if WITH_OPENBLAS
    static int threads;
    const float a[4] = {1, 2, 3, 4}, b[4] = {5, 6, 7, 8};
    float c[4];
    cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, 2, 2, 2, 1, a, 2, b, 2, 0, c, 2);
    if (c[0] != 19 || c[1] != 22 || c[2] != 43 || c[3] != 50) {
        called("cblas_sgemm, or the other way round");
    }
    threads = threads ? threads : openblas_get_num_threads();
    if (threads != openblas_get_num_threads()) {
        called("openblas_set_num_threads");
    }
#endif
}

static pith_model *open_with_blas(const char *path) {
    pith_source *source;
    pith_options *options;
    pith_model *model;
    must(pith_source_from_path(NULL, path, PITH_MEASURE, &source));
    must(pith_options_create(PITH_SCOPE_MODEL, &options));
    must(pith_options_set_i64(options, PITH_KEY_BLAS_COLUMNS, 1)); /* always */
    must(pith_model_open(NULL, source, options, &model));
    pith_options_release(options);
    pith_source_release(source);
    return model;
}

static void generate(pith_model *model, const char *text, FILE *out) {
    pith_options *options;
    pith_request *request;
    const void *data;
    uint64_t size;
    must(pith_options_create(PITH_SCOPE_REQUEST, &options));
    must(pith_options_set_i64(options, PITH_KEY_MAX_TOKENS, 24));
    must(pith_options_set_f64(options, PITH_KEY_TEMPERATURE, 0));
    must(pith_request_create(NULL, model, PITH_GENERATE, options, &request));
    must(pith_request_add_text(request, text, PITH_MEASURE, PITH_UNTRUSTED));
    must(pith_request_run(request, NULL, NULL));
    must(pith_request_view(request, PITH_VIEW_ALL_TEXT, 0, &data, &size));
    fwrite(data, 1, (size_t)size, out);
    fputs("\n", out);
    pith_request_release(request);
    pith_options_release(options);
}

int main(int argc, char **argv) {
    pith_model *model, *floats;
    if (argc != 4) {
        return 2;
    }
    own_blas();
    must(pith_model_open_path(argv[1], &model));
    generate(model, argv[3], stdout);
    floats = open_with_blas(argv[2]);
    own_blas();
    generate(floats, argv[3], stderr); /* random weights: only that it works is of interest */
    own_blas();
    pith_model_release(floats);
    pith_model_release(model);
    return 0;
}
