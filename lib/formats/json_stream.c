/* The reader keeps one place in the text and a bit for each level that is open; a value that begins there is `due`
 * until some call goes over it. Skipping is a loop over the same steps, so nothing recurses. Source of the grammar: RFC
 * 8259.
 *
 * Invariant: while a value is due, `at` is at its first byte and at < end; no byte at or after `end` is read. A call
 * that finds a failure sets status once, with the text. Must not know: what is inside strings and numbers
 * (json_string.c, json_number.c). */
#include "formats/json_stream.h"
#include "base/format.h"
#include "formats/json_number.h"
#include "formats/json_string.h"
#include <stdarg.h>

/* ---- failing ---- */

static int32_t fail_list(pith__jstream *json, const char *place, int32_t status, const char *format, va_list args) {
    char text[320];
    pith__format_v(text, sizeof(text), format, args);
    size_t length = strlen(json->name);
    const char *name = json->name + (length > 100 ? length - 100 : 0); /* the end of a long path says the most */
    json->status = pith__fail(status, "%s: byte %llu: %s", name, (unsigned long long)(place - json->text), text);
    return json->status;
}

/* At a place in the text. */
static int32_t fail_at(pith__jstream *json, const char *place, int32_t status, const char *format, ...)
    PITH__PRINTF(4, 5);

static int32_t fail_at(pith__jstream *json, const char *place, int32_t status, const char *format, ...) {
    va_list args;
    va_start(args, format);
    fail_list(json, place, status, format, args);
    va_end(args);
    return json->status;
}

int32_t pith__jstream_fail(pith__jstream *json, int32_t status, const char *format, ...) {
    if (json->status == PITH_OK) {
        va_list args;
        va_start(args, format);
        fail_list(json, json->last, status, format, args);
        va_end(args);
    }
    return json->status;
}

/* ---- small steps ---- */

static void pass_space(pith__jstream *json) {
    const char *at = json->at, *end = json->end;
    while (at < end && (*at == ' ' || *at == '\n' || *at == '\r' || *at == '\t')) {
        at++;
    }
    json->at = at;
}

static bool stands_here(const pith__jstream *json, char c) {
    return json->at < json->end && *json->at == c;
}

static pith__jstream_type type_of(char c) {
    switch (c) {
    case '{':
        return PITH__JSTREAM_OBJECT;
    case '[':
        return PITH__JSTREAM_ARRAY;
    case '"':
        return PITH__JSTREAM_STRING;
    case 't':
    case 'f':
        return PITH__JSTREAM_BOOL;
    case 'n':
        return PITH__JSTREAM_NULL;
    default:
        return c == '-' || (c >= '0' && c <= '9') ? PITH__JSTREAM_NUMBER : PITH__JSTREAM_NOTHING;
    }
}

static int32_t fail_expected(pith__jstream *json, const char *what) {
    if (json->at == json->end) {
        return fail_at(json, json->at, PITH_E_FORMAT, "the text ends where %s was expected", what);
    }
    unsigned char c = (unsigned char)*json->at;
    if (c > 0x20 && c < 0x7f) {
        return fail_at(json, json->at, PITH_E_FORMAT, "expected %s, found '%c'", what, c);
    }
    return fail_at(json, json->at, PITH_E_FORMAT, "expected %s, found byte 0x%02x", what, (unsigned)c);
}

/* From here on a value is due. */
static bool await_value(pith__jstream *json) {
    pass_space(json);
    if (json->at == json->end || type_of(*json->at) == PITH__JSTREAM_NOTHING) {
        fail_expected(json, "a value");
        return false;
    }
    json->due = true;
    json->last = json->at;
    return true;
}

void pith__jstream_open(pith__jstream *json, pith__str text, const char *name, pith__json_arena *arena) {
    const char *start = text.ptr ? text.ptr : "";
    *json = (pith__jstream){
        .name = name, .text = start, .at = start, .end = start + text.len, .last = start, .arena = arena};
    await_value(json);
}

void pith__jstream_open_part(pith__jstream *json, const pith__jstream *whole, pith__str part) {
    *json = *whole;
    json->at = part.ptr;
    json->end = part.ptr + part.len;
    json->depth = 0;
    json->objects = 0;
    if (json->status == PITH_OK) {
        await_value(json);
    }
}

pith__jstream_type pith__jstream_peek(const pith__jstream *json) {
    return json->status == PITH_OK && json->due ? type_of(*json->at) : PITH__JSTREAM_NOTHING;
}

/* ---- scalars ---- */

static const char *const type_names[] = {"nothing",  "an object",     "an array", "a string",
                                         "a number", "true or false", "null"};

