/* Where the steps that look at one code point at a time write: what stands byte for byte for the source is gathered, so
 * that a text in which little changes costs one copy and no marks.
 *
 * Invariant: the gathered bytes and what the worktext has stand for all of the source that was given so far. */
#ifndef PITH_TOKENIZER_SINK_H
#define PITH_TOKENIZER_SINK_H

#include "tokenizer/worktext.h"

enum {
    PITH__SINK_BYTES = 2048
};

typedef struct pith__sink {
    pith__mem *mem;
    pith__worktext *out;
    bool changed; /* something was written that is not the source's */
    uint32_t used;
    uint8_t bytes[PITH__SINK_BYTES];
} pith__sink;

/* Empties `out`. */
void pith__sink_open(pith__sink *s, pith__mem *mem, pith__worktext *out);
/* Passes on what was gathered; to be called at the end too. */
int32_t pith__sink_flush(pith__sink *s);

/* The next `length` bytes of the source, as they are. */
int32_t pith__sink_keep(pith__sink *s, const uint8_t *bytes, uint64_t length);
/* `count` code points (16 at most) for the next `source_length` bytes of the source, which hold another text. */
int32_t pith__sink_put(pith__sink *s, const uint32_t *code_points, uint32_t count, uint32_t source_length);
/* `length` bytes of UTF-8 for the next `source_length` bytes of the source, which hold another text. */
int32_t pith__sink_put_bytes(pith__sink *s, const uint8_t *bytes, uint64_t length, uint64_t source_length);

/* Bytes from text[*at] on as long as `map` has something for them; *at is behind them. */
int32_t pith__sink_map(pith__sink *s, const uint8_t map[256], const uint8_t *text, uint64_t length, uint64_t *at);

#endif
