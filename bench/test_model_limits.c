/* The limits of model_limits.c by numbers worked out on paper, and medians and shares of series.c. */
#include "model_limits.h"
#include "series.h"
#include "support/cmocka_all.h"

/* Ceilings of which no two are alike: 10 bytes, 100 byte products and 20 float products a second. */
static const ceilings machine_of_test = {.read_bytes = 10, .dot_macs = 100, .fma_macs = 20};

static model_facts quantized(void) {
    return (model_facts){.layer_dot_macs = 1000,
                         .output_dot_macs = 300,
                         .layer_bytes = 600,
                         .output_bytes = 250,
                         .attention_macs = 4,
                         .kv_bytes = 3,
                         .window = 1000};
}

static void near(double a, double b) {
    assert_true(a - b < 1e-9 * b && b - a < 1e-9 * b);
}

static void prompt_counts_the_output_once(void **state) {
    (void)state;
    model_facts facts = quantized();
    near(limit_prompt(&facts, &machine_of_test, 1), 1300 / 100.0 + 4 / 20.0);
    near(limit_prompt(&facts, &machine_of_test, 10), (10 * 1000 + 300) / 100.0 + 4 * 55 / 20.0);
}

static void prompt_of_floats_runs_at_the_float_peak(void **state) {
    (void)state;
    model_facts facts = quantized();
    facts.layer_fma_macs = facts.layer_dot_macs;
    facts.layer_dot_macs = 0;
    near(limit_prompt(&facts, &machine_of_test, 10), 300 / 100.0 + (10 * 1000 + 4 * 55) / 20.0);
}

static void windows_bound_what_is_looked_at(void **state) {
    (void)state;
    model_facts facts = quantized();
    facts.window = 3;
    near(limit_prompt(&facts, &machine_of_test, 5), 5300 / 100.0 + 4 * (1 + 2 + 3 + 3 + 3) / 20.0);
    near(limit_step(&facts, &machine_of_test, 1, 99), 85 + 3 * 3 / 10.0);
}

static void step_reads_weights_once_and_keys_of_every_stream(void **state) {
    (void)state;
    model_facts facts = quantized();
    near(limit_step(&facts, &machine_of_test, 1, 9), 85 + 10 * 3 / 10.0);
    near(limit_step(&facts, &machine_of_test, 2, 9), 85 + 2 * 10 * 3 / 10.0);
    facts.attention_macs = 8; /* 8 / 20 is more than 3 / 10 */
    near(limit_step(&facts, &machine_of_test, 1, 9), 85 + 10 * 8 / 20.0);
}

static void many_streams_are_bound_by_products(void **state) {
    (void)state;
    model_facts facts = quantized();
    near(limit_step(&facts, &machine_of_test, 10, 9), 10 * 13 + 10 * 10 * 3 / 10.0);
}

static void spread_has_the_median(void **state) {
    (void)state;
    const double values[] = {3, 9, 1, 4};
    spread odd = spread_of(values, 3), even = spread_of(values, 4), none = spread_of(values, 0);
    assert_true(odd.median == 3 && odd.least == 1 && odd.greatest == 9);
    assert_true(even.median == 3.5 && even.least == 1 && even.greatest == 9);
    assert_true(none.median == 0);
}

static void shares_belong_to_their_repetition(void **state) {
    (void)state;
    /* The machine was three times as fast in the second repetition: the best rate, and no better share. */
    static const series s = {
        .count = 3, .repetitions = {{.rate = 8, .limit = 10}, {.rate = 21, .limit = 30}, {.rate = 9, .limit = 10}}};
    spread share = series_share(&s);
    assert_true(series_best_rate(&s) == 21);
    near(share.median, 0.8);
    near(share.least, 0.7);
    near(share.greatest, 0.9);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(prompt_counts_the_output_once),
        cmocka_unit_test(prompt_of_floats_runs_at_the_float_peak),
        cmocka_unit_test(windows_bound_what_is_looked_at),
        cmocka_unit_test(step_reads_weights_once_and_keys_of_every_stream),
        cmocka_unit_test(many_streams_are_bound_by_products),
        cmocka_unit_test(spread_has_the_median),
        cmocka_unit_test(shares_belong_to_their_repetition),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
