/* A file that holds a vocabulary alone, through the public header: it opens, tokenizes, tells about itself, is planned
 * for, and every request refuses it. */
#include "support/cmocka_all.h"
#include "support/gguf_writer.h"
#include "tokenizer/tokenizer.h"
#include <pith/pith.h>
#include <string.h>

enum {
    TOKENS = 6
};

static void must(int32_t status) {
    if (status != PITH_OK) {
        char why[512];
        pith_error_copy(why, sizeof(why), NULL);
        fail_msg("%s: %s", pith_status_name(status), why);
    }
}

static void write_vocabulary(gguf_writer *w, bool with_tokens) {
    static const pith__str tokens[TOKENS] = {{"a", 1}, {"b", 1}, {"c", 1}, {"ab", 2}, {"abc", 3}, {"<|end|>", 7}};
    static const pith__str merges[] = {{"a b", 3}, {"ab c", 4}};
    static const int32_t types[TOKENS] = {1, 1, 1, 1, 1, PITH__TOKEN_CONTROL};
    gguf_init(w, 3);
    gguf_str(w, "general.architecture", "some-family-not-known");
    gguf_str(w, "general.name", "letters");
    if (with_tokens) {
        gguf_str(w, "tokenizer.ggml.model", "gpt2");
        gguf_str(w, "tokenizer.ggml.pre", "gpt-2");
        gguf_strings(w, "tokenizer.ggml.tokens", tokens, TOKENS);
        gguf_strings(w, "tokenizer.ggml.merges", merges, 2);
        gguf_array(w, "tokenizer.ggml.token_type", PITH__VALUE_I32, types, TOKENS);
        gguf_u32(w, "tokenizer.ggml.eos_token_id", TOKENS - 1);
    }
    gguf_finish(w);
}

static pith_source *source_of(const gguf_writer *w) {
    pith_source *source;
    must(pith_source_from_memory(NULL, w->bytes, w->size, &source));
    return source;
}

static void expect_number(const pith_model *model, int32_t field, int64_t want) {
    int64_t value;
    must(pith_model_get_i64(model, field, &value));
    assert_int_equal(value, want);
}

static void it_tokenizes(void **state) {
    (void)state;
    static const int32_t want[] = {4, 3, 0};
    gguf_writer w;
    pith_model *model;
    int32_t ids[8];
    uint64_t count, offsets[16], length;
    const char *family, *text = "abcaba";
    write_vocabulary(&w, true);
    pith_source *source = source_of(&w);
    must(pith_model_open(NULL, source, NULL, &model));
    pith_source_release(source);
    must(pith_tokenize_spans(model, &text, (uint64_t[]){6}, (uint32_t[]){0}, 1, 0, ids, offsets, 8, &count));
    assert_int_equal(count, 3);
    assert_memory_equal(ids, want, sizeof(want));
    assert_memory_equal(offsets, ((uint64_t[]){0, 3, 3, 5, 5, 6}), 6 * sizeof(uint64_t));
    expect_number(model, PITH_MODEL_VOCABULARY, TOKENS);
    expect_number(model, PITH_MODEL_EOS, TOKENS - 1);
    expect_number(model, PITH_MODEL_LAYERS, 0);
    must(pith_model_get_str(model, PITH_MODEL_FAMILY, &family, &length));
    assert_string_equal(family, "vocabulary-only");
    char json[4096];
    must(pith_model_json(model, json, sizeof(json), &length));
    assert_non_null(strstr(json, "\"letters\""));
    pith_model_release(model);
    gguf_free(&w);
}

static void requests_refuse_it(void **state) {
    (void)state;
    static const int32_t kinds[] = {PITH_GENERATE, PITH_EMBED};
    gguf_writer w;
    pith_model *model;
    write_vocabulary(&w, true);
    pith_source *source = source_of(&w);
    must(pith_model_open(NULL, source, NULL, &model));
    for (size_t i = 0; i < 2; i++) {
        pith_request *request;
        assert_int_equal(pith_request_create(NULL, model, kinds[i], NULL, &request), PITH_E_UNSUPPORTED);
        assert_null(request);
    }
    pith_model_release(model);
    pith_source_release(source);
    gguf_free(&w);
}

