/* Whole-token matching: see matcher.h. A search takes no more than the longest entry's length per byte of text, and
 * almost every byte is passed with one look at the table of first bytes. */
#include "tokenizer/matcher.h"
#include "tokenizer/unicode/unicode.h"
#include "tokenizer/unicode/utf8.h"
#include <string.h>

/* ---- Making one. ---- */

int32_t pith__matcher_add(pith__mem *mem, pith__matcher *m, const pith__match_entry *entry) {
    if (entry->text.len == 0) {
        return PITH_OK;
    }
    if (m->count == m->capacity) {
        uint32_t capacity = m->capacity * 2 + 16;
        PITH_TRY(PITH_GROW_ARRAY(mem, &m->entries, capacity, "special tokens"));
        m->capacity = capacity;
    }
    if (m->bytes_capacity - m->n_bytes < entry->text.len) {
        uint64_t capacity = m->bytes_capacity * 2 + entry->text.len + 256;
        PITH_TRY(PITH_GROW_ARRAY(mem, &m->bytes, capacity, "special tokens"));
        m->bytes_capacity = capacity;
    }
    memcpy(m->bytes + m->n_bytes, entry->text.ptr, (size_t)entry->text.len);
    m->entries[m->count] = *entry;
    m->n_bytes += entry->text.len;
    m->count++;
    return PITH_OK;
}

/* The bytes may have moved while they grew: entries lie in them in the order they came. */
static void place_texts(pith__matcher *m) {
    uint64_t at = 0;
    for (uint32_t i = 0; i < m->count; i++) {
        m->entries[i].text.ptr = m->bytes + at;
        at += m->entries[i].text.len;
    }
}

/* By text, then by id. */
static bool less(const pith__match_entry *a, const pith__match_entry *b) {
    pith__str x = a->text, y = b->text;
    int order = memcmp(x.ptr, y.ptr, (size_t)(x.len < y.len ? x.len : y.len));
    return order != 0 ? order < 0 : x.len != y.len ? x.len < y.len : a->id < b->id;
}

static void sift_down(const pith__matcher *m, uint32_t at, uint32_t count) {
    pith__match_entry entry = m->entries[at];
    for (uint64_t child = 2 * (uint64_t)at + 1; child < count; child = 2 * (uint64_t)at + 1) {
        if (child + 1 < count && less(&m->entries[child], &m->entries[child + 1])) {
            child++;
        }
        if (!less(&entry, &m->entries[child])) {
            break;
        }
        m->entries[at] = m->entries[child];
        at = (uint32_t)child;
    }
    m->entries[at] = entry;
}

/* Heapsort: no memory, no bad case. */
static void sort_entries(const pith__matcher *m) {
    for (uint32_t i = m->count / 2; i > 0; i--) {
        sift_down(m, i - 1, m->count);
    }
    for (uint32_t end = m->count; end > 1; end--) {
        pith__match_entry last = m->entries[end - 1];
        m->entries[end - 1] = m->entries[0];
        m->entries[0] = last;
        sift_down(m, 0, end - 1);
    }
}

static void drop_duplicates(pith__matcher *m) {
    uint32_t kept = 0;
    for (uint32_t i = 0; i < m->count; i++) {
        if (kept == 0 || !pith__str_equal(m->entries[kept - 1].text, m->entries[i].text)) {
            m->entries[kept++] = m->entries[i];
        }
    }
    m->count = kept;
}

void pith__matcher_finish(pith__matcher *m) {
    place_texts(m);
    sort_entries(m);
    drop_duplicates(m);
    uint32_t at = 0;
    for (uint32_t b = 0; b < 256; b++) {
        m->first[b] = at;
        while (at < m->count && (uint8_t)m->entries[at].text.ptr[0] == b) {
            at++;
        }
    }
    m->first[256] = at;
}

void pith__matcher_free(pith__mem *mem, pith__matcher *m) {
    pith__mem_free(mem, m->entries);
    pith__mem_free(mem, m->bytes);
    memset(m, 0, sizeof(*m));
}

/* ---- Finding. ---- */

/* The first of entries[low .. high), which agree in their first `depth` bytes, whose byte there is `byte` or more; an entry
 * that ends at `depth` counts as less than any. */
static uint32_t lower_bound(const pith__matcher *m, uint32_t low, uint32_t high, uint32_t depth, uint32_t byte) {
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        pith__str s = m->entries[middle].text;
        if (s.len <= depth || (uint8_t)s.ptr[depth] < byte) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

/* The longest entry at the beginning of the text; NULL: none. */
static const pith__match_entry *longest_at(const pith__matcher *m, const uint8_t *text, uint64_t length) {
    const pith__match_entry *best = NULL;
    uint32_t low = m->first[text[0]], high = m->first[text[0] + 1];
    for (uint32_t depth = 1; low < high; depth++) {
        const pith__match_entry *shortest = &m->entries[low]; /* the only one that can end here: it sorts before those it begins */
        if (shortest->text.len == depth) {
            best = shortest;
        }
        if (depth == length) {
            break;
        }
        low = lower_bound(m, low, high, depth, text[depth]);
        high = lower_bound(m, low, high, depth, text[depth] + 1u);
    }
    return best;
}

static uint32_t read_before(const uint8_t *text, uint64_t at, uint64_t *begin) {
    uint32_t cp = 0;
    *begin = pith__utf8_last(text, at);
    pith__utf8_next(text + *begin, at - *begin, &cp);
    return cp;
}

static uint32_t read_after(const uint8_t *text, uint64_t length, uint64_t at, uint64_t *end) {
    uint32_t cp = 0;
    *end = at + pith__utf8_next(text + at, length - at, &cp);
    return cp;
}

static bool stands_alone(const uint8_t *text, uint64_t length, const pith__match *match) {
    uint64_t other = 0;
    bool before = match->begin > 0 && pith__unicode_is_word(read_before(text, match->begin, &other));
    bool after = match->end < length && pith__unicode_is_word(read_after(text, length, match->end, &other));
    return !before && !after;
}

static void take_space(const uint8_t *text, uint64_t length, uint64_t from, uint8_t flags, pith__match *match) {
    uint64_t next = 0;
    while ((flags & PITH__TOKEN_LSTRIP) && match->begin > from && pith__unicode_is_white(read_before(text, match->begin, &next))) {
        match->begin = next;
    }
    while ((flags & PITH__TOKEN_RSTRIP) && match->end < length &&
           pith__unicode_is_white(read_after(text, length, match->end, &next))) {
        match->end = next;
    }
}

bool pith__matcher_find(const pith__matcher *m, const uint8_t *text, uint64_t length, uint64_t from, pith__match *match) {
    if (m->count == 0) {
        return false;
    }
    for (uint64_t at = from; at < length;) {
        const pith__match_entry *found = NULL;
        if (m->first[text[at]] != m->first[text[at] + 1]) {
            found = longest_at(m, text + at, length - at);
        }
        if (found == NULL) {
            at++;
            continue;
        }
        pith__match here = {at, at + found->text.len, found->id};
        if (!(found->flags & PITH__TOKEN_WORD) || stands_alone(text, length, &here)) {
            take_space(text, length, from, found->flags, &here);
            *match = here;
            return true;
        }
        at = here.end;
    }
    return false;
}
