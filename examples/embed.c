/* Compares texts by their embeddings: how alike the first one is to each of the others.
 *
 *     embed MODEL.gguf "a king" "a queen" "a boat"
 *     cc embed.c $(pkg-config --cflags --libs pith) -o embed
 *     or in CMake: find_package(pith REQUIRED), target_link_libraries(embed pith::pith) */
#include <pith/pith.h>

#include <stdio.h>

static int fail(const char *doing) {
    char why[512];
    pith_error_copy(why, sizeof why, NULL);
    fprintf(stderr, "%s: %s\n", doing, why);
    return 1;
}

int main(int argc, char **argv) {
    pith_model *model;
    pith_request *request;
    const void *data;
    uint64_t size;
    int64_t width;
    if (argc < 4) {
        fprintf(stderr, "usage: embed MODEL.gguf TEXT TEXT...\n");
        return 2;
    }
    if (pith_model_open_path(argv[1], &model) != PITH_OK ||
        pith_request_create(NULL, model, PITH_EMBED, NULL, &request) != PITH_OK) {
        return fail("opening the model");
    }
    for (int i = 2; i < argc; i++) {
        if ((i > 2 && pith_request_next_input(request) != PITH_OK) ||
            pith_request_add_text(request, argv[i], PITH_MEASURE, PITH_UNTRUSTED) != PITH_OK) {
            return fail("adding a text");
        }
    }
    if (pith_request_run(request, NULL, NULL) != PITH_OK ||
        pith_request_view(request, PITH_VIEW_VECTORS, 0, &data, &size) != PITH_OK ||
        pith_request_get_i64(request, PITH_REQUEST_WIDTH, &width) != PITH_OK) {
        return fail("embedding");
    }
    const float *first = data, *other = first;
    for (int i = 3; i < argc; i++) {
        double likeness = 0; /* vectors have length 1: the cosine of their angle */
        other += width;
        for (int64_t k = 0; k < width; k++) {
            likeness += (double)first[k] * (double)other[k];
        }
        printf("%6.3f  %s\n", likeness, argv[i]);
    }
    pith_request_release(request);
    pith_model_release(model);
    return 0;
}
