/* Stages of families that cut a text several times over: what a pattern matches is a piece, what lies between matches
 * is another. Sources: tokenizer.json of falcon-7b, deepseek-llm-7b-base, deepseek-coder-6.7b-instruct, DeepSeek-V3,
 * SmolLM2, starcoder2. */
#include "tokenizer/pretok/pretok.h"

typedef uint64_t (*match_fn)(const uint8_t *p, uint64_t n); /* length of the match that begins the text; 0: none */

/* The first piece: a match, or everything before the next one. `match` must fail in constant time. */
static inline uint64_t match_or_gap(const uint8_t *p, uint64_t n, match_fn match) {
    uint64_t at = match(p, n);
    if (at > 0) {
        return at;
    }
    do {
        uint32_t cp = 0;
        at += pith__utf8_next(p + at, n - at, &cp);
    } while (at < n && match(p + at, n - at) == 0);
    return at;
}

/* ---- Single classes. ---- */

static uint64_t match_number(const uint8_t *p, uint64_t n) {
    uint32_t length = 0;
    return pith__class_at(p, n, 0, &length) & PITH__NUMBER ? length : 0;
}

static uint64_t match_number_triple(const uint8_t *p, uint64_t n) {
    uint64_t at = 0;
    for (uint32_t i = 0; i < 3 && at < n; i++) {
        uint64_t length = match_number(p + at, n - at);
        if (length == 0) {
            break;
        }
        at += length;
    }
    return at;
}

static uint64_t match_newline(const uint8_t *p, uint64_t n) {
    (void)n;
    return p[0] == '\r' || p[0] == '\n';
}

static uint64_t match_space_and(const uint8_t *p, uint64_t n, uint32_t set) {
    uint32_t length = 0, next = 0;
    uint32_t class = pith__class_at(p, n, 0, &length);
    bool led = (class & PITH__SPACE) && (pith__class_at(p, n, length, &next) & set);
    return led || (class & set) ? pith__run_end(p, n, length, set) : 0;
}

static uint64_t match_space_letters(const uint8_t *p, uint64_t n) {
    return match_space_and(p, n, PITH__LETTER);
}

static uint64_t match_space_punct(const uint8_t *p, uint64_t n) {
    return match_space_and(p, n, PITH__PUNCTUATION);
}

uint64_t pith__cut_numbers(const uint8_t *p, uint64_t n) {
    return match_or_gap(p, n, match_number);
}

uint64_t pith__cut_number_triples(const uint8_t *p, uint64_t n) {
    return match_or_gap(p, n, match_number_triple);
}

uint64_t pith__cut_newlines(const uint8_t *p, uint64_t n) {
    return match_or_gap(p, n, match_newline);
}

uint64_t pith__cut_space_letters(const uint8_t *p, uint64_t n) {
    return match_or_gap(p, n, match_space_letters);
}

uint64_t pith__cut_space_punct(const uint8_t *p, uint64_t n) {
    return match_or_gap(p, n, match_space_punct);
}

/* ---- Ranges of code points. ---- */

typedef struct range {
    uint32_t first, last;
} range;

typedef struct range_set {
    const range *ranges;
    uint32_t count;
} range_set;

#define RANGE_SET(array)                                                                                               \
    { (array), sizeof(array) / sizeof((array)[0]) }

