/* Going fast over ASCII, which most steps leave alone or change byte for byte. */
#ifndef PITH_TOKENIZER_ASCII_H
#define PITH_TOKENIZER_ASCII_H

#include <stdint.h>
#include <string.h>

/* The first byte from `from` on that is not ASCII, or `length`. */
static inline uint64_t pith__ascii_end(const uint8_t *text, uint64_t length, uint64_t from) {
    uint64_t word = 0;
    for (; length - from >= sizeof(word); from += sizeof(word)) {
        memcpy(&word, text + from, sizeof(word));
        if (word & 0x8080808080808080u) {
            break;
        }
    }
    while (from < length && text[from] < 0x80) {
        from++;
    }
    return from;
}

#endif
