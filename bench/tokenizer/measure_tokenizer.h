/* The measurements of the tokenizer's benchmark, all on one thread: how long opening a vocabulary takes and what it
 * holds then, and how fast a text becomes ids. A new list of ids is made for each call, as the public functions do. */
#ifndef BENCH_MEASURE_TOKENIZER_H
#define BENCH_MEASURE_TOKENIZER_H

#include "texts.h"
#include "tokenizer/tokenizer.h"

enum {
    MAX_REPEAT = 1000
};

/* Seconds of so many runs. */
typedef struct times {
    double best, median;
} times;

typedef struct opening {
    times all;        /* from the path to the tokenizer */
    times vocabulary; /* of that, building the tokenizer from the file's arrays */
    uint64_t tokens;
    uint64_t kept; /* bytes the tokenizer holds, its file closed */
    uint64_t peak; /* most bytes held while opening, the file's metadata included */
} opening;

/* Opens a vocabulary `repeat` times; the last one stays open. Ends the program on failure. `family` is for tiktoken
 * files. */
pith__tokenizer *measure_opening(pith__mem *mem, const char *path, const char *family, uint32_t repeat, opening *out);

/* Tokenizes the text, cut into pieces of about `piece` bytes (0: whole), `repeat` times; *tokens is how many came out.
 */
times measure_text(const pith__tokenizer *t, pith__mem *mem, const input_text *input, size_t piece, uint32_t repeat,
                   uint64_t *tokens);

#endif
