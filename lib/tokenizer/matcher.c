/* Whole-token matching: see matcher.h. A search takes no more than the longest entry's length per byte of text, and
 * almost every byte is passed with one look at the table of first bytes. */
#include "tokenizer/matcher.h"

static pith__str text_of(const pith__matcher *m, uint32_t id) {
    const uint32_t *start = m->texts->starts + id;
    pith__str s = {(const char *)m->texts->bytes + start[0], start[1] - start[0]};
    return s;
}

/* By text, then by id. */
static bool less(const pith__matcher *m, uint32_t a, uint32_t b) {
    pith__str x = text_of(m, a), y = text_of(m, b);
    int order = memcmp(x.ptr, y.ptr, (size_t)(x.len < y.len ? x.len : y.len));
    return order != 0 ? order < 0 : x.len != y.len ? x.len < y.len : a < b;
}

static void sift_down(const pith__matcher *m, uint32_t at, uint32_t count) {
    uint32_t id = m->ids[at];
    for (uint64_t child = 2 * (uint64_t)at + 1; child < count; child = 2 * (uint64_t)at + 1) {
        if (child + 1 < count && less(m, m->ids[child], m->ids[child + 1])) {
            child++;
        }
        if (!less(m, id, m->ids[child])) {
            break;
        }
        m->ids[at] = m->ids[child];
        at = (uint32_t)child;
    }
    m->ids[at] = id;
}

/* Heapsort: no memory, no bad case. */
static void sort_ids(const pith__matcher *m) {
    for (uint32_t i = m->count / 2; i > 0; i--) {
        sift_down(m, i - 1, m->count);
    }
    for (uint32_t end = m->count; end > 1; end--) {
        uint32_t last = m->ids[end - 1];
        m->ids[end - 1] = m->ids[0];
        m->ids[0] = last;
        sift_down(m, 0, end - 1);
    }
}

/* Of entries with one text, keeps the lowest id. */
static void drop_duplicates(pith__matcher *m) {
    uint32_t kept = 0;
    for (uint32_t i = 0; i < m->count; i++) {
        if (kept == 0 || !pith__str_equal(text_of(m, m->ids[kept - 1]), text_of(m, m->ids[i]))) {
            m->ids[kept++] = m->ids[i];
        }
    }
    m->count = kept;
}

static void index_first_bytes(pith__matcher *m) {
    uint32_t at = 0;
    for (uint32_t b = 0; b < 256; b++) {
        m->first[b] = at;
        while (at < m->count && (uint8_t)text_of(m, m->ids[at]).ptr[0] == b) {
            at++;
        }
    }
    m->first[256] = at;
}

int32_t pith__matcher_create(pith__mem *mem, const pith__vocab *vocab, bool (*wanted)(int32_t type), pith__matcher *m) {
    uint32_t count = 0;
    for (uint32_t id = 0; id < vocab->texts.count; id++) {
        count += wanted(vocab->types[id]);
    }
    m->texts = &vocab->texts;
    m->count = 0;
    PITH_TRY(PITH_NEW_ARRAY(mem, &m->ids, count, "special tokens"));
    for (uint32_t id = 0; id < vocab->texts.count; id++) {
        if (wanted(vocab->types[id]) && text_of(m, id).len > 0) {
            m->ids[m->count++] = id;
        }
    }
    sort_ids(m);
    drop_duplicates(m);
    index_first_bytes(m);
    return PITH_OK;
}

void pith__matcher_free(pith__mem *mem, pith__matcher *m) {
    pith__mem_free(mem, m->ids);
    m->ids = NULL;
}

/* The first of ids[low .. high), which agree in their first `depth` bytes, whose byte there is `byte` or more; an entry
 * that ends at `depth` counts as less than any. */
static uint32_t lower_bound(const pith__matcher *m, uint32_t low, uint32_t high, uint32_t depth, uint32_t byte) {
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        pith__str s = text_of(m, m->ids[middle]);
        if (s.len <= depth || (uint8_t)s.ptr[depth] < byte) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

/* The longest entry at the beginning of the text: its length, 0 for none. */
static uint32_t longest_at(const pith__matcher *m, const uint8_t *text, uint64_t length, int32_t *id) {
    uint32_t low = m->first[text[0]], high = m->first[text[0] + 1];
    uint32_t best = 0;
    for (uint32_t depth = 1; low < high; depth++) {
        uint32_t shortest = m->ids[low]; /* the only one that can end here: it sorts before those it begins */
        if (text_of(m, shortest).len == depth) {
            best = depth;
            *id = (int32_t)shortest;
        }
        if (depth == length) {
            break;
        }
        low = lower_bound(m, low, high, depth, text[depth]);
        high = lower_bound(m, low, high, depth, text[depth] + 1u);
    }
    return best;
}

bool pith__matcher_find(const pith__matcher *m, const uint8_t *text, uint64_t length, uint64_t *at,
                        uint32_t *match_length, int32_t *id) {
    if (m->count == 0) {
        return false;
    }
    for (uint64_t i = 0; i < length; i++) {
        if (m->first[text[i]] == m->first[text[i] + 1]) {
            continue;
        }
        *match_length = longest_at(m, text + i, length - i, id);
        if (*match_length > 0) {
            *at = i;
            return true;
        }
    }
    return false;
}
