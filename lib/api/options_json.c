/* Options from and to JSON, by the keys' names.
 *
 * Invariant: get_json's text, set again, gives the same options (texts that are not UTF-8 excepted). set_json works on
 * a copy: all keys are set or none. Whole numbers past 2^53, which doubles cannot hold, are written and taken as
 * strings. */
#include "api/args.h"
#include "api/default_host.h"
#include "api/options.h"
#include "base/format.h"
#include "base/os.h"
#include "formats/json_reader.h"
#include "formats/json_writer.h"
#include <float.h>
#include <math.h>

#define EXACT_LIMIT 9007199254740992 /* 2^53: up to here every whole number is a double */

/* ---- reading ---- */

static int32_t fail_type(const pith__key *key, const char *wanted) {
    return pith__fail(PITH_E_OPTION, "%s takes %s here; it must be %s%s", key->name, wanted,
                      key->choices ? "one of " : "", key->range);
}

/* Digits with an optional minus: how whole numbers past 2^53 are given. */
static bool parse_i64(const char *text, int64_t *out) {
    bool negative = *text == '-';
    uint64_t magnitude = 0, limit = (uint64_t)INT64_MAX + negative;
    text += negative;
    if (!*text) {
        return false;
    }
    for (; *text; text++) {
        uint64_t digit = (uint64_t)(uint8_t)*text - '0';
        if (digit > 9 || magnitude > (limit - digit) / 10) {
            return false;
        }
        magnitude = magnitude * 10 + digit;
    }
    *out = negative ? (int64_t)(0 - magnitude) : (int64_t)magnitude;
    return true;
}

static bool whole_number(const cJSON *item, int64_t *out) {
    if (cJSON_IsBool(item)) {
        *out = cJSON_IsTrue(item) ? 1 : 0;
        return true;
    }
    if (cJSON_IsString(item)) {
        return parse_i64(item->valuestring, out);
    }
    double value = item->valuedouble;
    if (!cJSON_IsNumber(item) || !(value >= -EXACT_LIMIT && value <= EXACT_LIMIT) || value != (double)(int64_t)value) {
        return false;
    }
    *out = (int64_t)value;
    return true;
}

static int32_t take_i64(pith_options *options, const pith__key *key, const cJSON *item) {
    int64_t value;
    if (!whole_number(item, &value)) {
        return fail_type(key, "a whole number (as a string, past 2^53)");
    }
    return pith__set_i64(options, key, value);
}

static int32_t take_f64(pith_options *options, const pith__key *key, const cJSON *item) {
    if (!cJSON_IsNumber(item)) {
        return fail_type(key, "a number");
    }
    return pith__set_f64(options, key, item->valuedouble);
}

static int32_t take_str(pith_options *options, const pith__key *key, const cJSON *item) {
    if (!cJSON_IsString(item)) {
        return fail_type(key, "a string");
    }
    return pith__set_str(options, key, pith__str_of(item->valuestring));
}

/* One string or an array of them. */
static int32_t take_strs(pith_options *options, const pith__key *key, const cJSON *item) {
    pith__clear(options, key);
    if (cJSON_IsString(item)) {
        return pith__add_str(options, key, pith__str_of(item->valuestring));
    }
    if (!cJSON_IsArray(item)) {
        return fail_type(key, "an array of strings");
    }
    for (const cJSON *text = item->child; text; text = text->next) {
        if (!cJSON_IsString(text)) {
            return fail_type(key, "an array of strings");
        }
        PITH_TRY(pith__add_str(options, key, pith__str_of(text->valuestring)));
    }
    return PITH_OK;
}

static int32_t take_i64s(pith_options *options, const pith__key *key, const cJSON *item) {
    if (!cJSON_IsArray(item)) {
        return fail_type(key, "an array of whole numbers");
    }
    int64_t *values;
    uint64_t count = (uint64_t)cJSON_GetArraySize(item), at = 0;
    PITH_TRY(PITH_NEW_ARRAY(pith__default_mem(), &values, count, "options"));
    int32_t status = PITH_OK;
    for (const cJSON *number = item->child; number && status == PITH_OK; number = number->next) {
        status = whole_number(number, &values[at++]) ? PITH_OK : fail_type(key, "an array of whole numbers");
    }
    if (status == PITH_OK) {
        status = pith__set_i64s(options, key, values, count);
    }
    pith__mem_free(pith__default_mem(), values);
    return status;
}

static int32_t take_pairs(pith_options *options, const pith__key *key, const cJSON *item) {
    static const char wanted[] = "an object of ids and numbers (or \"-infinity\")";
    if (!cJSON_IsObject(item)) {
        return fail_type(key, wanted);
    }
    pith__clear(options, key);
    for (const cJSON *pair = item->child; pair; pair = pair->next) {
        int64_t first;
        bool forbids = cJSON_IsString(pair) && strcmp(pair->valuestring, "-infinity") == 0;
        if (!parse_i64(pair->string, &first) || !(forbids || cJSON_IsNumber(pair))) {
            return fail_type(key, wanted);
        }
        PITH_TRY(pith__add_pair(options, key, first, forbids ? -(double)INFINITY : pair->valuedouble));
    }
    return PITH_OK;
}

