/* Searches the lines of a file by their meaning: embeds them all and the question, and prints the lines most like it.
 *
 *     search MODEL.gguf LINES.txt "a bird that tells the truth"
 *     cc search.c $(pkg-config --cflags --libs pith) -o search
 *     or in CMake: find_package(pith REQUIRED), target_link_libraries(search pith::pith) */
#include <pith/pith.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    SHOWN = 3,
    LONGEST = 4096,
    AT_ONCE = 64
}; /* lines printed; bytes of a line; lines embedded in one request */

/* A line and the cosine of the angle between its vector and the question's. */
typedef struct hit {
    double likeness;
    char line[LONGEST];
} hit;

static int fail(const char *doing) {
    char why[512];
    pith_error_copy(why, sizeof why, NULL);
    fprintf(stderr, "%s: %s\n", doing, why);
    return 1;
}

/* Embeds `count` texts in one request, which owns the vectors; NULL when that failed. */
static pith_request *embed(pith_model *model, char (*texts)[LONGEST], size_t count, const float **vectors) {
    pith_request *request;
    const void *data = NULL;
    uint64_t size;
    if (pith_request_create(NULL, model, PITH_EMBED, NULL, &request) != PITH_OK) {
        return NULL;
    }
    int32_t status = PITH_OK;
    for (size_t i = 0; status == PITH_OK && i < count; i++) {
        if (i == 0 || (status = pith_request_next_input(request)) == PITH_OK) {
            status = pith_request_add_text(request, texts[i], PITH_MEASURE, PITH_UNTRUSTED);
        }
    }
    if (status != PITH_OK || pith_request_run(request, NULL, NULL) != PITH_OK ||
        pith_request_view(request, PITH_VIEW_VECTORS, 0, &data, &size) != PITH_OK) {
        pith_request_release(request);
        return NULL;
    }
    *vectors = data;
    return request;
}

/* Vectors have length 1: the product is the cosine. */
static double likeness(const float *a, const float *b, int64_t width) {
    double sum = 0;
    for (int64_t i = 0; i < width; i++) {
        sum += (double)a[i] * (double)b[i];
    }
    return sum;
}

/* Puts a line into its place among the best ones, if it has one. */
static void remember(hit *best, double how_like, const char *line) {
    int place = SHOWN;
    while (place > 0 && best[place - 1].likeness < how_like) {
        place--;
    }
    if (place < SHOWN) {
        memmove(&best[place + 1], &best[place], sizeof(hit) * (size_t)(SHOWN - 1 - place));
        best[place].likeness = how_like;
        memcpy(best[place].line, line, strlen(line) + 1);
    }
}

static size_t read_lines(FILE *file, char (*lines)[LONGEST]) {
    size_t count = 0;
    while (count < AT_ONCE && fgets(lines[count], LONGEST, file)) {
        lines[count][strcspn(lines[count], "\r\n")] = '\0';
        count += lines[count][0] != '\0';
    }
    return count;
}

static int search(pith_model *model, FILE *file, const float *question, hit *best) {
    static char lines[AT_ONCE][LONGEST];
    int64_t width;
    size_t count;
    if (pith_model_get_i64(model, PITH_MODEL_WIDTH, &width) != PITH_OK) {
        return fail("asking the model");
    }
    while ((count = read_lines(file, lines)) > 0) {
        const float *vectors;
        pith_request *request = embed(model, lines, count, &vectors);
        if (!request) {
            return fail("embedding the lines");
        }
        for (size_t i = 0; i < count; i++) {
            remember(best, likeness(question, vectors + (int64_t)i * width, width), lines[i]);
        }
        pith_request_release(request);
    }
    return 0;
}

int main(int argc, char **argv) {
    static hit best[SHOWN];
    static char text[1][LONGEST];
    pith_model *model;
    const float *question;
    if (argc != 4 || strlen(argv[3]) >= LONGEST) {
        fprintf(stderr, "usage: search MODEL.gguf LINES.txt QUESTION\n");
        return 2;
    }
    memcpy(text[0], argv[3], strlen(argv[3]) + 1);
    FILE *file = fopen(argv[2], "r");
    if (!file) {
        perror(argv[2]);
        return 1;
    }
    for (int i = 0; i < SHOWN; i++) {
        best[i].likeness = -2; /* less than any cosine */
    }
    if (pith_model_open_path(argv[1], &model) != PITH_OK) {
        return fail("opening the model");
    }
    pith_request *request = embed(model, text, 1, &question);
    int failed = request ? search(model, file, question, best) : fail("embedding the question");
    for (int i = 0; !failed && i < SHOWN && best[i].likeness > -2; i++) {
        printf("%6.3f  %s\n", best[i].likeness, best[i].line);
    }
    pith_request_release(request);
    pith_model_release(model);
    fclose(file);
    return failed;
}
