/* Characters that merging begins with: against merging from bytes, over random vocabularies, well ordered or not, and
 * texts with broken characters; and that they are begun with where nothing speaks against it. */
#include "tokenizer/models/whole_chars.h"
#include "tokenizer_test.h"

enum {
    MERGES = 60,
    UNITS_MAX = 24,
    TEXT_MAX = 4 * UNITS_MAX
};

/* What texts and pieces are made of: neighbours in code, so that parts of one are parts of others, and broken
 * sequences. */
static const char *const units[] = {
    "\xE4\xB8\xAD", "\xE4\xB8\xAE", "\xE4\xBD\xA0", "\xE5\xB8\xAD",    "\xD0\xB9", "\xC3\xA9", "a", " ",
    "\xE4\xB8",     "\xAD",         "\xE4",         "\xF0\x9F\x98\x80"};
enum {
    UNITS = sizeof(units) / sizeof(units[0])
};

/* A vocabulary, and the same in plain arrays: bytes of each id, ids of each merge. */
typedef struct plain_vocab {
    vocab_draft draft;
    char bytes[VOCAB_MAX][16];
    uint32_t lengths[VOCAB_MAX];
    int32_t left[MERGES], right[MERGES], joined[MERGES];
    uint32_t n_merges;
    char escaped[MERGES][64];
} plain_vocab;

static int32_t find_bytes(const plain_vocab *v, const char *bytes, uint32_t length) {
    for (uint32_t id = 0; id < v->draft.spec.count; id++) {
        if (v->lengths[id] == length && memcmp(v->bytes[id], bytes, length) == 0) {
            return (int32_t)id;
        }
    }
    return -1;
}

static int32_t add_piece(plain_vocab *v, const char *bytes, uint32_t length) {
    uint32_t id = (uint32_t)v->draft.spec.count, at = 0;
    char *escaped = v->escaped[id - 256];
    for (uint32_t i = 0; i < length; i++) {
        pith__str one = v->draft.tokens[(uint8_t)bytes[i]];
        memcpy(escaped + at, one.ptr, one.len);
        at += (uint32_t)one.len;
    }
    escaped[at] = 0;
    memcpy(v->bytes[id], bytes, length);
    v->lengths[id] = length;
    return draft_token(&v->draft, escaped, PITH__TOKEN_NORMAL, 0);
}

/* A piece that was made, or a byte of a unit. */
static int32_t some_id(const plain_vocab *v, uint32_t *seed) {
    const char *unit = units[next_random(seed) % UNITS];
    uint32_t made = (uint32_t)v->draft.spec.count - 256;
    bool piece = made > 0 && next_random(seed) % 2;
    return piece ? (int32_t)(256 + next_random(seed) % made) : (uint8_t)unit[next_random(seed) % strlen(unit)];
}

/* Two parts of a character become one, or any two ids. */
static void add_merge(plain_vocab *v, uint32_t *seed) {
    char both[32];
    const char *unit = units[next_random(seed) % UNITS];
    uint32_t length = (uint32_t)strlen(unit), cut = length > 1 ? 1 + next_random(seed) % (length - 1) : 1;
    int32_t left = find_bytes(v, unit, cut), right = find_bytes(v, unit + cut, length - cut);
    if (left < 0 || right < 0 || next_random(seed) % 3 == 0) {
        left = some_id(v, seed);
        right = some_id(v, seed);
    }
    length = v->lengths[left] + v->lengths[right];
    if (length > 12) {
        return;
    }
    memcpy(both, v->bytes[left], v->lengths[left]);
    memcpy(both + v->lengths[left], v->bytes[right], v->lengths[right]);
    int32_t joined = find_bytes(v, both, length);
    v->joined[v->n_merges] = joined >= 0 ? joined : add_piece(v, both, length);
    v->left[v->n_merges] = left;
    v->right[v->n_merges++] = right;
}

