/* The gate before cJSON, and the lock around it. Source of the grammar: RFC 8259. */
#include "formats/json_reader.h"
#include "base/os.h"
#include <stdatomic.h>

/* ---- the lock: made at first use, and anew in the child of a fork, where its holder may not exist any more ---- */

enum {
    NOT_MADE = 0,
    BEING_MADE = 1,
    FIRST_MADE = 2
};
static _Atomic uint64_t lock_state; /* FIRST_MADE + the fork generation it was made in */
static pith__mutex lock;

static int32_t make_lock(void) {
    uint64_t made = FIRST_MADE + pith__fork_generation();
    uint64_t state = atomic_load_explicit(&lock_state, memory_order_acquire);
    while (state != made) {
        if (state != BEING_MADE && atomic_compare_exchange_weak_explicit(&lock_state, &state, BEING_MADE,
                                                                         memory_order_acquire, memory_order_acquire)) {
            int32_t status = pith__mutex_init(&lock);
            atomic_store_explicit(&lock_state, status == PITH_OK ? made : NOT_MADE, memory_order_release);
            return status;
        }
        pith__cpu_relax();
        state = atomic_load_explicit(&lock_state, memory_order_acquire);
    }
    return PITH_OK;
}

/* ---- the gate ---- */

/* Bytes and depth are bounded; brackets inside strings do not count. */
static int32_t check(pith__str json, const char *what) {
    if (json.len > PITH__JSON_BYTES) {
        return pith__fail(PITH_E_FORMAT, "%s: JSON of %llu bytes; at most %d are taken", what,
                          (unsigned long long)json.len, PITH__JSON_BYTES);
    }
    int depth = 0;
    bool in_string = false;
    for (uint64_t i = 0; i < json.len; i++) {
        char c = json.ptr[i];
        if (c == 0 || (c == '\\' && json.len - i >= 6 && memcmp(json.ptr + i, "\\u0000", 6) == 0)) {
            return pith__fail(PITH_E_FORMAT, "%s: JSON with a zero byte (at byte %llu)", what, (unsigned long long)i);
        }
        if (in_string) {
            i += c == '\\';
            in_string = c != '"';
        } else if (c == '"') {
            in_string = true;
        } else {
            depth += (c == '{' || c == '[') - (c == '}' || c == ']');
        }
        if (depth > PITH__JSON_DEPTH) {
            return pith__fail(PITH_E_FORMAT, "%s: JSON deeper than %d levels", what, PITH__JSON_DEPTH);
        }
    }
    return PITH_OK;
}

static bool is_space(char c) {
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

int32_t pith__json_read(pith__str json, const char *what, cJSON **out) {
    *out = NULL;
    PITH_TRY(check(json, what));
    PITH_TRY(make_lock());
    const char *end = json.ptr;
    pith__mutex_lock(&lock);
    cJSON *root = cJSON_ParseWithLengthOpts(json.ptr, (size_t)json.len, &end, 0);
    pith__mutex_unlock(&lock);
    uint64_t at = (uint64_t)(end - json.ptr);
    while (root && at < json.len && is_space(json.ptr[at])) {
        at++;
    }
    if (!root || at < json.len) {
        cJSON_Delete(root);
        return pith__fail(PITH_E_FORMAT, "%s: not valid JSON near byte %llu of %llu (or no memory to read it)", what,
                          (unsigned long long)at, (unsigned long long)json.len);
    }
    *out = root;
    return PITH_OK;
}
