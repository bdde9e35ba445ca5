/* The values of an options object in their slots: checked against the key table when they are set, read back with the
 * defaults filled in. The JSON form is in options_json.c, what the values mean to the rest of the library in
 * options_apply.c. */
#include "api/args.h"
#include "api/default_host.h"
#include "api/options.h"

static pith__mem *memory(void) {
    return pith__default_mem();
}

static pith__setting *setting_of(pith_options *options, const pith__key *key) {
    return &options->settings[pith__key_slot(key)];
}

/* ---- values ---- */

static void free_items(int32_t type, pith__setting *setting) {
    if (type == PITH_TYPE_STRS) {
        pith__str *texts = setting->items;
        for (uint64_t i = 0; i < setting->count; i++) {
            pith__mem_free(memory(), (void *)(uintptr_t)texts[i].ptr);
        }
    }
    pith__mem_free(memory(), setting->items);
    *setting = (pith__setting){0};
}

void pith__clear(pith_options *options, const pith__key *key) {
    free_items(key->type, setting_of(options, key));
}

static int32_t fail_range(const pith__key *key) {
    return pith__fail(PITH_E_OPTION, "%s must be %s%s", key->name, key->choices ? "one of " : "", key->range);
}

static int32_t fail_number(const pith__key *key, double given) {
    return pith__fail(PITH_E_OPTION, "%s must be %s; %.17g was given", key->name, key->range, given);
}

int32_t pith__set_i64(pith_options *options, const pith__key *key, int64_t value) {
    if (value < key->bounds.i64_low || value > key->bounds.i64_high) {
        return pith__fail(PITH_E_OPTION, "%s must be %s; %lld was given", key->name, key->range, (long long)value);
    }
    *setting_of(options, key) = (pith__setting){.set = true, .number.i64 = value};
    return PITH_OK;
}

int32_t pith__set_f64(pith_options *options, const pith__key *key, double value) {
    if (!(value >= key->bounds.f64_low && value <= key->bounds.f64_high)) { /* NaN too */
        return fail_number(key, value);
    }
    *setting_of(options, key) = (pith__setting){.set = true, .number.f64 = value};
    return PITH_OK;
}

static int32_t check_text(const pith__key *key, pith__str value) {
    if (value.len < (uint64_t)key->bounds.i64_low || value.len > (uint64_t)key->bounds.i64_high) {
        return key->choices ? fail_range(key)
                            : pith__fail(PITH_E_OPTION, "%s takes %lld to %lld bytes; %llu were given", key->name,
                                         (long long)key->bounds.i64_low, (long long)key->bounds.i64_high,
                                         (unsigned long long)value.len);
    }
    if (value.len > 0 && memchr(value.ptr, 0, (size_t)value.len)) {
        return pith__fail(PITH_E_OPTION, "%s: the text holds a zero byte", key->name);
    }
    if (key->choices && pith__key_choice(key, value) < 0) {
        return pith__fail(PITH_E_OPTION, "%s must be one of %s; '%.*s' was given", key->name, key->range,
                          PITH__STR_ARG(value));
    }
    return PITH_OK;
}

static int32_t copy_text(pith__str value, char **out) {
    PITH_TRY(PITH_NEW_ARRAY(memory(), out, value.len + 1, "options"));
    memcpy(*out, value.ptr, (size_t)value.len);
    return PITH_OK;
}

int32_t pith__set_str(pith_options *options, const pith__key *key, pith__str value) {
    PITH_TRY(check_text(key, value));
    char *text;
    PITH_TRY(copy_text(value, &text));
    pith__clear(options, key);
    *setting_of(options, key) = (pith__setting){.set = true, .items = text, .count = value.len};
    return PITH_OK;
}

/* Room for one more item. The capacity is the count rounded up to a power of two, so it need not be stored. */
static int32_t grow(const pith__key *key, pith__setting *setting, uint64_t item_size) {
    uint64_t count = setting->count;
    if (count >= PITH__LIST_LIMIT) {
        return pith__fail(PITH_E_OPTION, "%s takes at most %d values", key->name, PITH__LIST_LIMIT);
    }
    if ((count & (count - 1)) != 0) {
        return PITH_OK;
    }
    return pith__mem_resize(memory(), &setting->items, count ? 2 * count : 1, item_size, "options");
}

int32_t pith__add_str(pith_options *options, const pith__key *key, pith__str value) {
    PITH_TRY(check_text(key, value));
    pith__setting *setting = setting_of(options, key);
    PITH_TRY(grow(key, setting, sizeof(pith__str)));
    char *text;
    PITH_TRY(copy_text(value, &text));
    ((pith__str *)setting->items)[setting->count++] = (pith__str){text, value.len};
    setting->set = true;
    return PITH_OK;
}

