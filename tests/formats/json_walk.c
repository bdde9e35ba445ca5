/* The walk recurses, at most as deep as the reader goes. */
#include "formats/json_walk.h"

static int32_t walk_value(pith__jstream *json, pith__json *out);

static int32_t walk_object(pith__jstream *json, pith__json *out) {
    pith__str key;
    PITH_TRY(pith__jstream_enter_object(json));
    pith__json_begin_object(out);
    while (pith__jstream_next_key(json, &key)) {
        pith__json_key(out, key);
        PITH_TRY(walk_value(json, out));
    }
    pith__json_end_object(out);
    return json->status;
}

static int32_t walk_array(pith__jstream *json, pith__json *out) {
    PITH_TRY(pith__jstream_enter_array(json));
    pith__json_begin_array(out);
    while (pith__jstream_next_element(json)) {
        PITH_TRY(walk_value(json, out));
    }
    pith__json_end_array(out);
    return json->status;
}

static int32_t walk_string(pith__jstream *json, pith__json *out) {
    pith__str value = {0};
    PITH_TRY(pith__jstream_string(json, &value));
    pith__json_str(out, value);
    return PITH_OK;
}

static int32_t walk_number(pith__jstream *json, pith__json *out) {
    double value = 0;
    PITH_TRY(pith__jstream_double(json, &value));
    pith__json_f64(out, value);
    return PITH_OK;
}

static int32_t walk_bool(pith__jstream *json, pith__json *out) {
    bool value = false;
    PITH_TRY(pith__jstream_bool(json, &value));
    pith__json_bool(out, value);
    return PITH_OK;
}

static int32_t walk_value(pith__jstream *json, pith__json *out) {
    switch (pith__jstream_peek(json)) {
    case PITH__JSTREAM_OBJECT:
        return walk_object(json, out);
    case PITH__JSTREAM_ARRAY:
        return walk_array(json, out);
    case PITH__JSTREAM_STRING:
        return walk_string(json, out);
    case PITH__JSTREAM_NUMBER:
        return walk_number(json, out);
    case PITH__JSTREAM_BOOL:
        return walk_bool(json, out);
    default:
        if (pith__jstream_null(json)) {
            pith__json_null(out);
        }
        return json->status;
    }
}

int32_t json_walk(pith__str text, pith__mem *mem, pith__json *out) {
    pith__json_arena arena;
    pith__jstream json;
    pith__json_arena_init(&arena, mem, text.len + 1);
    pith__jstream_open(&json, text, "walk", &arena);
    int32_t status = walk_value(&json, out);
    if (status == PITH_OK) {
        status = pith__jstream_finish(&json);
    }
    pith__json_arena_free(&arena);
    return status == PITH_OK ? pith__json_finish(out) : status;
}

int32_t json_pass(pith__str text) {
    pith__jstream json;
    pith__jstream_open(&json, text, "pass", NULL);
    return pith__jstream_finish(&json);
}
