/* Numbers from decimal digits. A double is found with whole numbers alone: digits * 10^n is made as a large integer and
 * a power of two (for negative n by dividing by 5^-n, with a note whether something remained), and its top 64 bits are
 * rounded once. Slower than the clever algorithms (Eisel-Lemire and its kin), without their tables, and never wrong.
 * Sources: RFC 8259 section 6; IEEE 754.
 *
 * Invariant: time is linear in the text's length, memory fixed. Must not know: where the text stands. */
#include "formats/json_number.h"

/* ---- the grammar ---- */

static bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

/* Past the digits at `at`; NULL when there are none. */
static const char *pass_digits(const char *at, const char *end) {
    const char *start = at;
    while (at < end && is_digit(*at)) {
        at++;
    }
    return at > start ? at : NULL;
}

const char *pith__json_scan_number(const char *at, const char *end) {
    at += at < end && *at == '-';
    const char *digits = at;
    at = pass_digits(at, end);
    if (!at || (*digits == '0' && at - digits > 1)) {
        return NULL;
    }
    if (at < end && *at == '.') {
        at = pass_digits(at + 1, end);
    }
    if (at && at < end && (*at == 'e' || *at == 'E')) {
        at++;
        at += at < end && (*at == '+' || *at == '-');
        at = pass_digits(at, end);
    }
    return at;
}

/* ---- integers ---- */

bool pith__json_to_integer(pith__str number, int64_t *out) {
    bool negative = number.ptr[0] == '-';
    uint64_t most = (uint64_t)INT64_MAX + negative, value = 0;
    for (uint64_t i = negative; i < number.len; i++) {
        uint64_t digit = (uint64_t)(number.ptr[i] - '0');
        if (!is_digit(number.ptr[i]) || value > (most - digit) / 10) {
            return false;
        }
        value = value * 10 + digit;
    }
    *out = negative && value > 0 ? -(int64_t)(value - 1) - 1 : (int64_t)value; /* -2^63 has no positive */
    return true;
}

/* ---- a decimal number as it is written ---- */

enum {
    MAX_DIGITS = 800, /* a value halfway between two doubles has 767 significant digits at most */
    LARGEST = 310,    /* 10^309 is beyond all doubles */
    SMALLEST = -330,  /* 10^-324 is nearer to 0 than to any other double */
    EXPONENT_CLAMP = 1 << 30
};

typedef struct decimal {
    const char *digits; /* from the first that is not 0 on; a point may stand among them */
    uint64_t count;     /* digits from there to the last one written */
    int64_t point;      /* the value is 0.DIGITS times 10^point */
} decimal;

/* The exponent after the 'e', far beyond any use where it is large. */
static int64_t read_exponent(const char *at, const char *end) {
    bool negative = at < end && *at == '-';
    int64_t value = 0;
    for (at += at < end && !is_digit(*at); at < end; at++) {
        value = value < EXPONENT_CLAMP ? value * 10 + (*at - '0') : value;
    }
    return negative ? -value : value;
}

static decimal read_decimal(pith__str number) {
    decimal d = {0};
    bool fraction = false;
    const char *at = number.ptr, *end = number.ptr + number.len;
    for (at += *at == '-'; at < end && (*at | 0x20) != 'e'; at++) {
        if (*at == '.') {
            fraction = true;
            continue;
        }
        if (d.count == 0 && *at != '0') {
            d.digits = at;
        }
        d.count += d.digits != NULL;
        d.point += (d.digits && !fraction) - (!d.digits && fraction);
    }
    d.point += at < end ? read_exponent(at + 1, end) : 0;
    return d;
}

/* ---- large integers ---- */

enum {
    LIMBS = 96, /* 10^800 has 2658 bits, 5^1130 and the 66 more that dividing wants 2690 */
    FIVES = 13  /* 5^13 fits in a limb */
};

typedef struct large {
    uint32_t limb[LIMBS]; /* the lowest first; the highest of `count` is not 0 */
    uint32_t count;
} large;

static void multiply_add(large *x, uint32_t factor, uint32_t carry) {
    uint64_t v = carry;
    for (uint32_t i = 0; i < x->count; i++) {
        v += (uint64_t)x->limb[i] * factor;
        x->limb[i] = (uint32_t)v;
        v >>= 32;
    }
    if (v > 0) {
        x->limb[x->count++] = (uint32_t)v;
    }
}

/* Returns the remainder. */
static uint32_t divide(large *x, uint32_t divisor) {
    uint64_t rest = 0;
    for (uint32_t i = x->count; i > 0; i--) {
        uint64_t v = rest << 32 | x->limb[i - 1];
        x->limb[i - 1] = (uint32_t)(v / divisor);
        rest = v % divisor;
    }
    x->count -= x->count > 0 && x->limb[x->count - 1] == 0;
    return (uint32_t)rest;
}

static void shift_limbs(large *x, uint32_t places) {
    memmove(x->limb + places, x->limb, x->count * sizeof(x->limb[0]));
    memset(x->limb, 0, places * sizeof(x->limb[0]));
    x->count += places;
}

