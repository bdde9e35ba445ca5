/* See neighbours.h. */
#include "tokenizer/models/neighbours.h"
#include "tokenizer/unicode/utf8.h"

static void add_piece(pith__neighbours *n, pith__str piece) {
    const uint8_t *p = (const uint8_t *)piece.ptr;
    uint32_t last = 0;
    for (uint64_t at = 0; at < piece.len;) {
        uint32_t cp = 0;
        uint32_t length = pith__utf8_next(p + at, piece.len - at, &cp);
        if (at > 0) {
            uint64_t *words = (last | cp) < 0x80 ? n->ascii : n->others;
            uint64_t bit = pith__neighbours_bit(n, last, cp);
            words[bit >> 6] |= UINT64_C(1) << (bit & 63);
        }
        last = cp;
        at += length;
    }
}

int32_t pith__neighbours_create(pith__mem *mem, const pith__vocab *vocab, pith__neighbours *n) {
    uint64_t bits = 1 << 12;
    while (bits < (uint64_t)vocab->texts.count * 8) {
        bits *= 2;
    }
    memset(n, 0, sizeof(*n));
    PITH_TRY(PITH_NEW_ARRAY(mem, &n->others, bits / 64, "vocabulary"));
    n->mask = bits - 1;
    for (uint32_t id = 0; id < vocab->texts.count; id++) {
        if (pith__vocab_is_piece(vocab, id)) {
            add_piece(n, pith__vocab_text(vocab, id));
        }
    }
    return PITH_OK;
}

void pith__neighbours_free(pith__mem *mem, pith__neighbours *n) {
    pith__mem_free(mem, n->others);
    n->others = NULL;
}
