/* Tokenizes texts in bulk for check_official.py.
 *
 * usage: dump_tokens VOCABULARY [FAMILY]      FAMILY: as PITH_KEY_VOCABULARY_FAMILY
 * Standard input holds texts: flags (PITH_TRUSTED and so on) and length as 32-bit numbers of this machine, then the bytes. For each one
 * standard output gets the count of ids, the ids, the length of what they decode to, and its bytes. */
#include <pith/pith.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct buffers {
    char *text, *decoded;
    int32_t *ids;
    uint64_t capacity; /* bytes of text; ids as many and some more; decoded eight times as many */
} buffers;

static int fail(const char *what) {
    char why[1024];
    pith_error_copy(why, sizeof(why), NULL);
    fprintf(stderr, "dump_tokens: %s: %s\n", what, why);
    return 1;
}

static int open_vocabulary(const char *path, const char *family, pith_model **model) {
    pith_source *source = NULL;
    pith_options *options = NULL;
    int32_t status = pith_options_create(PITH_SCOPE_MODEL, &options);
    status = status ? status : pith_options_set_str(options, PITH_KEY_VOCABULARY_FAMILY, family, PITH_MEASURE);
    status = status ? status : pith_source_from_path(NULL, path, PITH_MEASURE, &source);
    status = status ? status : pith_model_open(NULL, source, options, model);
    pith_source_release(source);
    pith_options_release(options);
    return status ? fail(path) : 0;
}

static int make_room(buffers *b, uint64_t length) {
    if (length < b->capacity) {
        return 0;
    }
    b->capacity = 2 * length + 4096;
    b->text = realloc(b->text, b->capacity);
    b->decoded = realloc(b->decoded, 8 * b->capacity + 4096);
    b->ids = realloc(b->ids, (b->capacity + 64) * 4 * sizeof(*b->ids));
    return b->text && b->decoded && b->ids ? 0 : 1;
}

static int dump_text(const pith_model *model, buffers *b, uint32_t flags, uint32_t length) {
    uint64_t count = 0, size = 0;
    uint32_t number;
    if (pith_tokenize(model, b->text, length, flags, b->ids, (b->capacity + 64) * 4, &count)) {
        return fail("tokenize");
    }
    if (pith_detokenize(model, b->ids, count, 0, b->decoded, 8 * b->capacity + 4096, &size)) {
        return fail("detokenize");
    }
    number = (uint32_t)count;
    fwrite(&number, sizeof(number), 1, stdout);
    fwrite(b->ids, sizeof(*b->ids), count, stdout);
    number = (uint32_t)size;
    fwrite(&number, sizeof(number), 1, stdout);
    return fwrite(b->decoded, 1, size, stdout) == size ? 0 : 1;
}

int main(int argc, char **argv) {
    pith_model *model = NULL;
    buffers b = {0};
    uint32_t head[2];
    int result = argc < 2 || open_vocabulary(argv[1], argc > 2 ? argv[2] : "", &model);
    while (result == 0 && fread(head, sizeof(head), 1, stdin) == 1) {
        result = make_room(&b, head[1]) || fread(b.text, 1, head[1], stdin) != head[1] || dump_text(model, &b, head[0], head[1]);
    }
    free(b.text);
    free(b.decoded);
    free(b.ids);
    pith_model_release(model);
    return result;
}
