/* Hyperparameters by table. See hparams.h. */
#include "arch/hparams.h"
#include "base/format.h"
#include <string.h>

#define KEY_CAPACITY 128

static int32_t unknown_family(pith__str name) {
    char known[KEY_CAPACITY] = "";
    for (uint32_t i = 0; pith__family_at(i); i++) {
        size_t len = strlen(known);
        pith__format(known + len, sizeof(known) - len, "%s%s", i ? ", " : "", pith__family_at(i)->name);
    }
    return pith__fail(PITH_E_UNSUPPORTED, "model family '%.*s' is not one this version runs (it runs %s)",
                      PITH__STR_ARG(name), known);
}

int32_t pith__family_of(const pith__modelfile *file, const pith__family **out) {
    pith__str name;
    PITH_TRY(pith__kv_str(file, "general.architecture", NULL, &name));
    *out = pith__family_find(name);
    return *out ? PITH_OK : unknown_family(name);
}

static int32_t read_rope_scaling(const pith__modelfile *file, const char *key, pith__hparams *h) {
    bool found = false;
    pith__str text;
    PITH_TRY(pith__kv_str(file, key, &found, &text));
    h->rope_scaling = PITH__ROPE_NONE;
    if (!found || pith__str_is(text, "none")) {
        return PITH_OK;
    }
    if (pith__str_is(text, "linear")) {
        h->rope_scaling = PITH__ROPE_LINEAR;
    } else if (pith__str_is(text, "yarn")) {
        h->rope_scaling = PITH__ROPE_YARN;
    } else {
        return pith__fail(PITH_E_UNSUPPORTED, "%s is '%.*s'; this version knows none, linear and yarn", key,
                          PITH__STR_ARG(text));
    }
    return PITH_OK;
}

static void *field(pith__hparams *h, const pith__hparam_rule *rule) {
    return (uint8_t *)h + rule->offset;
}

static void store(pith__hparams *h, const pith__hparam_rule *rule, double value) {
    void *at = field(h, rule);
    switch (rule->type) {
    case PITH__HPARAM_U32:
        *(uint32_t *)at = (uint32_t)value;
        break;
    case PITH__HPARAM_F32:
        *(float *)at = (float)value;
        break;
    case PITH__HPARAM_F64:
        *(double *)at = value;
        break;
    case PITH__HPARAM_ROPE_SCALING:
        break;
    }
}

double pith__hparam_value(const pith__hparams *h, const pith__hparam_rule *rule) {
    const void *at = (const uint8_t *)h + rule->offset;
    switch (rule->type) {
    case PITH__HPARAM_U32:
        return *(const uint32_t *)at;
    case PITH__HPARAM_F32:
        return (double)*(const float *)at;
    case PITH__HPARAM_F64:
        return *(const double *)at;
    case PITH__HPARAM_ROPE_SCALING:
        return (double)*(const pith__rope_scaling *)at;
    }
    return 0;
}

static int32_t read_number(const pith__modelfile *file, const char *key, const pith__hparam_rule *rule, bool *found,
                           double *value) {
    if (rule->type == PITH__HPARAM_U32) {
        uint64_t whole = 0;
        PITH_TRY(pith__kv_u64(file, key, found, &whole));
        *value = (double)whole;
        return PITH_OK;
    }
    return pith__kv_f64(file, key, found, value);
}

static int32_t read_rule(const pith__modelfile *file, const pith__family *family, const pith__hparam_rule *rule,
                         pith__hparams *h) {
    char key[KEY_CAPACITY];
    pith__format(key, sizeof(key), "%s.%s", family->name, rule->key);
    if (rule->type == PITH__HPARAM_ROPE_SCALING) {
        return read_rope_scaling(file, key, h);
    }
    bool found = false;
    double value = 0;
    PITH_TRY(read_number(file, key, rule, &found, &value));
    if (!found) {
        if (rule->required) {
            return pith__fail(PITH_E_FORMAT, "%s is missing (%s)", key, rule->meaning);
        }
        store(h, rule, rule->normal);
        return PITH_OK;
    }
    if (!(value >= rule->low && value <= rule->high)) {
        return pith__fail(PITH_E_FORMAT, "%s is %g, outside %g to %g (%s)", key, value, rule->low, rule->high,
                          rule->meaning);
    }
    store(h, rule, value);
    return PITH_OK;
}

