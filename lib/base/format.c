/* The formatter behind error texts, names and JSON: a bounded sink and one function per conversion. No locale, no
 * allocation.
 *
 * Invariant: never writes past the capacity, always closes with a zero when there is room for one, and counts what it
 * would have written. Must not know: what the text says. */
#include "base/format.h"
#include "base/decimal.h"
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

typedef struct sink {
    char *out;
    size_t capacity;
    size_t length; /* of the whole text, also what did not fit */
} sink;

/* One conversion: %[0][width][.precision][l|ll|z]letter */
typedef struct spec {
    bool zero;
    int width;
    int precision; /* -1: none given */
    char size;     /* 0, 'l', 'L' (ll) or 'z' */
    char letter;
} spec;

static void put(sink *s, const char *text, size_t length) {
    if (s->length + 1 < s->capacity) {
        size_t room = s->capacity - 1 - s->length;
        memcpy(s->out + s->length, text, length < room ? length : room);
    }
    s->length += length;
}

static void put_char(sink *s, char c) {
    put(s, &c, 1);
}

static void put_repeated(sink *s, char c, int64_t count) {
    for (int64_t i = 0; i < count; i++) {
        put_char(s, c);
    }
}

/* Text of a number with its sign, padded on the left. */
static void put_padded(sink *s, const spec *f, bool negative, const char *text, size_t length) {
    int64_t pad = (int64_t)f->width - (int64_t)length - negative;
    if (!f->zero) {
        put_repeated(s, ' ', pad);
    }
    if (negative) {
        put_char(s, '-');
    }
    if (f->zero) {
        put_repeated(s, '0', pad);
    }
    put(s, text, length);
}

static void put_integer(sink *s, const spec *f, bool negative, uint64_t magnitude, unsigned base) {
    char text[24];
    size_t at = sizeof(text);
    do {
        text[--at] = "0123456789abcdef"[magnitude % base];
        magnitude /= base;
    } while (magnitude != 0);
    put_padded(s, f, negative, text + at, sizeof(text) - at);
}

static void put_string(sink *s, const spec *f, const char *text) {
    if (!text) {
        text = "(null)";
    }
    size_t length = 0;
    while ((f->precision < 0 || length < (size_t)f->precision) && text[length] != '\0') {
        length++;
    }
    put_repeated(s, ' ', (int64_t)f->width - (int64_t)length);
    put(s, text, length);
}

/* Digits [from, to) counted from the decimal point of d: place 0 is the first after it, -1 the ones. */
static void put_places(sink *s, const pith__decimal *d, int32_t from, int32_t to) {
    for (int32_t place = from; place < to; place++) {
        int32_t i = place + d->point;
        put_char(s, i >= 0 && i < d->count ? (char)('0' + d->digits[i]) : '0');
    }
}

static void put_fixed(sink *s, const pith__decimal *d, int32_t decimals) {
    put_places(s, d, d->point > 0 ? -d->point : -1, 0);
    if (decimals > 0) {
        put_char(s, '.');
        put_places(s, d, 0, decimals);
    }
}

static void put_scientific(sink *s, const pith__decimal *d, int32_t decimals) {
    int32_t exponent = d->count > 0 ? d->point - 1 : 0;
    put_places(s, d, -d->point, 1 - d->point);
    if (decimals > 0) {
        put_char(s, '.');
        put_places(s, d, 1 - d->point, 1 - d->point + decimals);
    }
    spec two = {true, 2, -1, 0, 'd'};
    put(s, exponent < 0 ? "e-" : "e+", 2);
    put_integer(s, &two, false, (uint64_t)(exponent < 0 ? -exponent : exponent), 10);
}

/* %g: the shorter of the two forms at `precision` significant digits, without trailing zeros (C11 7.21.6.1). */
static void put_general(sink *s, pith__decimal *d, int32_t precision) {
    precision = precision > 0 ? precision : 1;
    pith__decimal_round(d, precision);
    int32_t exponent = d->count > 0 ? d->point - 1 : 0;
    if (exponent < -4 || exponent >= precision) {
        put_scientific(s, d, d->count - 1);
    } else {
        put_fixed(s, d, d->count > d->point ? d->count - d->point : 0);
    }
}

static void put_float_digits(sink *s, const spec *f, double value) {
    pith__decimal d;
    pith__decimal_of(value, &d);
    int32_t precision = f->precision < 0 ? 6 : f->precision;
    if (f->letter == 'g') {
        put_general(s, &d, precision);
    } else if (f->letter == 'e') {
        pith__decimal_round(&d, precision + 1);
        put_scientific(s, &d, precision);
    } else {
        pith__decimal_round(&d, d.point + precision);
        put_fixed(s, &d, precision);
    }
}

/* Floats are written without padding: no message needs it. */
static void put_float(sink *s, const spec *f, double value) {
    uint64_t bits;
    memcpy(&bits, &value, sizeof(bits)); /* the sign of -0 and NaN too, as IEEE conversions show it */
    if (bits >> 63) {
        put_char(s, '-');
    }
    if (((bits >> 52) & 0x7ff) == 0x7ff) {
        put(s, bits << 12 ? "nan" : "inf", 3);
    } else {
        put_float_digits(s, f, value);
    }
}