/* Whether a value of that type is due; fails if not. */
static int32_t want(pith__jstream *json, pith__jstream_type type) {
    if (json->status != PITH_OK) {
        return json->status;
    }
    if (!json->due) {
        return fail_at(json, json->at, PITH_E_INTERNAL, "%s is asked for where no value is due", type_names[type]);
    }
    pith__jstream_type found = type_of(*json->at);
    if (found != type) {
        return fail_at(json, json->at, PITH_E_FORMAT, "expected %s, found %s", type_names[type], type_names[found]);
    }
    return PITH_OK;
}

/* Goes over the string that begins here, and gives what is between its quotes. */
static int32_t pass_string(pith__jstream *json, pith__str *inner, bool *escapes) {
    const char *start = json->at + 1;
    pith__json_scan scan = pith__json_scan_string(start, json->end);
    *inner = (pith__str){start, (uint64_t)(scan.end - start)};
    *escapes = scan.escapes;
    if (scan.fault) {
        return fail_at(json, scan.end, PITH_E_FORMAT, "%s", scan.fault);
    }
    json->at = scan.end + 1;
    return PITH_OK;
}

/* Puts the characters that the string stands for in its place. */
static int32_t unescape(pith__jstream *json, pith__str *s) {
    char *room;
    int32_t status = pith__json_arena_take(json->arena, s->len, &room);
    if (status != PITH_OK) {
        json->status = status;
        return status;
    }
    uint64_t length = pith__json_unescape(*s, room);
    pith__json_arena_return(json->arena, s->len - length);
    *s = (pith__str){room, length};
    return PITH_OK;
}

static int32_t pass_number(pith__jstream *json, pith__str *number) {
    const char *start = json->at, *end = pith__json_scan_number(start, json->end);
    if (!end) {
        return fail_at(json, start, PITH_E_FORMAT, "not a number as JSON writes them");
    }
    *number = (pith__str){start, (uint64_t)(end - start)};
    json->at = end;
    return PITH_OK;
}

static int32_t pass_word(pith__jstream *json) {
    const char *word = *json->at == 't' ? "true" : *json->at == 'f' ? "false" : "null";
    size_t length = strlen(word);
    if ((size_t)(json->end - json->at) < length || memcmp(json->at, word, length) != 0) {
        return fail_at(json, json->at, PITH_E_FORMAT, "expected '%s'", word);
    }
    json->at += length;
    return PITH_OK;
}

int32_t pith__jstream_string(pith__jstream *json, pith__str *out) {
    bool escapes = false;
    PITH_TRY(want(json, PITH__JSTREAM_STRING));
    PITH_TRY(pass_string(json, out, &escapes));
    json->due = false;
    return escapes ? unescape(json, out) : PITH_OK;
}

int32_t pith__jstream_double(pith__jstream *json, double *out) {
    pith__str number = {0};
    PITH_TRY(want(json, PITH__JSTREAM_NUMBER));
    PITH_TRY(pass_number(json, &number));
    json->due = false;
    if (!pith__json_to_double(number, out)) {
        return fail_at(json, number.ptr, PITH_E_FORMAT, "%.*s is beyond the range of a double", PITH__STR_ARG(number));
    }
    return PITH_OK;
}

int32_t pith__jstream_integer(pith__jstream *json, int64_t *out) {
    pith__str number = {0};
    PITH_TRY(want(json, PITH__JSTREAM_NUMBER));
    PITH_TRY(pass_number(json, &number));
    json->due = false;
    if (!pith__json_to_integer(number, out)) {
        return fail_at(json, number.ptr, PITH_E_FORMAT, "expected an integer of 64 bits, found %.*s",
                       PITH__STR_ARG(number));
    }
    return PITH_OK;
}

int32_t pith__jstream_bool(pith__jstream *json, bool *out) {
    PITH_TRY(want(json, PITH__JSTREAM_BOOL));
    bool value = *json->at == 't';
    PITH_TRY(pass_word(json));
    json->due = false;
    *out = value;
    return PITH_OK;
}

bool pith__jstream_null(pith__jstream *json) {
    if (pith__jstream_peek(json) != PITH__JSTREAM_NULL || pass_word(json) != PITH_OK) {
        return false;
    }
    json->due = false;
    return true;
}

/* ---- objects and arrays ---- */

static int32_t enter(pith__jstream *json) {
    if (json->depth == PITH__JSTREAM_DEPTH) {
        return fail_at(json, json->at, PITH_E_FORMAT, "more than %d levels deep", PITH__JSTREAM_DEPTH);
    }
    json->objects = json->objects << 1 | (*json->at == '{');
    json->depth++;
    json->at++;
    json->first = true;
    json->due = false;
    return PITH_OK;
}