/* Keys that change the computation in ways this version does not follow, and the value at which they do not. A file
 * that says otherwise is refused: running it all the same would give other results than its maker's, without a word. */
static const struct {
    const char *key;
    double harmless;
} unfollowed[] = {{"rope.scale_linear", 1}, {"attention.sliding_window", 0}, {"expert_count", 0}};

static bool follows(const pith__family *family, const char *key) {
    for (uint32_t i = 0; i < family->n_hparams; i++) {
        if (strcmp(family->hparams[i].key, key) == 0) {
            return true;
        }
    }
    return false;
}

static int32_t refuse_unfollowed(const pith__modelfile *file, const pith__family *family, const pith__hparams *h) {
    for (size_t i = 0; i < sizeof(unfollowed) / sizeof(unfollowed[0]); i++) {
        char key[KEY_CAPACITY];
        bool found = false;
        double value = 0;
        if (follows(family, unfollowed[i].key)) {
            continue;
        }
        pith__format(key, sizeof(key), "%s.%s", family->name, unfollowed[i].key);
        PITH_TRY(pith__kv_f64(file, key, &found, &value));
        bool wide = strcmp(unfollowed[i].key, "attention.sliding_window") == 0 && value >= (double)h->context;
        if (found && value != unfollowed[i].harmless && !wide) {
            return pith__fail(PITH_E_UNSUPPORTED, "%s is %g, which this version does not follow", key, value);
        }
    }
    return PITH_OK;
}

static void derive(const pith__family *family, pith__hparams *h) {
    h->rope_neox = family->rope_neox;
    h->kv_heads = h->kv_heads ? h->kv_heads : h->heads;
    h->head_dim = h->head_dim ? h->head_dim : h->width / h->heads;
    h->value_dim = h->value_dim ? h->value_dim : h->head_dim;
    h->n_rot = h->n_rot ? h->n_rot : h->head_dim;
    h->rope_original_context = h->rope_original_context > 0 ? h->rope_original_context : (double)h->context;
}

static int32_t check(const pith__family *family, const pith__hparams *h) {
    if (h->heads % h->kv_heads != 0) {
        return pith__fail(PITH_E_FORMAT, "%s: %u query heads cannot be shared by %u K/V heads", family->name, h->heads,
                          h->kv_heads);
    }
    if (h->head_dim < 2 || h->head_dim > 512 || h->head_dim % 2 != 0) {
        return pith__fail(PITH_E_UNSUPPORTED, "%s: heads of %u elements (2 to 512 and even are)", family->name,
                          h->head_dim);
    }
    if (h->value_dim != h->head_dim) {
        return pith__fail(PITH_E_UNSUPPORTED, "%s: V heads of %u elements beside K heads of %u", family->name,
                          h->value_dim, h->head_dim);
    }
    if (h->n_rot % 2 != 0 || h->n_rot > h->head_dim) {
        return pith__fail(PITH_E_FORMAT, "%s: %u rotating elements in heads of %u (even, and no more)", family->name,
                          h->n_rot, h->head_dim);
    }
    return PITH_OK;
}

static int32_t read_vocab(const pith__modelfile *file, pith__hparams *h) {
    const pith__tensor_info *t = pith__modelfile_tensor(file, "token_embd.weight");
    if (!t) {
        return pith__fail(PITH_E_FORMAT,
                          "tensor token_embd.weight is missing: the file holds no model, or a vocabulary alone");
    }
    if (t->dims[1] > (1u << 24)) {
        return pith__fail(PITH_E_FORMAT, "tensor token_embd.weight has %llu rows; a vocabulary has at most 16777216",
                          (unsigned long long)t->dims[1]);
    }
    h->vocab = (uint32_t)t->dims[1];
    return PITH_OK;
}

int32_t pith__hparams_read(const pith__modelfile *file, const pith__family *family, pith__hparams *h) {
    memset(h, 0, sizeof(*h));
    for (uint32_t i = 0; i < family->n_hparams; i++) {
        PITH_TRY(read_rule(file, family, &family->hparams[i], h));
    }
    PITH_TRY(refuse_unfollowed(file, family, h));
    PITH_TRY(read_vocab(file, h));
    derive(family, h);
    return check(family, h);
}
