/* Pair merging against the plainest way to do it, over random words and random tables, short words and long. */
#include "support/failing_alloc.h"
#include "tokenizer/models/merge.h"
#include "tokenizer_test.h"

enum {
    SYMBOLS = 12,
    WORD_MAX = 1600
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

/* Few ranks or many, next to each other or far apart, in which hash tables may see none of the difference. */
static void fill_table(table *t, uint32_t *seed) {
    uint32_t density = 1 + next_random(seed) % 4, ranks = next_random(seed) % 2 ? 40 : 500;
    uint32_t step = next_random(seed) % 2 ? 1 : 1u << 20;
    for (uint32_t a = 0; a < SYMBOLS; a++) {
        for (uint32_t b = 0; b < SYMBOLS; b++) {
            t->rank[a][b] = next_random(seed) % 4 < density ? next_random(seed) % ranks * step : PITH__NO_RANK;
            t->joined[a][b] = (int32_t)(next_random(seed) % SYMBOLS);
        }
    }
}

/* Mostly short; some are long enough for lists of ranks. */
static uint32_t word_length(int round, uint32_t *seed) {
    if (round % 20 == 0) {
        return WORD_MAX - 1 - next_random(seed) % 700;
    }
    return next_random(seed) % (round % 4 ? 60 : 400);
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
        uint32_t count = word_length(round, &seed), left = 0;
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

/* Each allocation of a long word fails in turn, the heap's and those of more and more lists too. */
static int32_t merge_long_word(pith__mem *mem, void *arg) {
    const table *t = arg;
    uint32_t left = 0;
    pith__merger m = {.mem = mem};
    int32_t status = pith__merger_reserve(&m, WORD_MAX);
    for (uint32_t i = 0; i <= WORD_MAX && status == PITH_OK; i++) {
        m.symbols[i] = (pith__symbol){i, i < WORD_MAX ? (int32_t)(i * i % 31 % SYMBOLS) : -1, PITH__NO_RANK, -1};
    }
    if (status == PITH_OK) {
        status = pith__merger_run(&m, WORD_MAX, join, t, &left);
    }
    pith__merger_free(&m);
    return status;
}

static void test_failed_allocations(void **state) {
    (void)state;
    static table t;
    uint32_t seed = 5;
    fill_table(&t, &seed);
    for (uint32_t i = 0; i < SYMBOLS * SYMBOLS; i++) {
        t.rank[i / SYMBOLS][i % SYMBOLS] = i;
    }
    assert_true(failing_alloc_each(merge_long_word, &t) > 6);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_random_words), cmocka_unit_test(test_failed_allocations)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
