/* Pair merging against the plainest way to do it, over random words and random tables, short words and long. */
#include "tokenizer/models/merge.h"
#include "tokenizer_test.h"

enum {
    SYMBOLS = 12,
    WORD_MAX = 400
};

/* rank and result of (left, right); ids wrap around, so that chains of merges go on. */
typedef struct table {
    uint32_t rank[SYMBOLS][SYMBOLS];
    int32_t joined[SYMBOLS][SYMBOLS];
} table;

static void join(const void *context, pith__symbol *left, const pith__symbol *right, uint32_t end) {
    const table *t = context;
    assert_true(end > right->start && right->start > left->start);
    left->rank = t->rank[left->id][right->id];
    left->joined = t->joined[left->id][right->id];
}

static uint32_t merge_plainly(const table *t, int32_t *ids, uint32_t *starts, uint32_t count) {
    for (;;) {
        uint32_t best = PITH__NO_RANK, at = 0;
        for (uint32_t i = 0; i + 1 < count; i++) {
            uint32_t rank = t->rank[ids[i]][ids[i + 1]];
            if (rank < best) {
                best = rank;
                at = i;
            }
        }
        if (best == PITH__NO_RANK) {
            return count;
        }
        ids[at] = t->joined[ids[at]][ids[at + 1]];
        memmove(ids + at + 1, ids + at + 2, (count - at - 2) * sizeof(*ids));
        memmove(starts + at + 1, starts + at + 2, (count - at - 2) * sizeof(*starts));
        count--;
    }
}

static void fill_table(table *t, uint32_t *seed) {
    uint32_t density = 1 + next_random(seed) % 4;
    for (uint32_t a = 0; a < SYMBOLS; a++) {
        for (uint32_t b = 0; b < SYMBOLS; b++) {
            t->rank[a][b] = next_random(seed) % 4 < density ? next_random(seed) % 40 : PITH__NO_RANK;
            t->joined[a][b] = (int32_t)(next_random(seed) % SYMBOLS);
        }
    }
}

static void test_random_words(void **state) {
    (void)state;
    static table t;
    uint32_t seed = 99;
    pith__mem mem;
    pith__mem_init(&mem, NULL, NULL, 0);
    pith__merger m = {.mem = &mem};
    for (int round = 0; round < 4000; round++) {
        int32_t ids[WORD_MAX];
        uint32_t starts[WORD_MAX];
        uint32_t count = next_random(&seed) % (round % 4 ? 60 : WORD_MAX), left = 0;
        fill_table(&t, &seed);
        assert_int_equal(pith__merger_reserve(&m, count), PITH_OK);
        for (uint32_t i = 0; i < count; i++) {
            ids[i] = (int32_t)(next_random(&seed) % SYMBOLS);
            starts[i] = i;
            m.symbols[i] = (pith__symbol){i, ids[i], PITH__NO_RANK, -1};
        }
        m.symbols[count] = (pith__symbol){count, -1, PITH__NO_RANK, -1};
        uint32_t want = merge_plainly(&t, ids, starts, count);
        assert_int_equal(pith__merger_run(&m, count, join, &t, &left), PITH_OK);
        assert_int_equal(left, want);
        for (uint32_t i = 0; i < want; i++) {
            assert_int_equal(m.symbols[i].id, ids[i]);
            assert_int_equal(m.symbols[i].start, starts[i]);
        }
        assert_int_equal(m.symbols[left].start, count);
    }
    pith__merger_free(&m);
    assert_int_equal(pith__mem_used(&mem), 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_random_words)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
