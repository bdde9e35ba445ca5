/* Writing code point by code point: see sink.h. */
#include "tokenizer/normalize/sink.h"
#include "tokenizer/unicode/utf8.h"
#include <string.h>

void pith__sink_open(pith__sink *s, pith__mem *mem, pith__worktext *out) {
    s->mem = mem;
    s->out = out;
    s->changed = false;
    s->used = 0;
    pith__worktext_reset(out);
}

int32_t pith__sink_flush(pith__sink *s) {
    uint32_t used = s->used;
    s->used = 0;
    return used == 0 ? PITH_OK : pith__worktext_copy(s->mem, s->out, s->bytes, used);
}

int32_t pith__sink_keep(pith__sink *s, const uint8_t *bytes, uint64_t length) {
    if (PITH__SINK_BYTES - s->used < length) {
        PITH_TRY(pith__sink_flush(s));
    }
    if (length > PITH__SINK_BYTES) {
        return pith__worktext_copy(s->mem, s->out, bytes, length);
    }
    memcpy(s->bytes + s->used, bytes, (size_t)length);
    s->used += (uint32_t)length;
    return PITH_OK;
}

int32_t pith__sink_put_bytes(pith__sink *s, const uint8_t *bytes, uint64_t length, uint64_t source_length) {
    s->changed = true;
    PITH_TRY(pith__sink_flush(s));
    return pith__worktext_rewrite(s->mem, s->out, bytes, length, source_length);
}

int32_t pith__sink_put(pith__sink *s, const uint32_t *code_points, uint32_t count, uint32_t source_length) {
    uint8_t bytes[64];
    uint32_t length = 0;
    for (uint32_t i = 0; i < count; i++) {
        length += pith__utf8_put(code_points[i], bytes + length);
    }
    if (count == 1 && length == source_length) {
        s->changed = true;
        return pith__sink_keep(s, bytes, length);
    }
    return pith__sink_put_bytes(s, bytes, length, source_length);
}

/* The beginning of pith__sink_map that fits what room there is; returns its length. */
static uint32_t map_some(pith__sink *s, const uint8_t map[256], const uint8_t *text, uint64_t length) {
    uint8_t *out = s->bytes + s->used, difference = 0;
    uint32_t room = PITH__SINK_BYTES - s->used, i = 0;
    room = room < length ? room : (uint32_t)length;
    for (; i < room && map[text[i]] != 0; i++) {
        out[i] = map[text[i]];
        difference |= out[i] ^ text[i];
    }
    s->used += i;
    s->changed |= difference != 0;
    return i;
}

int32_t pith__sink_map(pith__sink *s, const uint8_t map[256], const uint8_t *text, uint64_t length, uint64_t *at) {
    for (;;) {
        *at += map_some(s, map, text + *at, length - *at);
        if (s->used < PITH__SINK_BYTES) {
            return PITH_OK;
        }
        PITH_TRY(pith__sink_flush(s));
    }
}
