/* Sorting and finding by name, also with the names an enemy would choose. */
#include "formats/names.h"
#include "support/cmocka_all.h"
#include <stdio.h>
#include <stdlib.h>

typedef struct item {
    pith__str name;
    uint64_t other; /* so that the stride is not the name's size */
} item;

static uint64_t comparisons;

static int by_value(const void *items, uint32_t a, uint32_t b) {
    const uint32_t *values = items;
    comparisons++;
    return values[a] < values[b] ? -1 : values[a] > values[b];
}

static void sorts_any_input_in_n_log_n(void **state) {
    (void)state;
    enum {
        LARGE = 4096
    };
    static uint32_t values[LARGE], order[LARGE];
    for (uint32_t count = 0; count <= LARGE; count = count < 40 ? count + 1 : count * 2) {
        for (int shape = 0; shape < 5; shape++) {
            uint64_t s = 88172645463325252u + count;
            for (uint32_t i = 0; i < count; i++) {
                s ^= s << 13, s ^= s >> 7, s ^= s << 17;
                const uint32_t shapes[] = {i, count - i, 7, (uint32_t)(s % 10), (uint32_t)s};
                values[i] = shapes[shape];
            }
            comparisons = 0;
            pith__order_sort(order, count, by_value, values);
            uint64_t bits = 1;
            while ((UINT64_C(1) << bits) < count) {
                bits++;
            }
            assert_in_range(comparisons, 0, 2 * (uint64_t)count * bits + 10);
            uint64_t sum = 0;
            for (uint32_t i = 0; i < count; i++) {
                assert_true(i == 0 || values[order[i - 1]] <= values[order[i]]);
                sum += order[i];
            }
            assert_int_equal(sum, count ? (uint64_t)count * (count - 1) / 2
                                        : 0); /* together with the order: a permutation */
        }
    }
}

static void finds_each_name_and_no_other(void **state) {
    (void)state;
    enum {
        COUNT = 3000
    };
    item *items = calloc(COUNT, sizeof(*items));
    char(*texts)[32] = calloc(COUNT, sizeof(*texts));
    for (int i = 0; i < COUNT; i++) {
        int length = snprintf(texts[i], sizeof(texts[i]), "blk.%d.%s", i / 3,
                              i % 3 == 0   ? "q"
                              : i % 3 == 1 ? "k"
                                           : "qk");
        items[i].name = (pith__str){texts[i], (uint64_t)length};
    }
    pith__mem mem;
    pith__mem_init(&mem, NULL, NULL, 0);
    pith__names names;
    assert_int_equal(pith__names_build(&mem, items, sizeof(*items), COUNT, &names), PITH_OK);
    assert_int_equal(pith__names_duplicate(&names), -1);
    for (int i = 0; i < COUNT; i++) {
        assert_int_equal(pith__names_find(&names, pith__str_of(texts[i])), i);
        pith__str shorter = {texts[i], items[i].name.len - 1};
        int64_t found = pith__names_find(&names, shorter);
        assert_true(found == -1 || pith__str_equal(items[found].name, shorter));
    }
    assert_int_equal(pith__names_find(&names, pith__str_of("")), -1);
    assert_int_equal(pith__names_find(&names, pith__str_of("blk.1000.q")), -1);
    pith__mem_free(&mem, names.order);
    free(items);
    free(texts);
}

static void tells_duplicates(void **state) {
    (void)state;
    item items[5] = {{{"a", 1}, 0}, {{"b\0c", 3}, 0}, {{"b\0d", 3}, 0}, {{"", 0}, 0}, {{"b", 1}, 0}};
    pith__mem mem;
    pith__mem_init(&mem, NULL, NULL, 0);
    for (int with = 0; with < 2; with++) {
        pith__names names;
        items[4].name = with ? items[1].name : items[4].name;
        assert_int_equal(pith__names_build(&mem, items, sizeof(*items), 5, &names), PITH_OK);
        int64_t twice = pith__names_duplicate(&names);
        assert_true(with ? twice == 1 || twice == 4 : twice == -1);
        pith__mem_free(&mem, names.order);
    }
    pith__names none;
    assert_int_equal(pith__names_build(&mem, items, sizeof(*items), 0, &none), PITH_OK);
    assert_int_equal(pith__names_find(&none, pith__str_of("a")), -1);
    assert_int_equal(pith__names_duplicate(&none), -1);
    pith__mem_free(&mem, none.order);
    assert_int_equal(pith__mem_used(&mem), 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sorts_any_input_in_n_log_n),
        cmocka_unit_test(finds_each_name_and_no_other),
        cmocka_unit_test(tells_duplicates),
    };
    return cmocka_run_group_tests_name("names", tests, NULL, NULL);
}
