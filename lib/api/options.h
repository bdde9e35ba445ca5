/* An options object: the settings of one scope that differ from the defaults, and that scope's hooks. Behind
 * pith_options.
 *
 * Invariant: every stored value has passed the key table's checks, so readers need none; memory is of the default host.
 * Must not know: what the settings do. */
#ifndef PITH_API_OPTIONS_H
#define PITH_API_OPTIONS_H

#include "api/keys.h"
#include "base/memory.h"
#include "sampling/sampling.h"
#include <stdbool.h>

/* One key's value. `items` are owned: char (str), pith__str with owned bytes (strs), int32_t (i64s), pith__bias
 * (pairs). */
typedef struct pith__setting {
    bool set;
    union {
        int64_t i64;
        double f64;
    } number;
    void *items;
    uint64_t count; /* of items; bytes of a str */
} pith__setting;

typedef struct pith__hook {
    union {
        pith_alloc_fn allocator;
        pith_log_fn log;
        pith_executor_fn executor;
        pith_progress_fn progress;
    } call;
    void *user;
} pith__hook;

struct pith_options {
    int32_t scope;
    pith__setting settings[PITH__KEYS_PER_SCOPE]; /* by pith__key_slot */
    pith__hook allocator, log, executor, progress;
};

/* The value in effect; `options` may be NULL (all defaults), and is of the key's scope. Views live as long as the
 * options. */
int64_t pith__options_i64(const pith_options *options, int32_t key);
double pith__options_f64(const pith_options *options, int32_t key);
pith__str pith__options_str(const pith_options *options, int32_t key);
const void *pith__options_items(const pith_options *options, int32_t key, uint64_t *count);

/* PITH_E_ARGUMENT when `options` are there and of another scope. */
int32_t pith__options_check(const char *function, const pith_options *options, int32_t scope);

/* What the public setters do, the key being one of the options' own scope and of the right type. */
int32_t pith__set_i64(pith_options *options, const pith__key *key, int64_t value);
int32_t pith__set_f64(pith_options *options, const pith__key *key, double value);
int32_t pith__set_str(pith_options *options, const pith__key *key, pith__str value);
int32_t pith__add_str(pith_options *options, const pith__key *key, pith__str value);
int32_t pith__set_i64s(pith_options *options, const pith__key *key, const int64_t *values, uint64_t count);
int32_t pith__add_pair(pith_options *options, const pith__key *key, int64_t first, double second);
void pith__clear(pith_options *options, const pith__key *key);

void pith__settings_clear(pith_options *options);
/* Copies what is set in `from` to `to`, of the same scope and empty; on failure `to` has a part of it. */
int32_t pith__settings_copy(pith_options *to, const pith_options *from);

#endif