int32_t pith__set_i64s(pith_options *options, const pith__key *key, const int64_t *values, uint64_t count) {
    if (count > PITH__LIST_LIMIT) {
        return pith__fail(PITH_E_OPTION, "%s takes at most %d values", key->name, PITH__LIST_LIMIT);
    }
    for (uint64_t i = 0; i < count; i++) {
        if (values[i] < key->bounds.i64_low || values[i] > key->bounds.i64_high) {
            return pith__fail(PITH_E_OPTION, "%s takes %s; %lld was given", key->name, key->range,
                              (long long)values[i]);
        }
    }
    int32_t *items;
    PITH_TRY(PITH_NEW_ARRAY(memory(), &items, count, "options"));
    for (uint64_t i = 0; i < count; i++) {
        items[i] = (int32_t)values[i];
    }
    pith__clear(options, key);
    *setting_of(options, key) = (pith__setting){.set = true, .items = items, .count = count};
    return PITH_OK;
}

int32_t pith__add_pair(pith_options *options, const pith__key *key, int64_t first, double second) {
    const pith__bounds *b = &key->bounds;
    if (first < b->i64_low || first > b->i64_high) {
        return pith__fail(PITH_E_OPTION, "%s takes %s; the id %lld was given", key->name, key->range, (long long)first);
    }
    bool forbids = second < -1.7976931348623157e308;
    if (!forbids && !(second >= b->f64_low && second <= b->f64_high)) {
        return pith__fail(PITH_E_OPTION, "%s takes %s; the number %.17g was given", key->name, key->range, second);
    }
    pith__setting *setting = setting_of(options, key);
    PITH_TRY(grow(key, setting, sizeof(pith__bias)));
    ((pith__bias *)setting->items)[setting->count++] = (pith__bias){(int32_t)first, (float)second};
    setting->set = true;
    return PITH_OK;
}

/* ---- reading ---- */

static const pith__setting *set_value(const pith_options *options, const pith__key *key) {
    const pith__setting *setting = options ? &options->settings[pith__key_slot(key)] : NULL;
    return setting && setting->set ? setting : NULL;
}

int64_t pith__options_i64(const pith_options *options, int32_t key) {
    const pith__key *k = pith__key_get(key);
    const pith__setting *setting = set_value(options, k);
    return setting ? setting->number.i64 : k->bounds.i64_normal;
}

double pith__options_f64(const pith_options *options, int32_t key) {
    const pith__key *k = pith__key_get(key);
    const pith__setting *setting = set_value(options, k);
    return setting ? setting->number.f64 : k->bounds.f64_normal;
}

pith__str pith__options_str(const pith_options *options, int32_t key) {
    const pith__key *k = pith__key_get(key);
    const pith__setting *setting = set_value(options, k);
    return setting ? (pith__str){setting->items, setting->count} : pith__str_of(k->normal);
}

const void *pith__options_items(const pith_options *options, int32_t key, uint64_t *count) {
    const pith__setting *setting = set_value(options, pith__key_get(key));
    *count = setting ? setting->count : 0;
    return setting ? setting->items : NULL;
}

int32_t pith__options_check(const char *function, const pith_options *options, int32_t scope) {
    if (options && options->scope != scope) {
        return pith__fail(PITH_E_ARGUMENT, "%s: the options are of scope %s, %s is needed", function,
                          pith__scope_name(options->scope), pith__scope_name(scope));
    }
    return PITH_OK;
}

/* ---- all of them ---- */

void pith__settings_clear(pith_options *options) {
    const pith__key *key;
    for (uint32_t i = 0; (key = pith__key_nth(options->scope, i)) != NULL; i++) {
        pith__clear(options, key);
    }
}

static int32_t clone_texts(pith_options *to, const pith__key *key, const pith__setting *from) {
    const pith__str *texts = from->items;
    for (uint64_t i = 0; i < from->count; i++) {
        PITH_TRY(pith__add_str(to, key, texts[i]));
    }
    return PITH_OK;
}

static int32_t clone_pairs(pith_options *to, const pith__key *key, const pith__setting *from) {
    const pith__bias *pairs = from->items;
    for (uint64_t i = 0; i < from->count; i++) {
        PITH_TRY(pith__add_pair(to, key, pairs[i].id, (double)pairs[i].bias));
    }
    return PITH_OK;
}

static int32_t clone_setting(pith_options *to, const pith__key *key, const pith__setting *from) {
    switch (key->type) {
    case PITH_TYPE_STR:
        return pith__set_str(to, key, (pith__str){from->items, from->count});
    case PITH_TYPE_STRS:
        return clone_texts(to, key, from);
    case PITH_TYPE_PAIRS:
        return clone_pairs(to, key, from);
    case PITH_TYPE_I64S: {
        int32_t *items;
        PITH_TRY(PITH_NEW_ARRAY(memory(), &items, from->count, "options"));
        memcpy(items, from->items, (size_t)from->count * sizeof(*items));
        *setting_of(to, key) = (pith__setting){.set = true, .items = items, .count = from->count};
        return PITH_OK;
    }
    default:
        *setting_of(to, key) = *from;
        return PITH_OK;
    }
}

int32_t pith__settings_copy(pith_options *to, const pith_options *from) {
    const pith__key *key;
    for (uint32_t i = 0; (key = pith__key_nth(from->scope, i)) != NULL; i++) {
        if (from->settings[i].set) {
            PITH_TRY(clone_setting(to, key, &from->settings[i]));
        }
    }
    return PITH_OK;
}
