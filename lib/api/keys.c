/* The key table itself, and the public functions that read it.
 *
 * Invariant: rows stand in order of number, and a number never changes its meaning. To add a setting: a PITH_KEY_ in
 * the header, a row here, a line in options_apply.c. Must not know: what options objects look like. */
#include "api/keys.h"
#include "api/args.h"

#define HOST    PITH_SCOPE_HOST
#define MODEL   PITH_SCOPE_MODEL
#define ENGINE  PITH_SCOPE_ENGINE
#define REQUEST PITH_SCOPE_REQUEST

/* clang-format off */
/* The texts of range and default are the numbers' own spelling, so that they cannot disagree. */
#define I64(number, scope, name, low, high, normal, meaning)                                                           \
    {number, scope, PITH_TYPE_I64, name, meaning, #low " to " #high, #normal, 0, {low, high, normal, 0, 0, 0}}
#define F64(number, scope, name, low, high, normal, meaning)                                                           \
    {number, scope, PITH_TYPE_F64, name, meaning, #low " to " #high, #normal, 0, {0, 0, 0, low, high, normal}}
#define CHOICE(number, scope, name, words, normal, meaning)                                                            \
    {number, scope, PITH_TYPE_STR, name, meaning, words, normal, 1, {0, 64, 0, 0, 0, 0}}
#define I64_ANY(number, scope, name, normal, meaning)                                                                  \
    {number, scope, PITH_TYPE_I64, name, meaning, "any", #normal, 0, {INT64_MIN, INT64_MAX, normal, 0, 0, 0}}

static const pith__key table[] = {
    I64(PITH_KEY_MEMORY_LIMIT, HOST, "memory_limit", 0, 9223372036854775807, 0,
        "bytes the library may hold at once; 0: no limit"),
    {PITH_KEY_CPU, HOST, PITH_TYPE_STR, "cpu", "highest instruction set to use; empty: the best, or what PITH_CPU says",
     "a level of this machine: ref, avx2, ... (see pith_build_json)", "", 0, {0, 64, 0, 0, 0, 0}},

    I64(PITH_KEY_EXACT, MODEL, "exact", 0, 1, 0, "1: float matrices take pith's own kernels: the same bits everywhere"),
    I64(PITH_KEY_LOAD_THREADS, MODEL, "load_threads", 0, 1024, 0,
        "threads that read and pack weights; 0: all processors"),
    I64(PITH_KEY_METADATA_LIMIT, MODEL, "metadata_limit", 0, 9223372036854775807, 1073741824,
        "bytes a file's metadata may take; 0: no limit but the host's"),
    I64(PITH_KEY_BLAS_COLUMNS, MODEL, "blas_columns", 0, 1000000, 0,
        "fewest columns at which a float matrix goes to OpenBLAS; 0: as measured"),
    {PITH_KEY_VOCABULARY_FAMILY, MODEL, PITH_TYPE_STR, "vocabulary_family",
     "of a tiktoken file: whose pre-tokenizer and special tokens it goes with", "cl100k_base, o200k_base, qwen, glm4, llama3, ...", "", 0,
     {0, 64, 0, 0, 0, 0}},

    I64(PITH_KEY_THREADS, ENGINE, "threads", 0, 1024, 0,
        "threads that compute; 0: all processors; 1: the caller's own, none is started"),
    I64(PITH_KEY_CONTEXT, ENGINE, "context", 0, 2147483647, 0, "most tokens of one sequence; 0: the model's own limit"),
    I64(PITH_KEY_KV_TOKENS, ENGINE, "kv_tokens", 0, 1099511627776, 0,
        "tokens the KV cache holds for all sequences; it bounds the context; 0: up to four contexts, at most 8192"),
    CHOICE(PITH_KEY_KV_TYPE, ENGINE, "kv_type", "f16, f32, q8_0", "f16", "element type of the KV cache"),
    I64(PITH_KEY_BATCH_TOKENS, ENGINE, "batch_tokens", 1, 65536, 512, "most tokens computed in one step"),
    I64(PITH_KEY_MAX_SEQUENCES, ENGINE, "max_sequences", 1, 65536, 64, "most sequences computed in one step"),
    I64(PITH_KEY_QUEUE_LIMIT, ENGINE, "queue_limit", 1, 1000000, 256,
        "requests that may wait; one more is refused as busy"),

    I64(PITH_KEY_MAX_TOKENS, REQUEST, "max_tokens", 0, 2147483647, 256,
        "tokens to generate at most; 0: until the context is full"),
    F64(PITH_KEY_TEMPERATURE, REQUEST, "temperature", 0, 100, 0.7,
        "0: always the likeliest token; higher: more varied"),
    I64(PITH_KEY_TOP_K, REQUEST, "top_k", 0, 2147483647, 40, "choose among the k likeliest tokens; 0: off"),
    F64(PITH_KEY_TOP_P, REQUEST, "top_p", 0, 1, 0.95,
        "choose among the likeliest tokens that make up this probability; 1: off"),
    F64(PITH_KEY_MIN_P, REQUEST, "min_p", 0, 1, 0,
        "leave out tokens below this share of the likeliest one's probability; 0: off"),
    F64(PITH_KEY_TYPICAL_P, REQUEST, "typical_p", 0, 1, 1, "locally typical sampling; 1: off"),
    F64(PITH_KEY_REPEAT_PENALTY, REQUEST, "repeat_penalty", 0.01, 100, 1,
        "divides the logits of tokens seen lately; 1: off"),
    F64(PITH_KEY_FREQUENCY_PENALTY, REQUEST, "frequency_penalty", -100, 100, 0,
        "taken off a token's logit for each time it was seen lately; 0: off"),
    F64(PITH_KEY_PRESENCE_PENALTY, REQUEST, "presence_penalty", -100, 100, 0,
        "taken off a token's logit if it was seen lately; 0: off"),
    I64(PITH_KEY_PENALTY_LAST_N, REQUEST, "penalty_last_n", -1, 2147483647, 64,
        "tokens the penalties look back at; 0: none, -1: all"),
    I64_ANY(PITH_KEY_SEED, REQUEST, "seed", 0, "same seed, same text"),
    {PITH_KEY_STOP, REQUEST, PITH_TYPE_STRS, "stop", "a text that ends generation and is not shown; may be given often",
     "1 to 65536 bytes each", "none", 0, {1, 65536, 0, 0, 0, 0}},
    {PITH_KEY_STOP_TOKENS, REQUEST, PITH_TYPE_I64S, "stop_tokens", "ids that end generation", "ids, 0 to 2147483647",
     "none", 0, {0, 2147483647, 0, 0, 0, 0}},
    {PITH_KEY_LOGIT_BIAS, REQUEST, PITH_TYPE_PAIRS, "logit_bias",
     "an id and what is added to its logit; may be given often",
     "id, 0 to 2147483647, and number, -1000000 to 1000000 or -infinity, which forbids the id", "none", 0,
     {0, 2147483647, 0, -1000000, 1000000, 0}},
    I64(PITH_KEY_LOOP_GUARD, REQUEST, "loop_guard", 0, 1, 1, "1: end endless repetition"),
    I64(PITH_KEY_LOGPROBS, REQUEST, "logprobs", 0, 20, 0,
        "0: none; n: log-probability of each token, and the n most likely ones"),
    I64(PITH_KEY_DEADLINE_MS, REQUEST, "deadline_ms", 0, 31536000000, 0,
        "milliseconds from submit to the end; 0: none"),
    I64(PITH_KEY_ADD_BOS, REQUEST, "add_bos", 0, 2, 1,
        "1: start with BOS where the model wants it; 0: never; 2: always"),
    I64(PITH_KEY_IGNORE_EOG, REQUEST, "ignore_eog", 0, 1, 0, "1: go on past end-of-text tokens"),
    I64(PITH_KEY_SHOW_SPECIAL, REQUEST, "show_special", 0, 1, 0, "1: control tokens appear in the text"),
    CHOICE(PITH_KEY_POOLING, REQUEST, "pooling", "mean, last, first, none", "mean",
           "embed: how a text's token vectors become one; none: one vector a token"),
    I64(PITH_KEY_NORMALIZE, REQUEST, "normalize", 0, 1, 1, "embed: 1: vectors of length 1"),
};
/* clang-format on */
enum { KEYS = sizeof(table) / sizeof(table[0]) };

const pith__key *pith__key_get(int32_t number) {
    for (int i = 0; i < KEYS; i++) {
        if (table[i].number == number) {
            return &table[i];
        }
    }
    return NULL;
}

const pith__key *pith__key_named(int32_t scope, pith__str name) {
    for (int i = 0; i < KEYS; i++) {
        if (table[i].scope == scope && pith__str_is(name, table[i].name)) {
            return &table[i];
        }
    }
    return NULL;
}

const pith__key *pith__key_nth(int32_t scope, uint32_t index) {
    for (int i = 0; i < KEYS; i++) {
        if (table[i].scope == scope && index-- == 0) {
            return &table[i];
        }
    }
    return NULL;
}

uint32_t pith__key_slot(const pith__key *key) {
    uint32_t slot = 0;
    while (pith__key_nth(key->scope, slot) != key) {
        slot++;
    }
    return slot;
}

int32_t pith__key_choice(const pith__key *key, pith__str value) {
    const char *word = key->range;
    for (int32_t index = 0; *word; index++) {
        const char *end = strchr(word, ',');
        pith__str choice = {word, end ? (uint64_t)(end - word) : strlen(word)};
        if (pith__str_equal(choice, value)) {
            return index;
        }
        word += choice.len + (end ? strlen(", ") : 0);
    }
    return -1;
}

const char *pith__scope_name(int32_t scope) {
    static const char *const names[] = {"host", "model", "engine", "request"};
    return scope >= HOST && scope <= REQUEST ? names[scope - HOST] : NULL;
}

const char *pith__type_name(int32_t type) {
    static const char *const names[] = {"i64", "f64", "str", "add_str", "i64s", "pair"};
    return type >= PITH_TYPE_I64 && type <= PITH_TYPE_PAIRS ? names[type - PITH_TYPE_I64] : "?";
}

/* ---- public ---- */

static int32_t check_scope(const char *function, int32_t scope) {
    if (!pith__scope_name(scope)) {
        return pith__fail(PITH_E_ARGUMENT,
                          "%s: there is no scope %d; scopes are 1 (host), 2 (model), 3 (engine), 4 (request)", function,
                          scope);
    }
    return PITH_OK;
}

int32_t pith_key_find(int32_t scope, const char *name, uint64_t length, int32_t *key) {
    PITH_OUT(key, 0);
    pith__str text;
    PITH_TRY(pith__arg_text(__func__, "name", name, length, &text));
    PITH_TRY(check_scope(__func__, scope));
    const pith__key *k = pith__key_named(scope, text);
    if (!k) {
        return pith__fail(PITH_E_OPTION, "%s options have no key '%.*s'", pith__scope_name(scope), PITH__STR_ARG(text));
    }
    *key = k->number;
    return PITH_OK;
}

int32_t pith_key_at(int32_t scope, uint32_t index, int32_t *key) {
    PITH_OUT(key, 0);
    PITH_TRY(check_scope(__func__, scope));
    const pith__key *k = pith__key_nth(scope, index);
    if (!k) {
        return pith__fail(PITH_E_OPTION, "%s options have fewer than %u keys", pith__scope_name(scope), index + 1);
    }
    *key = k->number;
    return PITH_OK;
}

int32_t pith_key_type(int32_t key) {
    const pith__key *k = pith__key_get(key);
    return k ? k->type : pith__fail(PITH_E_OPTION, "there is no key %d", key);
}

int32_t pith_key_range(int32_t key, double *lowest, double *highest, double *normal) {
    PITH_OUT(lowest, 0);
    PITH_OUT(highest, 0);
    PITH_OUT(normal, 0);
    const pith__key *k = pith__key_get(key);
    if (!k) {
        return pith__fail(PITH_E_OPTION, "there is no key %d", key);
    }
    if (k->type == PITH_TYPE_I64) {
        *lowest = (double)k->bounds.i64_low;
        *highest = (double)k->bounds.i64_high;
        *normal = (double)k->bounds.i64_normal;
    } else if (k->type == PITH_TYPE_F64) {
        *lowest = k->bounds.f64_low;
        *highest = k->bounds.f64_high;
        *normal = k->bounds.f64_normal;
    } else {
        return pith__fail(PITH_E_OPTION, "key %s is not a number but %s", k->name, pith__type_name(k->type));
    }
    return PITH_OK;
}

const char *pith_key_text(int32_t key, int32_t kind) {
    const pith__key *k = pith__key_get(key);
    if (!k) {
        return NULL;
    }
    switch (kind) {
    case PITH_TEXT_NAME:
        return k->name;
    case PITH_TEXT_MEANING:
        return k->meaning;
    case PITH_TEXT_DEFAULT:
        return k->normal;
    case PITH_TEXT_RANGE:
        return k->range;
    default:
        return NULL;
    }
}
