/* Normalization form C, only where the text needs it: everything that passes the quick check is copied as it stands.
 *
 * The text is cut at stable starters (combining class 0, never changed or joined by NFC). What lies between two cuts is
 * normalized by itself: decompose fully, sort the marks after each starter by combining class, compose.
 * Source: Unicode Standard Annex #15 and chapter 3.11-3.12 of the standard. */
#include "tokenizer/normalize/nfc.h"
#include "tokenizer/unicode/unicode.h"
#include "tokenizer/unicode/utf8.h"
#include <string.h>

enum {
    L_BASE = 0x1100,
    V_BASE = 0x1161,
    T_BASE = 0x11A7,
    S_BASE = 0xAC00,
    L_COUNT = 19,
    V_COUNT = 21,
    T_COUNT = 28,
    S_COUNT = L_COUNT * V_COUNT * T_COUNT,
    INSERTION_LIMIT = 24 /* runs of marks up to this are sorted by insertion, longer ones by counting */
};

typedef struct code_points {
    uint32_t *at, *spare; /* spare: as long, for the counting sort */
    uint64_t count, capacity;
} code_points;

static uint8_t combining(uint32_t cp) {
    return pith__nfc_combining[pith__unicode_nfc(cp)];
}

/* Quick check of one code point against the combining class before it: true if it may have to change. */
static bool suspicious(uint32_t cp, uint8_t *last_class) {
    uint32_t nfc = pith__unicode_nfc(cp);
    uint8_t class = pith__nfc_combining[nfc];
    bool wrong_order = class != 0 && *last_class > class;
    *last_class = class;
    return wrong_order || pith__nfc_unstable[nfc];
}

static bool stable_starter(uint32_t cp) {
    return pith__unicode_nfc(cp) == 0;
}

/* The first code point from `from` on (a stable starter, or the beginning) that fails the quick check, or `length`;
 * *cut is where what it may interact with begins: the last stable starter, or behind the last broken byte. */
static uint64_t find_suspicious(const uint8_t *text, uint64_t length, uint64_t from, uint64_t *cut) {
    uint8_t last_class = 0;
    *cut = from;
    for (uint64_t at = from; at < length;) {
        if (text[at] < 0x80) {
            last_class = 0;
            *cut = at++;
            continue;
        }
        uint32_t cp = 0;
        uint32_t len = pith__utf8_next(text + at, length - at, &cp);
        if (suspicious(cp, &last_class)) {
            return at;
        }
        if (stable_starter(cp)) {
            *cut = cp == PITH__UTF8_BROKEN ? at + 1 : at;
        }
        at += len;
    }
    return length;
}

static uint64_t find_stable(const uint8_t *text, uint64_t length, uint64_t from) {
    while (from < length) {
        uint32_t cp = 0;
        uint32_t len = pith__utf8_next(text + from, length - from, &cp);
        if (stable_starter(cp)) {
            break;
        }
        from += len;
    }
    return from;
}

static int32_t push(pith__mem *mem, code_points *c, uint32_t cp) {
    if (c->count == c->capacity) {
        uint64_t capacity = c->capacity * 2 + 64;
        PITH_TRY(PITH_GROW_ARRAY(mem, &c->at, capacity, "normalization"));
        PITH_TRY(PITH_GROW_ARRAY(mem, &c->spare, capacity, "normalization"));
        c->capacity = capacity;
    }
    c->at[c->count++] = cp;
    return PITH_OK;
}

