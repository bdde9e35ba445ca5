/* Cuts a text into tokens and shows each with its id.
 *
 *     tokenize MODEL.gguf "Once upon a time"
 *     cc tokenize.c $(pkg-config --cflags --libs pith) -o tokenize
 *     or in CMake: find_package(pith REQUIRED), target_link_libraries(tokenize pith::pith) */
#include <pith/pith.h>

#include <stdio.h>
#include <stdlib.h>

static int fail(const char *doing) {
    char why[512];
    pith_error_copy(why, sizeof why, NULL);
    fprintf(stderr, "%s: %s\n", doing, why);
    return 1;
}

int main(int argc, char **argv) {
    pith_model *model;
    uint64_t count;
    if (argc != 3) {
        fprintf(stderr, "usage: tokenize MODEL.gguf TEXT\n");
        return 2;
    }
    if (pith_model_open_path(argv[1], &model) != PITH_OK) {
        return fail("opening the model");
    }
    /* Without a buffer the call tells how many there are. */
    int32_t status = pith_tokenize(model, argv[2], PITH_MEASURE, PITH_UNTRUSTED, NULL, 0, &count);
    int32_t *ids = calloc((size_t)count + 1, sizeof *ids);
    if (status == PITH_E_BUFFER && ids) {
        status = pith_tokenize(model, argv[2], PITH_MEASURE, PITH_UNTRUSTED, ids, count, &count);
    }
    if (status != PITH_OK) {
        return fail("tokenizing");
    }
    for (uint64_t i = 0; i < count; i++) {
        char piece[256];
        uint64_t size;
        if (pith_detokenize(model, &ids[i], 1, PITH_TRUSTED, piece, sizeof piece, &size) != PITH_OK) {
            return fail("detokenizing");
        }
        printf("%8d  [%.*s]\n", (int)ids[i], (int)size, piece);
    }
    free(ids);
    pith_model_release(model);
    return 0;
}