/* Lists the merges in their order, or in any: then some come before those that make their sides. */
static void list_merges(plain_vocab *v, bool shuffled, uint32_t *seed) {
    for (uint32_t i = v->n_merges; shuffled && i > 1; i--) {
        uint32_t other = next_random(seed) % i;
        int32_t kept[3] = {v->left[i - 1], v->right[i - 1], v->joined[i - 1]};
        v->left[i - 1] = v->left[other], v->right[i - 1] = v->right[other], v->joined[i - 1] = v->joined[other];
        v->left[other] = kept[0], v->right[other] = kept[1], v->joined[other] = kept[2];
    }
    for (uint32_t i = 0; i < v->n_merges; i++) {
        v->draft.merges[2 * i] = v->draft.tokens[v->left[i]];
        v->draft.merges[2 * i + 1] = v->draft.tokens[v->right[i]];
    }
    v->draft.spec.n_merges = v->n_merges;
}

static void begin_vocabulary(plain_vocab *v, bool by_rank) {
    memset(v, 0, sizeof(*v));
    draft_init(&v->draft, "gpt2", "gpt-2");
    draft_alphabet(&v->draft);
    v->draft.spec.pipeline.n_cuts = 0;
    v->draft.spec.rules.by_rank = by_rank;
    for (uint32_t b = 0; b < 256; b++) {
        v->bytes[b][0] = (char)b;
        v->lengths[b] = 1;
    }
}

static void make_vocabulary(plain_vocab *v, bool by_rank, bool shuffled, uint32_t *seed) {
    begin_vocabulary(v, by_rank);
    for (uint32_t i = 0; i < MERGES; i++) {
        add_merge(v, seed);
    }
    if (!by_rank) {
        list_merges(v, shuffled, seed);
    }
}

/* The rank at which two ids join, and what they make. */
static uint32_t plain_rank(const plain_vocab *v, int32_t left, int32_t right, int32_t *joined) {
    char both[64];
    for (uint32_t i = 0; i < v->n_merges && !v->draft.spec.rules.by_rank; i++) {
        if (v->left[i] == left && v->right[i] == right) {
            *joined = v->joined[i];
            return i;
        }
    }
    if (!v->draft.spec.rules.by_rank) {
        return PITH__NO_RANK;
    }
    memcpy(both, v->bytes[left], v->lengths[left]);
    memcpy(both + v->lengths[left], v->bytes[right], v->lengths[right]);
    *joined = find_bytes(v, both, v->lengths[left] + v->lengths[right]);
    return *joined < 0 ? PITH__NO_RANK : (uint32_t)*joined;
}

static uint32_t merge_from_bytes(const plain_vocab *v, const char *text, uint32_t length, int32_t *ids) {
    uint32_t bytes = length;
    length = 0;
    for (uint32_t i = 0; i < bytes; i++) { /* one that the vocabulary lacks is left out */
        if (v->draft.types[(uint8_t)text[i]] == PITH__TOKEN_NORMAL) {
            ids[length++] = (uint8_t)text[i];
        }
    }
    for (;;) {
        uint32_t best = PITH__NO_RANK, at = 0;
        int32_t joined = -1, made = -1;
        for (uint32_t i = 0; i + 1 < length; i++) {
            uint32_t rank = plain_rank(v, ids[i], ids[i + 1], &joined);
            if (rank < best) {
                best = rank;
                at = i;
                made = joined;
            }
        }
        if (best == PITH__NO_RANK) {
            return length;
        }
        ids[at] = made;
        length--;
        memmove(ids + at + 1, ids + at + 2, (length - at - 1) * sizeof(*ids));
    }
}

static uint32_t make_text(char *text, uint32_t *seed) {
    uint32_t length = 0;
    for (uint32_t i = 1 + next_random(seed) % UNITS_MAX; i > 0; i--) {
        const char *unit = units[next_random(seed) % (next_random(seed) % 4 ? 6 : UNITS)];
        memcpy(text + length, unit, strlen(unit));
        length += (uint32_t)strlen(unit);
    }
    return length;
}