/* Reads a spec after the '%'; *precision_arg says that the precision is the next argument ("%.*s"). Returns its end. */
static const char *read_spec(const char *p, spec *f, bool *precision_arg) {
    *f = (spec){false, 0, -1, 0, 0};
    *precision_arg = false;
    if (*p == '0') {
        f->zero = true;
        p++;
    }
    for (; *p >= '0' && *p <= '9' && f->width < 100; p++) {
        f->width = f->width * 10 + (*p - '0');
    }
    if (*p == '.') {
        p++;
        f->precision = 0;
        if (*p == '*') {
            *precision_arg = true;
            p++;
        }
        for (; *p >= '0' && *p <= '9' && f->precision < 1000; p++) {
            f->precision = f->precision * 10 + (*p - '0');
        }
    }
    for (; *p == 'l' || *p == 'z'; p++) {
        f->size = (char)(f->size == 'l' ? 'L' : *p);
    }
    f->letter = *p;
    return *p ? p + 1 : p;
}

/* va_list may be an array type, which a function cannot take by address portably; a struct around it can. */
typedef struct arguments {
    va_list list;
} arguments;

static uint64_t next_unsigned(arguments *args, char size) {
    switch (size) {
    case 'l':
        return va_arg(args->list, unsigned long);
    case 'L':
        return va_arg(args->list, unsigned long long);
    case 'z':
        return va_arg(args->list, size_t);
    default:
        return va_arg(args->list, unsigned);
    }
}

static int64_t next_signed(arguments *args, char size) {
    switch (size) {
    case 'l':
        return va_arg(args->list, long);
    case 'L':
        return va_arg(args->list, long long);
    case 'z':
        return va_arg(args->list, ptrdiff_t);
    default:
        return va_arg(args->list, int);
    }
}

static void put_signed(sink *s, const spec *f, int64_t value) {
    put_integer(s, f, value < 0, value < 0 ? UINT64_C(0) - (uint64_t)value : (uint64_t)value, 10);
}

/* False when the letter is none of ours: no argument was taken. */
static bool put_conversion(sink *s, const spec *f, arguments *args) {
    switch (f->letter) {
    case '%':
        put_char(s, '%');
        return true;
    case 'c':
        put_char(s, (char)va_arg(args->list, int));
        return true;
    case 's':
        put_string(s, f, va_arg(args->list, const char *));
        return true;
    case 'd':
    case 'i':
        put_signed(s, f, next_signed(args, f->size));
        return true;
    case 'u':
        put_integer(s, f, false, next_unsigned(args, f->size), 10);
        return true;
    case 'x':
        put_integer(s, f, false, next_unsigned(args, f->size), 16);
        return true;
    case 'p':
        put(s, "0x", 2);
        put_integer(s, f, false, (uint64_t)(uintptr_t)va_arg(args->list, void *), 16);
        return true;
    case 'e':
    case 'f':
    case 'g':
        put_float(s, f, va_arg(args->list, double));
        return true;
    default:
        return false;
    }
}

size_t pith__format_v(char *out, size_t capacity, const char *format, va_list list) {
    sink s = {out, capacity, 0};
    arguments args;
    va_copy(args.list, list);
    while (*format) {
        const char *start = format++;
        if (*start != '%') {
            put_char(&s, *start);
            continue;
        }
        spec f;
        bool precision_arg;
        const char *end = read_spec(format, &f, &precision_arg);
        if (precision_arg) {
            f.precision = va_arg(args.list, int);
        }
        if (!put_conversion(&s, &f, &args)) {
            put(&s, start, (size_t)(end - start));
        }
        format = end;
    }
    va_end(args.list);
    if (capacity > 0) {
        out[s.length < capacity ? s.length : capacity - 1] = '\0';
    }
    return s.length;
}

size_t pith__format(char *out, size_t capacity, const char *format, ...) {
    va_list args;
    va_start(args, format);
    size_t length = pith__format_v(out, capacity, format, args);
    va_end(args);
    return length;
}

size_t pith__utf8_cut(const char *text, size_t limit) {
    size_t n = limit;
    while (n > 0 && limit - n < 4 && ((uint8_t)text[n] & 0xc0) == 0x80) {
        n--;
    }
    return ((uint8_t)text[n] & 0xc0) == 0x80 ? limit : n;
}

/* Bytes of the valid sequence that starts at p (RFC 3629: no overlong forms, no surrogates, at most U+10FFFF); 0 if
 * there is none. */
static size_t utf8_sequence(const uint8_t *p, size_t left) {
    if (p[0] < 0x80) {
        return 1;
    }
    size_t n = p[0] >= 0xf0 ? 4 : p[0] >= 0xe0 ? 3 : 2;
    if (p[0] < 0xc2 || p[0] > 0xf4 || left < n) {
        return 0;
    }
    uint8_t low = p[0] == 0xe0 ? 0xa0 : p[0] == 0xf0 ? 0x90 : 0x80;
    uint8_t high = p[0] == 0xed ? 0x9f : p[0] == 0xf4 ? 0x8f : 0xbf;
    if (p[1] < low || p[1] > high) {
        return 0;
    }
    for (size_t i = 2; i < n; i++) {
        if ((p[i] & 0xc0) != 0x80) {
            return 0;
        }
    }
    return n;
}

void pith__utf8_tidy(char *text, size_t length) {
    size_t i = 0;
    while (i < length) {
        uint8_t first = (uint8_t)text[i];
        size_t n = utf8_sequence((const uint8_t *)text + i, length - i);
        if (n == 0 || (n == 1 && (first < 0x20 || first == 0x7f))) {
            text[i] = '?';
            n = 1;
        }
        i += n;
    }
}