static int32_t take(pith_options *options, const cJSON *item) {
    const pith__key *key = pith__key_named(options->scope, pith__str_of(item->string));
    if (!key) {
        return pith__fail(PITH_E_OPTION, "%s options have no key '%.*s'", pith__scope_name(options->scope),
                          PITH__STR_ARG(pith__str_of(item->string)));
    }
    if (cJSON_IsNull(item)) {
        pith__clear(options, key);
        return PITH_OK;
    }
    static int32_t (*const takers[])(pith_options *, const pith__key *, const cJSON *) = {
        [PITH_TYPE_I64] = take_i64,   [PITH_TYPE_F64] = take_f64,   [PITH_TYPE_STR] = take_str,
        [PITH_TYPE_STRS] = take_strs, [PITH_TYPE_I64S] = take_i64s, [PITH_TYPE_PAIRS] = take_pairs};
    return takers[key->type](options, key, item);
}

static int32_t set_all(pith_options *options, const cJSON *object) {
    pith_options *copy;
    PITH_TRY(pith_options_clone(options, &copy));
    int32_t status = PITH_OK;
    for (const cJSON *item = object->child; item && status == PITH_OK; item = item->next) {
        status = take(copy, item);
    }
    if (status == PITH_OK) {
        pith_options old = *options;
        *options = *copy;
        *copy = old;
    }
    pith_options_release(copy);
    return status;
}

int32_t pith_options_set_json(pith_options *options, const char *json, uint64_t length) {
    PITH_REQUIRE(options);
    PITH_REQUIRE(json);
    pith__str text;
    cJSON *object;
    PITH_TRY(pith__arg_text(__func__, "json", json, length, &text));
    PITH_TRY(pith__json_read(text, "options", &object));
    if (!cJSON_IsObject(object)) {
        cJSON_Delete(object);
        return pith__fail(PITH_E_FORMAT, "options in JSON are an object, as in {\"top_k\": 40}");
    }
    int32_t status = set_all(options, object);
    cJSON_Delete(object);
    return status;
}

/* ---- writing ---- */

static void put_i64(pith__json *out, int64_t value) {
    if (value >= -EXACT_LIMIT && value <= EXACT_LIMIT) {
        pith__json_i64(out, value);
        return;
    }
    char text[24];
    uint64_t length = pith__format(text, sizeof(text), "%lld", (long long)value);
    pith__json_str(out, (pith__str){text, length});
}

static void put_list(pith__json *out, const pith_options *options, const pith__key *key) {
    uint64_t count;
    const void *items = pith__options_items(options, key->number, &count);
    pith__json_begin_array(out);
    for (uint64_t i = 0; i < count; i++) {
        if (key->type == PITH_TYPE_STRS) {
            pith__json_str(out, ((const pith__str *)items)[i]);
        } else {
            pith__json_i64(out, ((const int32_t *)items)[i]);
        }
    }
    pith__json_end_array(out);
}

static void put_pairs(pith__json *out, const pith_options *options, const pith__key *key) {
    uint64_t count;
    const pith__bias *pairs = pith__options_items(options, key->number, &count);
    pith__json_begin_object(out);
    for (uint64_t i = 0; i < count; i++) {
        char id[16];
        pith__json_key(out, (pith__str){id, pith__format(id, sizeof(id), "%d", pairs[i].id)});
        if (pairs[i].bias < -FLT_MAX) {
            pith__json_str(out, pith__str_of("-infinity"));
        } else {
            pith__json_f32(out, pairs[i].bias);
        }
    }
    pith__json_end_object(out);
}

static void put_value(pith__json *out, const pith_options *options, const pith__key *key) {
    switch (key->type) {
    case PITH_TYPE_I64:
        put_i64(out, pith__options_i64(options, key->number));
        break;
    case PITH_TYPE_F64:
        pith__json_f64(out, pith__options_f64(options, key->number));
        break;
    case PITH_TYPE_STR:
        pith__json_str(out, pith__options_str(options, key->number));
        break;
    case PITH_TYPE_PAIRS:
        put_pairs(out, options, key);
        break;
    default:
        put_list(out, options, key);
        break;
    }
}

int32_t pith_options_get_json(const pith_options *options, char *buffer, uint64_t capacity, uint64_t *size) {
    PITH_OUT(size, 0);
    PITH_REQUIRE(options);
    PITH_TRY(pith__arg_buffer(__func__, buffer, capacity));
    pith__fpmode saved = pith__fpmode_enter();
    pith__json json;
    const pith__key *key;
    pith__json_init(&json, pith__default_mem());
    pith__json_begin_object(&json);
    for (uint32_t i = 0; (key = pith__key_nth(options->scope, i)) != NULL; i++) {
        pith__json_key(&json, pith__str_of(key->name));
        put_value(&json, options, key);
    }
    pith__json_end_object(&json);
    int32_t status = pith__json_copy_out(__func__, &json, buffer, capacity, size);
    pith__fpmode_leave(saved);
    return status;
}