static uint32_t power_of_five(uint32_t n) {
    uint32_t power = 1;
    for (uint32_t i = 0; i < n; i++) {
        power *= 5;
    }
    return power;
}

/* The first MAX_DIGITS digits as an integer, and how many those are; *rest: a later one is not 0. */
static uint32_t read_large(const decimal *d, large *x, bool *rest) {
    uint32_t used = 0, chunk = 0, scale = 1; /* a chunk is nine digits, which fit in a limb */
    x->count = 0;
    const char *at = d->digits;
    for (; used < d->count && used < MAX_DIGITS; at++) {
        if (*at == '.') {
            continue;
        }
        chunk = chunk * 10 + (uint32_t)(*at - '0');
        scale *= 10;
        if (++used % 9 == 0) {
            multiply_add(x, scale, chunk);
            chunk = 0;
            scale = 1;
        }
    }
    multiply_add(x, scale, chunk);
    *rest = false;
    for (uint64_t left = d->count - used; left > 0 && !*rest; at++) {
        *rest = is_digit(*at) && *at != '0';
        left -= is_digit(*at);
    }
    return used;
}

static void multiply_by_fives(large *x, uint32_t n) {
    for (; n > FIVES; n -= FIVES) {
        multiply_add(x, power_of_five(FIVES), 0);
    }
    multiply_add(x, power_of_five(n), 0);
}

/* Divides by 5^n, after a shift by some places (returned) so that 64 bits and more come out. */
static uint32_t divide_by_fives(large *x, uint32_t n, bool *rest) {
    uint32_t wanted = (n * 2322 / 1000 + 66) / 32 + 2; /* limbs; log2(5) is less than 2.322 */
    uint32_t places = x->count < wanted ? wanted - x->count : 0;
    shift_limbs(x, places);
    for (; n > FIVES; n -= FIVES) {
        *rest |= divide(x, power_of_five(FIVES)) != 0;
    }
    *rest |= divide(x, power_of_five(n)) != 0;
    return places;
}

/* ---- doubles ---- */

/* How far x, which is not 0, can be shifted up. */
static uint32_t leading_zeros(uint32_t x) {
    uint32_t n = 0;
    for (uint32_t half = 16; half > 0; half /= 2) {
        uint32_t free = x >> (32 - half) == 0 ? half : 0;
        x <<= free;
        n += free;
    }
    return n;
}

/* The top 64 bits of x, the highest of them 1; *lead: how far they had to be shifted for that. */
static uint64_t top_bits(const large *x, uint32_t *lead, bool *rest) {
    const uint32_t *limb = x->limb + x->count;
    uint32_t lower = x->count > 1 ? limb[-2] : 0, next = x->count > 2 ? limb[-3] : 0;
    *lead = leading_zeros(limb[-1]);
    uint64_t shifted = (uint64_t)next << *lead;
    *rest |= (uint32_t)shifted != 0;
    for (uint32_t i = 3; i < x->count; i++) {
        *rest |= x->limb[i - 3] != 0;
    }
    return ((uint64_t)limb[-1] << 32 | lower) << *lead | shifted >> 32;
}

/* The bits of the double nearest to top (the highest bit is 1, and worth 2^exponent) and a little more if there is a
 * rest. */
static uint64_t round_bits(uint64_t top, int64_t exponent, bool rest) {
    int64_t biased = exponent + 1023;
    int64_t drop = biased > 0 ? 11 : 12 - biased; /* below 2^-1022 the last place stays at 2^-1074 */
    if (drop > 64) {
        return 0;
    }
    uint64_t kept = drop < 64 ? top >> drop : 0, below = top << (64 - drop), half = UINT64_C(1) << 63;
    kept += below > half || (below == half && (rest || (kept & 1)));
    return kept + (biased > 0 ? (uint64_t)(biased - 1) << 52
                              : 0); /* kept has the leading 1, and may carry into the exponent */
}

/* The magnitude's bits. The value is within [10^(SMALLEST - 1), 10^LARGEST). */
static uint64_t nearest_bits(const decimal *d) {
    large x;
    bool rest;
    uint32_t lead, places = 0, used = read_large(d, &x, &rest);
    int64_t n = d->point - used; /* of ten */
    if (n > 0) {
        multiply_by_fives(&x, (uint32_t)n);
    } else if (n < 0) {
        places = divide_by_fives(&x, (uint32_t)-n, &rest);
    }
    uint64_t top = top_bits(&x, &lead, &rest);
    return round_bits(top, (int64_t)x.count * 32 - 1 - lead - (int64_t)places * 32 + n, rest);
}

bool pith__json_to_double(pith__str number, double *out) {
    const uint64_t infinity = UINT64_C(0x7ff) << 52;
    decimal d = read_decimal(number);
    uint64_t bits = 0;
    if (d.count > 0 && d.point >= SMALLEST) {
        bits = d.point <= LARGEST ? nearest_bits(&d) : infinity;
    }
    if (bits >= infinity) {
        return false;
    }
    bits |= (uint64_t)(number.ptr[0] == '-') << 63;
    memcpy(out, &bits, sizeof(bits));
    return true;
}
