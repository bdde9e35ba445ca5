/* Objects of tokenizer.json and their fields: see hf.h. Objects are small, so each field is looked for anew. */
#include "vocabulary/hf.h"

int32_t pith__hf_unsupported(const char *what, pith__str name) {
    return pith__fail(PITH_E_UNSUPPORTED, "tokenizer.json: %s '%.*s' is not supported", what, PITH__STR_ARG(name));
}

/* A reader at the value of a key; false: there is none. */
static bool seek(pith__hf *hf, pith__str object, const char *key, pith__jstream *at) {
    pith__str found;
    pith__jstream_open_part(at, &hf->json, object);
    pith__jstream_enter_object(at);
    while (pith__jstream_next_key(at, &found)) {
        if (pith__str_is(found, key)) {
            return !pith__jstream_null(at);
        }
    }
    return false;
}

int32_t pith__hf_object_open(pith__hf *hf, pith__str json, pith__hf_object *out) {
    *out = (pith__hf_object){json, pith__str_of("")};
    return pith__hf_str(hf, out, "type", "", &out->type);
}

static bool is_known(pith__str key, const char *const *known) {
    for (; *known != NULL; known++) {
        if (pith__str_is(key, *known)) {
            return true;
        }
    }
    return pith__str_is(key, "type");
}

int32_t pith__hf_object_check(pith__hf *hf, const pith__hf_object *object, const char *const *known) {
    pith__jstream at;
    pith__str key;
    pith__jstream_open_part(&at, &hf->json, object->json);
    pith__jstream_enter_object(&at);
    while (pith__jstream_next_key(&at, &key)) {
        if (!is_known(key, known)) {
            return pith__fail(PITH_E_UNSUPPORTED, "tokenizer.json: %.*s has '%.*s', which is not known", PITH__STR_ARG(object->type),
                              PITH__STR_ARG(key));
        }
    }
    return at.status;
}

int32_t pith__hf_field(pith__hf *hf, const pith__hf_object *object, const char *key, pith__str *out) {
    pith__jstream at;
    *out = pith__str_of("");
    return seek(hf, object->json, key, &at) ? pith__jstream_raw(&at, out) : at.status;
}

int32_t pith__hf_bool(pith__hf *hf, const pith__hf_object *object, const char *key, bool otherwise, bool *out) {
    pith__jstream at;
    *out = otherwise;
    return seek(hf, object->json, key, &at) ? pith__jstream_bool(&at, out) : at.status;
}

int32_t pith__hf_str(pith__hf *hf, const pith__hf_object *object, const char *key, const char *otherwise, pith__str *out) {
    pith__jstream at;
    *out = pith__str_of(otherwise);
    return seek(hf, object->json, key, &at) ? pith__jstream_string(&at, out) : at.status;
}

int32_t pith__hf_integer(pith__hf *hf, const pith__hf_object *object, const char *key, int64_t otherwise, int64_t *out) {
    pith__jstream at;
    *out = otherwise;
    return seek(hf, object->json, key, &at) ? pith__jstream_integer(&at, out) : at.status;
}

int32_t pith__hf_pattern(pith__hf *hf, const pith__hf_object *object, const char *key, bool *regex, pith__str *out) {
    pith__jstream at;
    *regex = false;
    *out = pith__str_of("");
    if (!seek(hf, object->json, key, &at)) {
        return at.status ? at.status : pith__fail(PITH_E_FORMAT, "tokenizer.json: %.*s has no pattern", PITH__STR_ARG(object->type));
    }
    if (pith__jstream_peek(&at) == PITH__JSTREAM_STRING) {
        return pith__jstream_string(&at, out);
    }
    pith__str kind;
    PITH_TRY(pith__jstream_enter_object(&at));
    if (!pith__jstream_next_key(&at, &kind) || !(pith__str_is(kind, "String") || pith__str_is(kind, "Regex"))) {
        return at.status ? at.status : pith__jstream_fail(&at, PITH_E_FORMAT, "a pattern is neither String nor Regex");
    }
    *regex = pith__str_is(kind, "Regex");
    return pith__jstream_string(&at, out);
}

int32_t pith__hf_objects(pith__hf *hf, pith__str array, pith__hf_each each) {
    pith__jstream at;
    pith__jstream_open_part(&at, &hf->json, array);
    pith__jstream_enter_array(&at);
    while (pith__jstream_next_element(&at)) {
        pith__str json;
        pith__hf_object object;
        PITH_TRY(pith__jstream_raw(&at, &json));
        PITH_TRY(pith__hf_object_open(hf, json, &object));
        PITH_TRY(each(hf, &object));
    }
    return at.status;
}
