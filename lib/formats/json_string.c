/* Scanning strings is most of the work of reading a vocabulary: plain ASCII goes by eight bytes at a time, and nothing
 * is written until an escape asks for it. Sources: RFC 8259 section 7; RFC 3629 (UTF-8) section 4.
 *
 * Invariant: no byte at or after `end` is read; what a scan lets pass is valid UTF-8 without surrogates, escaped ones
 * too. Must not know: what strings are for. */
#include "formats/json_string.h"

/* ---- plain text ---- */

#define EACH_BYTE(b) (UINT64_C(0x0101010101010101) * (b))

/* Not 0 when one of the eight bytes is a quote, a backslash, a control character or not ASCII. */
static uint64_t stops_in(uint64_t w) {
    uint64_t quote = w ^ EACH_BYTE('"'), backslash = w ^ EACH_BYTE('\\');
    uint64_t below = (w - EACH_BYTE(0x20)) | (quote - EACH_BYTE(1)) | (backslash - EACH_BYTE(1));
    return (below | w) & EACH_BYTE(0x80);
}

static bool is_plain(unsigned char c) {
    return c >= 0x20 && c < 0x80 && c != '"' && c != '\\';
}

/* The first byte from `at` on that is not plain ASCII, or `end`. */
static const char *skip_plain(const char *at, const char *end) {
    while (end - at >= 8) {
        uint64_t w;
        memcpy(&w, at, 8);
        if (stops_in(w)) {
            break;
        }
        at += 8;
    }
    while (at < end && is_plain((unsigned char)*at)) {
        at++;
    }
    return at;
}

/* Bytes of the valid UTF-8 sequence at `at`, which is two to four bytes long; 0: there is none. */
static int long_sequence(const char *at, const char *end) {
    const unsigned char *p = (const unsigned char *)at;
    int n = p[0] >= 0xf0 ? 4 : p[0] >= 0xe0 ? 3 : 2;
    if (p[0] < 0xc2 || p[0] > 0xf4 || end - at < n) {
        return 0;
    }
    unsigned char low = p[0] == 0xe0 ? 0xa0 : p[0] == 0xf0 ? 0x90 : 0x80;
    unsigned char high = p[0] == 0xed ? 0x9f : p[0] == 0xf4 ? 0x8f : 0xbf;
    bool valid = p[1] >= low && p[1] <= high;
    for (int i = 2; i < n; i++) {
        valid = valid && (p[i] & 0xc0) == 0x80;
    }
    return valid ? n : 0;
}

/* ---- escapes ---- */

static int hex_digit(char c) {
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    c = (char)(c | 0x20);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* The number of four hexadecimal digits; -1: they are none. */
static int32_t hex_four(const char *at) {
    int32_t value = 0;
    for (int i = 0; i < 4; i++) {
        int digit = hex_digit(at[i]);
        if (digit < 0) {
            return -1;
        }
        value = value * 16 + digit;
    }
    return value;
}

static bool is_high_surrogate(int32_t unit) {
    return unit >= 0xd800 && unit <= 0xdbff;
}

static bool is_low_surrogate(int32_t unit) {
    return unit >= 0xdc00 && unit <= 0xdfff;
}

/* \uXXXX, or two of them that are a surrogate pair. */
static const char *check_unicode_escape(const char **at, const char *end) {
    int32_t unit = end - *at >= 6 ? hex_four(*at + 2) : -1;
    if (unit < 0) {
        return "a \\u escape without four hexadecimal digits";
    }
    if (is_high_surrogate(unit) && end - *at >= 12 && (*at)[6] == '\\' && (*at)[7] == 'u' &&
        is_low_surrogate(hex_four(*at + 8))) {
        *at += 12;
        return NULL;
    }
    if (unit >= 0xd800 && unit <= 0xdfff) {
        return "an escaped surrogate that is not one of a pair";
    }
    *at += 6;
    return NULL;
}

/* Moves over the escape at *at, a backslash; says what is wrong with it, and stays, if something is. */
static const char *check_escape(const char **at, const char *end) {
    if (end - *at < 2) {
        return "the text ends inside an escape";
    }
    switch ((*at)[1]) {
    case '"':
    case '\\':
    case '/':
    case 'b':
    case 'f':
    case 'n':
    case 'r':
    case 't':
        *at += 2;
        return NULL;
    case 'u':
        return check_unicode_escape(at, end);
    default:
        return "an escape that JSON does not know";
    }
}

/* Moves over the escape or the sequence of UTF-8 at *at, which is neither plain nor the closing quote; or says what is
 * wrong. */
static const char *check_special(const char **at, const char *end) {
    if (**at == '\\') {
        return check_escape(at, end);
    }
    if ((unsigned char)**at < 0x20) {
        return "a control character in a string";
    }
    int n = long_sequence(*at, end);
    *at += n;
    return n > 0 ? NULL : "not valid UTF-8";
}

pith__json_scan pith__json_scan_string(const char *at, const char *end) {
    bool escapes = false;
    for (;;) {
        at = skip_plain(at, end);
        if (at == end) {
            return (pith__json_scan){at, "the text ends inside a string", escapes};
        }
        if (*at == '"') {
            return (pith__json_scan){at, NULL, escapes};
        }
        escapes = escapes || *at == '\\';
        const char *fault = check_special(&at, end);
        if (fault) {
            return (pith__json_scan){at, fault, escapes};
        }
    }
}

/* ---- without escapes ---- */

static char *put_utf8(char *out, int32_t c) {
    if (c < 0x80) {
        *out++ = (char)c;
    } else if (c < 0x800) {
        *out++ = (char)(0xc0 | c >> 6);
        *out++ = (char)(0x80 | (c & 0x3f));
    } else if (c < 0x10000) {
        *out++ = (char)(0xe0 | c >> 12);
        *out++ = (char)(0x80 | (c >> 6 & 0x3f));
        *out++ = (char)(0x80 | (c & 0x3f));
    } else {
        *out++ = (char)(0xf0 | c >> 18);
        *out++ = (char)(0x80 | (c >> 12 & 0x3f));
        *out++ = (char)(0x80 | (c >> 6 & 0x3f));
        *out++ = (char)(0x80 | (c & 0x3f));
    }
    return out;
}

static char simple_escape(char letter) {
    switch (letter) {
    case 'b':
        return '\b';
    case 'f':
        return '\f';
    case 'n':
        return '\n';
    case 'r':
        return '\r';
    case 't':
        return '\t';
    default:
        return letter; /* quote, backslash, slash */
    }
}

/* Writes what the checked escape at *at stands for, and moves over it. */
static char *put_escape(char *out, const char **at) {
    if ((*at)[1] != 'u') {
        *out++ = simple_escape((*at)[1]);
        *at += 2;
        return out;
    }
    int32_t c = hex_four(*at + 2);
    *at += 6;
    if (is_high_surrogate(c)) {
        c = 0x10000 + ((c - 0xd800) << 10) + (hex_four(*at + 2) - 0xdc00);
        *at += 6;
    }
    return put_utf8(out, c);
}

uint64_t pith__json_unescape(pith__str inner, char *out) {
    const char *at = inner.ptr, *end = inner.ptr + inner.len;
    char *to = out;
    while (at < end) {
        const char *escape = memchr(at, '\\', (size_t)(end - at));
        const char *until = escape ? escape : end;
        memcpy(to, at, (size_t)(until - at));
        to += until - at;
        at = until;
        if (escape) {
            to = put_escape(to, &at);
        }
    }
    return (uint64_t)(to - out);
}