/* The index of `cp` among the keys of the decompositions, or -1. */
static int64_t find_decomposition(uint32_t cp) {
    uint32_t low = 0, high = pith__decomposition_count;
    while (low < high) {
        uint32_t middle = (low + high) / 2;
        if (pith__decomposition_keys[middle] < cp) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low < pith__decomposition_count && pith__decomposition_keys[low] == cp ? (int64_t)low : -1;
}

static int32_t push_decomposed(pith__mem *mem, code_points *c, uint32_t cp) {
    if (cp >= S_BASE && cp < S_BASE + S_COUNT) {
        uint32_t s = cp - S_BASE;
        PITH_TRY(push(mem, c, L_BASE + s / (V_COUNT * T_COUNT)));
        PITH_TRY(push(mem, c, V_BASE + s % (V_COUNT * T_COUNT) / T_COUNT));
        return s % T_COUNT == 0 ? PITH_OK : push(mem, c, T_BASE + s % T_COUNT);
    }
    int64_t found = find_decomposition(cp);
    if (found < 0) {
        return push(mem, c, cp);
    }
    for (uint32_t i = pith__decomposition_starts[found]; i < pith__decomposition_starts[found + 1]; i++) {
        PITH_TRY(push(mem, c, pith__decomposition_text[i]));
    }
    return PITH_OK;
}

/* Sorts `count` marks by combining class, keeping the order of equals. */
static void sort_marks(uint32_t *at, uint32_t *spare, uint64_t count) {
    if (count <= INSERTION_LIMIT) {
        for (uint64_t i = 1; i < count; i++) {
            uint32_t cp = at[i];
            uint64_t j = i;
            for (; j > 0 && combining(at[j - 1]) > combining(cp); j--) {
                at[j] = at[j - 1];
            }
            at[j] = cp;
        }
        return;
    }
    uint64_t starts[257] = {0};
    for (uint64_t i = 0; i < count; i++) {
        starts[combining(at[i]) + 1]++;
    }
    for (uint32_t k = 1; k < 257; k++) {
        starts[k] += starts[k - 1];
    }
    for (uint64_t i = 0; i < count; i++) {
        spare[starts[combining(at[i])]++] = at[i];
    }
    memcpy(at, spare, (size_t)count * sizeof(*at));
}

static void order_marks(code_points *c) {
    for (uint64_t i = 0; i < c->count;) {
        uint64_t end = i;
        while (end < c->count && combining(c->at[end]) != 0) {
            end++;
        }
        sort_marks(c->at + i, c->spare, end - i);
        i = end + 1;
    }
}

/* What `first` and `second` compose to, or 0. */
static uint32_t composed(uint32_t first, uint32_t second) {
    if (first >= L_BASE && first < L_BASE + L_COUNT && second >= V_BASE && second < V_BASE + V_COUNT) {
        return S_BASE + ((first - L_BASE) * V_COUNT + (second - V_BASE)) * T_COUNT;
    }
    if (first >= S_BASE && first < S_BASE + S_COUNT && (first - S_BASE) % T_COUNT == 0 && second > T_BASE &&
        second < T_BASE + T_COUNT) {
        return first + (second - T_BASE);
    }
    uint64_t key = (uint64_t)first << 32 | second;
    uint32_t low = 0, high = pith__composition_count;
    while (low < high) {
        uint32_t middle = (low + high) / 2;
        const uint32_t *pair = pith__composition_pairs + 2 * middle;
        uint64_t found = (uint64_t)pair[0] << 32 | pair[1];
        if (found == key) {
            return pith__composition_results[middle];
        }
        if (found < key) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return 0;
}

/* Joins each code point with the starter before it unless one of equal or higher class (or another starter) lies
 * between. */
static void compose(code_points *c) {
    uint64_t kept = 0, starter = UINT64_MAX;
    uint8_t last_class = 0;
    for (uint64_t i = 0; i < c->count; i++) {
        uint32_t cp = c->at[i];
        uint8_t class = combining(cp);
        bool adjacent = starter != UINT64_MAX && starter + 1 == kept;
        if (starter != UINT64_MAX && (adjacent || last_class < class)) {
            uint32_t joined = composed(c->at[starter], cp);
            if (joined != 0) {
                c->at[starter] = joined;
                continue;
            }
        }
        if (class == 0) {
            starter = kept;
        }
        last_class = class;
        c->at[kept++] = cp;
    }
    c->count = kept;
}

/* Normalizes one stretch, which holds no broken byte. */
static int32_t normalize_stretch(pith__mem *mem, code_points *c, const uint8_t *text, uint64_t length,
                                 pith__worktext *w) {
    c->count = 0;
    for (uint64_t at = 0; at < length;) {
        uint32_t cp = 0;
        at += pith__utf8_next(text + at, length - at, &cp);
        PITH_TRY(push_decomposed(mem, c, cp));
    }
    order_marks(c);
    compose(c);
    uint8_t *bytes = (uint8_t *)c->spare; /* 4 bytes a code point at most */
    uint64_t written = 0;
    for (uint64_t i = 0; i < c->count; i++) {
        written += pith__utf8_put(c->at[i], bytes + written);
    }
    return pith__worktext_rewrite(mem, w, bytes, written, length);
}

bool pith__nfc_needed(const uint8_t *text, uint64_t length) {
    uint64_t cut = 0;
    return find_suspicious(text, length, 0, &cut) < length;
}

static int32_t normalize(pith__mem *mem, code_points *c, const uint8_t *text, uint64_t length, pith__worktext *w) {
    for (uint64_t at = 0; at < length;) {
        uint64_t cut = at;
        uint64_t bad = find_suspicious(text, length, at, &cut);
        uint64_t same = bad == length ? length : cut;
        PITH_TRY(pith__worktext_copy(mem, w, text + at, same - at));
        if (bad == length) {
            break;
        }
        at = find_stable(text, length, bad); /* `bad` itself is not stable */
        PITH_TRY(normalize_stretch(mem, c, text + cut, at - cut, w));
    }
    return PITH_OK;
}

int32_t pith__nfc(pith__mem *mem, const uint8_t *text, uint64_t length, pith__worktext *w) {
    code_points c = {0};
    pith__worktext_reset(w);
    int32_t status = normalize(mem, &c, text, length, w);
    pith__mem_free(mem, c.at);
    pith__mem_free(mem, c.spare);
    return status;
}
