/* How vocabularies write what their entries stand for: see vocab.h.
 * Sources: https://github.com/openai/gpt-2/blob/master/src/encoder.py (bytes_to_unicode); SentencePiece writes a space as U+2581. */
#include "tokenizer/unicode/utf8.h"
#include "tokenizer/vocab.h"

/* The byte that a character of GPT-2's alphabet stands for; -1: not in the alphabet. Bytes that print in Latin-1 are
 * themselves; the 68 others, in order, are U+0100 and up. */
static int byte_of_character(uint32_t cp) {
    if (cp < 0x100) {
        return (cp >= 0x21 && cp <= 0x7E) || (cp >= 0xA1 && cp != 0xAD) ? (int)cp : -1;
    }
    uint32_t i = cp - 0x100;
    return i <= 0x20 ? (int)i : i <= 0x42 ? (int)(i - 0x21 + 0x7F) : i == 0x43 ? 0xAD : -1;
}

static bool unescape_bytes(int32_t type, pith__str entry, uint8_t *out, uint64_t *length) {
    const uint8_t *p = (const uint8_t *)entry.ptr;
    uint64_t written = 0;
    if (type != PITH__TOKEN_NORMAL) {
        return false;
    }
    for (uint64_t at = 0; at < entry.len;) {
        uint32_t cp = 0;
        at += pith__utf8_next(p + at, entry.len - at, &cp);
        int byte = byte_of_character(cp);
        if (byte < 0) {
            return false;
        }
        out[written++] = (uint8_t)byte;
    }
    *length = written;
    return true;
}

static bool unescape_spaces(int32_t type, pith__str entry, uint8_t *out, uint64_t *length) {
    static const uint8_t escaped_space[3] = {0xE2, 0x96, 0x81}; /* U+2581 */
    uint64_t written = 0;
    for (uint64_t at = 0; at < entry.len; written++) {
        if (entry.ptr[at] == ' ' && type == PITH__TOKEN_NORMAL) {
            return false; /* spaces are escaped before pieces are looked for */
        }
        bool space = entry.len - at >= 3 && memcmp(entry.ptr + at, escaped_space, 3) == 0;
        out[written] = space ? ' ' : (uint8_t)entry.ptr[at];
        at += space ? 3 : 1;
    }
    *length = written;
    return true;
}

bool pith__unescape(pith__writing writing, int32_t type, pith__str entry, uint8_t *out, uint64_t *length) {
    switch (writing) {
    case PITH__WRITTEN_BYTES: return unescape_bytes(type, entry, out, length);
    case PITH__WRITTEN_SPACES: return unescape_spaces(type, entry, out, length);
    case PITH__WRITTEN_PLAIN: break;
    }
    memcpy(out, entry.ptr, (size_t)entry.len);
    *length = entry.len;
    return true;
}