static void it_is_planned(void **state) {
    (void)state;
    gguf_writer w;
    pith_plan *plan;
    int64_t total, vocabulary;
    write_vocabulary(&w, true);
    pith_source *source = source_of(&w);
    must(pith_plan_create(NULL, source, NULL, NULL, &plan));
    must(pith_plan_get_i64(plan, PITH_PLAN_TOTAL, &total));
    must(pith_plan_get_i64(plan, PITH_PLAN_VOCABULARY, &vocabulary));
    assert_true(vocabulary > 0);
    assert_int_equal(total, vocabulary);
    pith_plan_release(plan);
    pith_source_release(source);
    gguf_free(&w);
}

static void nothing_at_all_is_refused(void **state) {
    (void)state;
    gguf_writer w;
    pith_model *model;
    pith_plan *plan;
    char why[512];
    write_vocabulary(&w, false);
    pith_source *source = source_of(&w);
    assert_int_equal(pith_model_open(NULL, source, NULL, &model), PITH_E_FORMAT);
    pith_error_copy(why, sizeof(why), NULL);
    assert_non_null(strstr(why, "no vocabulary"));
    assert_int_equal(pith_plan_create(NULL, source, NULL, NULL, &plan), PITH_E_FORMAT);
    pith_source_release(source);
    gguf_free(&w);
}

/* The special tokens of Phi-3's first vocabulary take the white space after them along, which its files leave unsaid.
 */
static void special_tokens_of_phi3_take_white_space(void **state) {
    (void)state;
    static const pith__str tokens[] = {{"<unk>", 5},          {"<s>", 3}, {"</s>", 4}, {"<|user|>", 8},
                                       {"<|endoftext|>", 13}, {"a", 1},   {"\n", 1}};
    static const int32_t types[] = {2, 3, 3, 3, 3, 1, 1};
    static const float scores[7] = {0};
    static const char text[] = "<|user|>\na<|endoftext|>\na</s> \na<s>\na";
    static const int32_t stripped[] = {3, 5, 4, 6, 5, 2, 5, 1, 6, 5}, plain[] = {3, 6, 5, 4, 6, 5, 2, 0, 6, 5, 1, 6, 5};
    for (int phi3 = 0; phi3 < 2; phi3++) {
        gguf_writer w;
        pith_model *model;
        int32_t ids[32];
        uint64_t count;
        gguf_init(&w, 3);
        gguf_str(&w, "general.architecture", phi3 ? "phi3" : "llama");
        gguf_str(&w, "tokenizer.ggml.model", "llama");
        gguf_strings(&w, "tokenizer.ggml.tokens", tokens, 7);
        gguf_array(&w, "tokenizer.ggml.token_type", PITH__VALUE_I32, types, 7);
        gguf_array(&w, "tokenizer.ggml.scores", PITH__VALUE_F32, scores, 7);
        gguf_bool(&w, "tokenizer.ggml.add_space_prefix", false);
        gguf_finish(&w);
        pith_source *source = source_of(&w);
        must(pith_model_open(NULL, source, NULL, &model));
        must(pith_tokenize(model, text, sizeof(text) - 1, PITH_TRUSTED, ids, 32, &count));
        assert_int_equal(count, phi3 ? 10 : 13);
        assert_memory_equal(ids, phi3 ? stripped : plain, count * sizeof(*ids));
        pith_model_release(model);
        pith_source_release(source);
        gguf_free(&w);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_tokenizes),
        cmocka_unit_test(requests_refuse_it),
        cmocka_unit_test(it_is_planned),
        cmocka_unit_test(nothing_at_all_is_refused),
        cmocka_unit_test(special_tokens_of_phi3_take_white_space),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
