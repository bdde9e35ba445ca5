/* The public side of options objects: life, setters by type, hooks. Values are kept by settings.c. */
#include "api/options.h"
#include "api/args.h"
#include "api/default_host.h"

/* ---- public: life ---- */

int32_t pith_options_create(int32_t scope, pith_options **out) {
    PITH_OUT(out, NULL);
    if (!pith__scope_name(scope)) {
        return pith__fail(PITH_E_ARGUMENT,
                          "%s: there is no scope %d; scopes are 1 (host), 2 (model), 3 (engine), 4 (request)", __func__,
                          scope);
    }
    PITH_TRY(PITH_NEW(pith__default_mem(), out, "options"));
    (*out)->scope = scope;
    return PITH_OK;
}

void pith_options_release(pith_options *options) {
    if (!options) {
        return;
    }
    pith__settings_clear(options);
    pith__mem_free(pith__default_mem(), options);
}

int32_t pith_options_clone(const pith_options *options, pith_options **out) {
    PITH_OUT(out, NULL);
    PITH_REQUIRE(options);
    pith_options *copy;
    PITH_TRY(pith_options_create(options->scope, &copy));
    copy->allocator = options->allocator;
    copy->log = options->log;
    copy->executor = options->executor;
    copy->progress = options->progress;
    int32_t status = pith__settings_copy(copy, options);
    if (status != PITH_OK) {
        pith_options_release(copy);
        return status;
    }
    *out = copy;
    return PITH_OK;
}

/* ---- public: setters ---- */

/* Finds the key and checks that it belongs to the options' scope and takes `type` (0: any). */
static int32_t key_for(const char *function, const pith_options *options, int32_t number, int32_t type,
                       const pith__key **out) {
    const pith__key *key = *out = pith__key_get(number);
    if (!key) {
        return pith__fail(PITH_E_OPTION, "%s: there is no key %d", function, number);
    }
    if (key->scope != options->scope) {
        return pith__fail(PITH_E_OPTION, "%s: %s is a key of %s options, these are %s options", function, key->name,
                          pith__scope_name(key->scope), pith__scope_name(options->scope));
    }
    if (type != 0 && key->type != type) {
        return pith__fail(PITH_E_OPTION, "%s: %s is of type %s, not %s", function, key->name,
                          pith__type_name(key->type), pith__type_name(type));
    }
    return PITH_OK;
}

int32_t pith_options_set_i64(pith_options *options, int32_t key, int64_t value) {
    PITH_REQUIRE(options);
    const pith__key *k;
    PITH_TRY(key_for(__func__, options, key, PITH_TYPE_I64, &k));
    return pith__set_i64(options, k, value);
}

int32_t pith_options_set_f64(pith_options *options, int32_t key, double value) {
    PITH_REQUIRE(options);
    const pith__key *k;
    PITH_TRY(key_for(__func__, options, key, PITH_TYPE_F64, &k));
    return pith__set_f64(options, k, value);
}

int32_t pith_options_set_str(pith_options *options, int32_t key, const char *text, uint64_t length) {
    PITH_REQUIRE(options);
    const pith__key *k;
    pith__str value;
    PITH_TRY(key_for(__func__, options, key, PITH_TYPE_STR, &k));
    PITH_TRY(pith__arg_text(__func__, "text", text, length, &value));
    return pith__set_str(options, k, value);
}

int32_t pith_options_add_str(pith_options *options, int32_t key, const char *text, uint64_t length) {
    PITH_REQUIRE(options);
    const pith__key *k;
    pith__str value;
    PITH_TRY(key_for(__func__, options, key, PITH_TYPE_STRS, &k));
    PITH_TRY(pith__arg_text(__func__, "text", text, length, &value));
    return pith__add_str(options, k, value);
}

int32_t pith_options_set_i64s(pith_options *options, int32_t key, const int64_t *values, uint64_t count) {
    PITH_REQUIRE(options);
    const pith__key *k;
    PITH_TRY(key_for(__func__, options, key, PITH_TYPE_I64S, &k));
    PITH_TRY(pith__arg_array(__func__, "values", values, count, sizeof(*values)));
    return pith__set_i64s(options, k, values, count);
}

int32_t pith_options_add_pair(pith_options *options, int32_t key, int64_t first, double second) {
    PITH_REQUIRE(options);
    const pith__key *k;
    PITH_TRY(key_for(__func__, options, key, PITH_TYPE_PAIRS, &k));
    return pith__add_pair(options, k, first, second);
}

int32_t pith_options_clear(pith_options *options, int32_t key) {
    PITH_REQUIRE(options);
    const pith__key *k;
    PITH_TRY(key_for(__func__, options, key, 0, &k));
    pith__clear(options, k);
    return PITH_OK;
}

/* ---- public: hooks ---- */

static int32_t check_hook(const char *function, const pith_options *options, int32_t scope) {
    if (options->scope != scope) {
        return pith__fail(PITH_E_OPTION, "%s: this hook belongs to %s options, these are %s options", function,
                          pith__scope_name(scope), pith__scope_name(options->scope));
    }
    return PITH_OK;
}

int32_t pith_options_set_allocator(pith_options *options, pith_alloc_fn hook, void *user) {
    PITH_REQUIRE(options);
    PITH_TRY(check_hook(__func__, options, PITH_SCOPE_HOST));
    options->allocator = (pith__hook){.call.allocator = hook, .user = user};
    return PITH_OK;
}

int32_t pith_options_set_log(pith_options *options, pith_log_fn hook, void *user) {
    PITH_REQUIRE(options);
    PITH_TRY(check_hook(__func__, options, PITH_SCOPE_HOST));
    options->log = (pith__hook){.call.log = hook, .user = user};
    return PITH_OK;
}

int32_t pith_options_set_executor(pith_options *options, pith_executor_fn hook, void *user) {
    PITH_REQUIRE(options);
    PITH_TRY(check_hook(__func__, options, PITH_SCOPE_HOST));
    options->executor = (pith__hook){.call.executor = hook, .user = user};
    return PITH_OK;
}

int32_t pith_options_set_progress(pith_options *options, pith_progress_fn hook, void *user) {
    PITH_REQUIRE(options);
    PITH_TRY(check_hook(__func__, options, PITH_SCOPE_MODEL));
    options->progress = (pith__hook){.call.progress = hook, .user = user};
    return PITH_OK;
}