int32_t pith__jstream_enter_object(pith__jstream *json) {
    PITH_TRY(want(json, PITH__JSTREAM_OBJECT));
    return enter(json);
}

int32_t pith__jstream_enter_array(pith__jstream *json) {
    PITH_TRY(want(json, PITH__JSTREAM_ARRAY));
    return enter(json);
}

/* Goes up to the next key or element; false: there is none, and the object or array is left, or something failed. */
static bool next_item(pith__jstream *json, char closing) {
    pass_space(json);
    bool first = json->first;
    json->first = false;
    if (stands_here(json, closing)) {
        json->at++;
        json->depth--;
        json->objects >>= 1;
        return false;
    }
    if (!first) {
        if (!stands_here(json, ',')) {
            fail_expected(json, closing == '}' ? "',' or '}'" : "',' or ']'");
            return false;
        }
        json->at++;
    }
    return true;
}

/* A key as it is written, and its value due. */
static bool next_raw_key(pith__jstream *json, pith__str *key, bool *escapes) {
    if (!next_item(json, '}')) {
        return false;
    }
    pass_space(json);
    if (!stands_here(json, '"')) {
        fail_expected(json, "a key");
        return false;
    }
    if (pass_string(json, key, escapes) != PITH_OK) {
        return false;
    }
    pass_space(json);
    if (!stands_here(json, ':')) {
        fail_expected(json, "':'");
        return false;
    }
    json->at++;
    return await_value(json);
}

/* Goes over the value that is due, or into it. */
static void pass_or_enter(pith__jstream *json) {
    pith__str text;
    bool escapes = false;
    json->due = false;
    switch (type_of(*json->at)) {
    case PITH__JSTREAM_OBJECT:
    case PITH__JSTREAM_ARRAY:
        enter(json);
        break;
    case PITH__JSTREAM_STRING:
        pass_string(json, &text, &escapes);
        break;
    case PITH__JSTREAM_NUMBER:
        pass_number(json, &text);
        break;
    default:
        pass_word(json);
    }
}

static void skip_value(pith__jstream *json) {
    uint32_t outer = json->depth;
    pith__str key;
    bool escapes = false;
    pass_or_enter(json);
    while (json->status == PITH_OK && json->depth > outer) {
        bool more = json->objects & 1 ? next_raw_key(json, &key, &escapes) : next_item(json, ']') && await_value(json);
        if (more) {
            pass_or_enter(json);
        }
    }
}

/* Before the next key or element: the last one's value is skipped if it was not read. */
static bool ready_for_next(pith__jstream *json, bool object) {
    if (json->status == PITH_OK && json->due) {
        skip_value(json);
    }
    if (json->status == PITH_OK && (json->depth == 0 || (json->objects & 1) != object)) {
        fail_at(json, json->at, PITH_E_INTERNAL, "a key or an element is asked for outside its object or array");
    }
    return json->status == PITH_OK;
}

bool pith__jstream_next_key(pith__jstream *json, pith__str *key) {
    bool escapes = false;
    if (!ready_for_next(json, true) || !next_raw_key(json, key, &escapes)) {
        return false;
    }
    return !escapes || unescape(json, key) == PITH_OK;
}

bool pith__jstream_next_element(pith__jstream *json) {
    return ready_for_next(json, false) && next_item(json, ']') && await_value(json);
}

/* ---- any value ---- */

int32_t pith__jstream_raw(pith__jstream *json, pith__str *out) {
    if (json->status == PITH_OK && !json->due) {
        return fail_at(json, json->at, PITH_E_INTERNAL, "a value is asked for where none is due");
    }
    if (json->status == PITH_OK) {
        const char *start = json->at;
        skip_value(json);
        *out = (pith__str){start, (uint64_t)(json->at - start)};
    }
    return json->status;
}

int32_t pith__jstream_skip(pith__jstream *json) {
    pith__str ignored;
    return pith__jstream_raw(json, &ignored);
}

int32_t pith__jstream_finish(pith__jstream *json) {
    if (json->status == PITH_OK && json->due) {
        skip_value(json);
    }
    if (json->status != PITH_OK) {
        return json->status;
    }
    if (json->depth > 0) {
        return fail_at(json, json->at, PITH_E_INTERNAL, "reading ends inside an object or array");
    }
    pass_space(json);
    return json->at == json->end ? PITH_OK : fail_expected(json, "the end");
}