static bool in_set(const range_set *set, uint32_t cp) {
    uint32_t low = 0, high = set->count;
    if (cp < set->ranges[0].first) {
        return false;
    }
    while (low < high) {
        uint32_t middle = (low + high) / 2;
        if (cp > set->ranges[middle].last) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low < set->count && cp >= set->ranges[low].first;
}

static uint64_t match_range_run(const uint8_t *p, uint64_t n, const range_set *set) {
    uint64_t at = 0;
    while (at < n) {
        uint32_t cp = 0;
        uint32_t length = pith__utf8_next(p + at, n - at, &cp);
        if (!in_set(set, cp)) {
            break;
        }
        at += length;
    }
    return at;
}

static uint64_t match_space_range_run(const uint8_t *p, uint64_t n, const range_set *set) {
    uint32_t length = 0;
    if (pith__class_at(p, n, 0, &length) & PITH__SPACE) {
        uint64_t run = match_range_run(p + length, n - length, set);
        if (run > 0) {
            return length + run;
        }
    }
    return match_range_run(p, n, set);
}

/* The letters with case that deepseek-llm's pattern lists. */
static const range cased_ranges[] = {
    {0x41, 0x5A},       {0x61, 0x7A},       {0xB5, 0xB5},       {0xC0, 0xD6},       {0xD8, 0xF6},
    {0xF8, 0x1BA},      {0x1BC, 0x1BF},     {0x1C4, 0x293},     {0x295, 0x2AF},     {0x370, 0x373},
    {0x376, 0x377},     {0x37B, 0x37D},     {0x37F, 0x37F},     {0x386, 0x386},     {0x388, 0x38A},
    {0x38C, 0x38C},     {0x38E, 0x3A1},     {0x3A3, 0x3F5},     {0x3F7, 0x481},     {0x48A, 0x52F},
    {0x531, 0x556},     {0x10A0, 0x10C5},   {0x13A0, 0x13F5},   {0x13F8, 0x13FD},   {0x1C90, 0x1CBA},
    {0x1CBD, 0x1CBF},   {0x1D00, 0x1D2B},   {0x1D6B, 0x1D77},   {0x1D79, 0x1D9A},   {0x1E00, 0x1F15},
    {0x1F18, 0x1F1D},   {0x1F20, 0x1F45},   {0x1F48, 0x1F4D},   {0x1F50, 0x1F57},   {0x1F59, 0x1F59},
    {0x1F5B, 0x1F5B},   {0x1F5D, 0x1F5D},   {0x1F5F, 0x1F7D},   {0x1F80, 0x1FB4},   {0x1FB6, 0x1FBC},
    {0x1FBE, 0x1FBE},   {0x1FC2, 0x1FC4},   {0x1FC6, 0x1FCC},   {0x1FD0, 0x1FD3},   {0x1FD6, 0x1FDB},
    {0x1FE0, 0x1FEC},   {0x1FF2, 0x1FF4},   {0x1FF6, 0x1FFC},   {0x2102, 0x2102},   {0x2107, 0x2107},
    {0x210A, 0x2113},   {0x2115, 0x2115},   {0x2119, 0x211D},   {0x2124, 0x2124},   {0x2126, 0x2126},
    {0x2128, 0x2128},   {0x212A, 0x212D},   {0x212F, 0x2134},   {0x2139, 0x2139},   {0x213C, 0x213F},
    {0x2145, 0x2149},   {0x214E, 0x214E},   {0x2183, 0x2184},   {0x2C00, 0x2C7B},   {0x2C7E, 0x2CE4},
    {0x2CEB, 0x2CEE},   {0x2CF2, 0x2CF3},   {0xA640, 0xA66D},   {0xA680, 0xA69B},   {0xA722, 0xA76F},
    {0xA771, 0xA787},   {0xA78B, 0xA78E},   {0xAB70, 0xABBF},   {0xFB00, 0xFB06},   {0xFB13, 0xFB17},
    {0xFF21, 0xFF3A},   {0xFF41, 0xFF5A},   {0x10400, 0x1044F}, {0x104B0, 0x104D3}, {0x104D8, 0x104FB},
    {0x10C80, 0x10CB2}, {0x10CC0, 0x10CF2}, {0x118A0, 0x118DF}, {0x1E900, 0x1E943},
};
static const range listed_marks[] = {{0x21, 0x2F},     {0x3A, 0x7E},     {0x2018, 0x201F},
                                     {0x3000, 0x3002}, {0xFF01, 0xFF0F}, {0xFF1A, 0xFF5E}};
static const range cjk_ranges[] = {{0x800, 0x9FA5}, {0xAC00, 0xD7FF}};
static const range kana_ranges[] = {{0x3040, 0x30FF}, {0x4E00, 0x9FA5}};

static uint64_t match_space_cased(const uint8_t *p, uint64_t n) {
    static const range_set set = RANGE_SET(cased_ranges);
    return match_space_range_run(p, n, &set);
}

static uint64_t match_space_marks(const uint8_t *p, uint64_t n) {
    static const range_set set = RANGE_SET(listed_marks);
    return match_space_range_run(p, n, &set);
}

static uint64_t match_cjk(const uint8_t *p, uint64_t n) {
    static const range_set set = RANGE_SET(cjk_ranges);
    return match_range_run(p, n, &set);
}

static uint64_t match_cjk_kana(const uint8_t *p, uint64_t n) {
    static const range_set set = RANGE_SET(kana_ranges);
    return match_range_run(p, n, &set);
}

uint64_t pith__cut_space_cased(const uint8_t *p, uint64_t n) {
    return match_or_gap(p, n, match_space_cased);
}

uint64_t pith__cut_space_marks(const uint8_t *p, uint64_t n) {
    return match_or_gap(p, n, match_space_marks);
}

uint64_t pith__cut_cjk(const uint8_t *p, uint64_t n) {
    return match_or_gap(p, n, match_cjk);
}

uint64_t pith__cut_cjk_kana(const uint8_t *p, uint64_t n) {
    return match_or_gap(p, n, match_cjk_kana);
}

uint64_t pith__cut_trailing_space(const uint8_t *p, uint64_t n) {
    uint64_t start = n;
    while (start > 0) {
        uint32_t length = 0;
        uint64_t last = pith__utf8_last(p, start);
        if (!(pith__class_at(p, start, last, &length) & PITH__SPACE)) {
            break;
        }
        start = last;
    }
    return start == 0 ? n : start;
}

/* ---- DeepSeek-V3: [!-/:-@[-`{-~][A-Za-z]+|[^\r\n\p{L}\p{P}\p{S}]?[\p{L}\p{M}]+|
 * ?[\p{P}\p{S}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+ ---- */

static bool is_ascii_letter(uint8_t b) {
    return (b | 0x20) >= 'a' && (b | 0x20) <= 'z';
}

static bool is_ascii_punct(uint8_t b) {
    return b > ' ' && b < 0x7F && !is_ascii_letter(b) && !(b >= '0' && b <= '9');
}

static uint64_t match_deepseek3(const uint8_t *p, uint64_t n) {
    const uint32_t letters = PITH__LETTER | PITH__MARK, signs = PITH__PUNCTUATION | PITH__SYMBOL;
    uint32_t length = 0, next = 0;
    uint32_t class = pith__class_at(p, n, 0, &length);
    if (is_ascii_punct(p[0]) && n > 1 && is_ascii_letter(p[1])) {
        uint64_t end = 2;
        while (end < n && is_ascii_letter(p[end])) {
            end++;
        }
        return end;
    }
    bool prefix = !(class & (PITH__LINE_END | PITH__LETTER | signs)) && (pith__class_at(p, n, length, &next) & letters);
    if (prefix || (class & letters)) {
        return pith__run_end(p, n, length, letters);
    }
    uint64_t at = p[0] == ' ';
    uint64_t end = pith__run_end(p, n, at, signs);
    if (end > at) {
        return pith__run_end(p, n, end, PITH__LINE_END);
    }
    return class & PITH__SPACE ? pith__cut_space(p, n, true) : 0;
}

uint64_t pith__cut_deepseek3(const uint8_t *p, uint64_t n) {
    return match_or_gap(p, n, match_deepseek3);
}

/* ---- Falcon. ---- */

static uint64_t match_ascii_punct(const uint8_t *p, uint64_t n) {
    uint64_t at = 0;
    uint32_t length = 0;
    while (at < n && (is_ascii_punct(p[at]) || (pith__class_at(p, n, at, &length) & PITH__PUNCTUATION))) {
        at += p[at] < 0x80 ? 1 : length;
    }
    return at;
}

uint64_t pith__cut_ascii_punct(const uint8_t *p, uint64_t n) {
    return match_or_gap(p, n, match_ascii_punct);
}

/* Falcon splits off runs of digits after its text was escaped for byte-level BPE, so also the bytes whose escapes
 * Unicode counts as numbers: the superscripts and fractions of Latin-1. */
static bool is_escaped_digit(uint8_t b) {
    return (b >= '0' && b <= '9') || b == 0xB2 || b == 0xB3 || b == 0xB9 || (b >= 0xBC && b <= 0xBE);
}

uint64_t pith__cut_escaped_digits(const uint8_t *p, uint64_t n) {
    bool digits = is_escaped_digit(p[0]);
    uint64_t end = 1;
    while (end < n && is_escaped_digit(p[end]) == digits) {
        end++;
    }
    return end;
}

static bool is_digit_triple(const uint8_t *p, uint64_t n) {
    return n >= 3 && p[0] >= '0' && p[0] <= '9' && p[1] >= '0' && p[1] <= '9' && p[2] >= '0' && p[2] <= '9';
}

uint64_t pith__cut_digit_triples(const uint8_t *p, uint64_t n) {
    if (is_digit_triple(p, n)) {
        return 3;
    }
    uint64_t end = 1;
    while (end < n && !is_digit_triple(p + end, n - end)) {
        end++;
    }
    return end;
}
