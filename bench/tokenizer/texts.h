/* The texts that the tokenizer's benchmark reads or makes. A folder is its .txt files, by name, one after the other. */
#ifndef BENCH_TEXTS_H
#define BENCH_TEXTS_H

#include <stdbool.h>
#include <stddef.h>

typedef struct input_text {
    char name[128];
    char *bytes;
    size_t length;
} input_text;

/* False, with errno set, when the path cannot be read whole. */
bool text_read(const char *path, input_text *out);
/* `length` bytes (or a few less: no character is cut) of one character repeated. False when memory lacks. */
bool text_repeat(const char *name, const char *character, size_t length, input_text *out);
void text_free(input_text *t);

/* Where the piece that begins at `start` ends: at the first line end after `size` bytes, or with the text; size 0:
 * there. */
size_t text_piece_end(const input_text *t, size_t start, size_t size);

#endif