/* `lacking`: without one of the bytes that units are made of. */
static void check_vocabulary(bool by_rank, bool shuffled, bool lacking, uint32_t *seed) {
    static plain_vocab v;
    static id_list got;
    pith__mem mem;
    pith__mem_init(&mem, NULL, NULL, 0);
    make_vocabulary(&v, by_rank, shuffled, seed);
    if (lacking) {
        const char *unit = units[next_random(seed) % UNITS];
        v.draft.types[(uint8_t)unit[next_random(seed) % strlen(unit)]] = PITH__TOKEN_UNUSED;
    }
    pith__tokenizer *t = draft_create(&mem, &v.draft);
    for (int i = 0; i < 40; i++) {
        char text[TEXT_MAX];
        int32_t want[TEXT_MAX];
        uint32_t length = make_text(text, seed);
        uint32_t count = merge_from_bytes(&v, text, length, want);
        run_text(t, &mem, text, length, false, &got);
        expect_ids(&got, want, count, by_rank ? "by rank" : shuffled ? "in any order" : "in order");
    }
    pith__tokenizer_release(t);
    assert_int_equal(pith__mem_used(&mem), 0);
}

static void test_random_vocabularies(void **state) {
    (void)state;
    uint32_t seed = 2024;
    for (int round = 0; round < 300; round++) {
        check_vocabulary(false, false, false, &seed);
        check_vocabulary(false, true, false, &seed);
        check_vocabulary(false, true, true, &seed);
        check_vocabulary(true, false, false, &seed);
    }
}

/* ---- Where characters are whole. ---- */

static void join_by_table(const void *context, pith__symbol *left, const pith__symbol *right, uint32_t end) {
    (void)end;
    left->rank = plain_rank(context, left->id, right->id, &left->joined);
}

static uint32_t size_at(const pith__whole_chars *w, const char *text, uint32_t at) {
    int32_t id = -1;
    return pith__whole_char(w, (const uint8_t *)text, (uint32_t)strlen(text), at, &id);
}

/* E4 B8 AD is a piece made of E4 B8 and AD; AD E4 holds its end and the beginning of another. */
static void test_borders(void **state) {
    (void)state;
    static plain_vocab v;
    pith__mem mem;
    pith__mem_init(&mem, NULL, NULL, 0);
    begin_vocabulary(&v, true);
    add_piece(&v, "\xE4\xB8", 2);
    int32_t whole_id = add_piece(&v, "\xE4\xB8\xAD", 3);
    add_piece(&v, "\xAD\xE4\xBD", 3);
    add_piece(&v, " \xE4", 2);
    pith__vocab vocab;
    pith__whole_chars w = {0};
    int32_t bytes[256], id = -1;
    const uint8_t *word = NULL;
    for (int32_t b = 0; b < 256; b++) {
        bytes[b] = b;
    }
    pith__merge_list merges = {(uint32_t)v.draft.spec.count, NULL, NULL};
    assert_int_equal(pith__vocab_create(&mem, &v.draft.spec, &vocab), PITH_OK);
    assert_int_equal(pith__whole_chars_create(&mem, &vocab, &merges, bytes, join_by_table, &v, &word, &w), PITH_OK);
    assert_int_equal(pith__whole_char(&w, (const uint8_t *)"\xE4\xB8\xAD", 3, 0, &id), 3);
    assert_int_equal(id, whole_id);
    assert_int_equal(size_at(&w, "\xE4\xB8\xAD\xE4\xB8\xAD", 0), 3);
    assert_int_equal(size_at(&w, "\xE4\xB8\xAD\xE4\xB8\xAD", 3), 3);
    assert_int_equal(size_at(&w, "\xE4\xB8\xAD\xE4\xBD\xA0", 0), 0); /* AD E4 BD reaches across */
    assert_int_equal(size_at(&w, "\xE4\xB8\xAD\xE4\xBD\xA0", 3), 0); /* no piece */
    assert_int_equal(size_at(&w, "a\xE4\xB8\xAD", 1), 3);
    assert_int_equal(size_at(&w, " \xE4\xB8\xAD", 1), 0);    /* 20 E4 reaches across */
    assert_int_equal(size_at(&w, "\xE4\xB8\xAD\xAD", 0), 0); /* what follows is broken */
    assert_int_equal(size_at(&w, "\xE4\xB8\xAD\xE4", 0), 0);
    pith__whole_chars_free(&mem, &w);
    pith__vocab_free(&mem, &vocab);
    assert_int_equal(pith__mem_used(&mem), 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_random_vocabularies), cmocka_unit_test(test_borders)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
