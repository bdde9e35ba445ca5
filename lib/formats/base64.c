/* Four characters become three bytes, the last group fewer. One text has one meaning and one spelling: what an encoder
 * would have written otherwise is refused. Must not know: where the text comes from. */
#include "formats/base64.h"

/* 0 to 63; 64 and more: not of the alphabet. */
static uint32_t digit_of(char c) {
    if (c >= 'A' && c <= 'Z') {
        return (uint32_t)(c - 'A');
    }
    if (c >= 'a' && c <= 'z') {
        return (uint32_t)(c - 'a') + 26;
    }
    if (c >= '0' && c <= '9') {
        return (uint32_t)(c - '0') + 52;
    }
    return c == '+' ? 62 : c == '/' ? 63 : 64;
}

/* The `count` (2 to 4) characters before any padding as bits, the first highest; UINT32_MAX: not of the alphabet. */
static uint32_t read_group(const char *text, uint64_t count) {
    uint32_t bits = 0, all = 0;
    for (uint64_t i = 0; i < 4; i++) {
        uint32_t digit = i < count ? digit_of(text[i]) : 0;
        bits = bits << 6 | (digit & 63);
        all |= digit;
    }
    return all < 64 ? bits : UINT32_MAX;
}

static uint64_t padding_of(pith__str text) {
    if (text.len < 4 || text.ptr[text.len - 1] != '=') {
        return 0;
    }
    return text.ptr[text.len - 2] == '=' ? 2 : 1;
}

bool pith__base64_decode(pith__str text, uint8_t *out, uint64_t capacity, uint64_t *size) {
    uint64_t digits = text.len - padding_of(text);
    *size = digits / 4 * 3 + (digits % 4 > 0 ? digits % 4 - 1 : 0);
    if (text.len % 4 != 0 || *size > capacity) {
        return false;
    }
    for (uint64_t at = 0, to = 0; at < digits; at += 4) {
        uint64_t count = digits - at < 4 ? digits - at : 4;
        uint32_t bits = read_group(text.ptr + at, count);
        uint32_t beyond = 0xffffffu >> (8 * (count - 1)); /* bits that are in no byte */
        if (bits == UINT32_MAX || (bits & beyond) != 0) {
            return false;
        }
        for (uint64_t i = 0; i + 1 < count; i++) {
            out[to++] = (uint8_t)(bits >> (16 - 8 * i));
        }
    }
    return true;
}
