/* Metadata values as the types the rest of the library wants. A value of one kind is never read as another: every
 * element goes through read_number(), which knows its type, and every conversion says no when the value does not fit.
 *
 * Invariant: reads only inside kv->data, which the format's reader has checked. Must not know: what a key means. */
#include "formats/cursor.h"
#include "formats/modelfile_parts.h"
#include <string.h>

typedef enum number_kind {
    NOT_A_NUMBER,
    INTEGER,
    REAL,
    TRUTH
} number_kind;

typedef struct value_type {
    const char *name;
    uint32_t size;
    number_kind kind;
    bool is_signed;
} value_type;

static const value_type value_types[] = {
    [PITH__VALUE_U8] = {"u8", 1, INTEGER, false},
    [PITH__VALUE_I8] = {"i8", 1, INTEGER, true},
    [PITH__VALUE_U16] = {"u16", 2, INTEGER, false},
    [PITH__VALUE_I16] = {"i16", 2, INTEGER, true},
    [PITH__VALUE_U32] = {"u32", 4, INTEGER, false},
    [PITH__VALUE_I32] = {"i32", 4, INTEGER, true},
    [PITH__VALUE_F32] = {"f32", 4, REAL, true},
    [PITH__VALUE_BOOL] = {"bool", 1, TRUTH, false},
    [PITH__VALUE_STRING] = {"string", 0, NOT_A_NUMBER, false},
    [PITH__VALUE_ARRAY] = {"array", 0, NOT_A_NUMBER, false},
    [PITH__VALUE_U64] = {"u64", 8, INTEGER, false},
    [PITH__VALUE_I64] = {"i64", 8, INTEGER, true},
    [PITH__VALUE_F64] = {"f64", 8, REAL, true},
};

#define VALUE_TYPES (sizeof(value_types) / sizeof(value_types[0]))

typedef struct number {
    number_kind kind;
    bool negative;
    uint64_t magnitude; /* INTEGER, TRUTH */
    double real;        /* REAL */
} number;

uint32_t pith__value_size(uint32_t type) {
    return type < VALUE_TYPES ? value_types[type].size : 0;
}

const char *pith__value_name(uint32_t type) {
    return type < VALUE_TYPES ? value_types[type].name : "unknown";
}

static double load_real(uint64_t bits, uint32_t size) {
    double wide;
    float narrow;
    uint32_t low = (uint32_t)bits;
    memcpy(&wide, &bits, sizeof(wide));
    memcpy(&narrow, &low, sizeof(narrow));
    return size == sizeof(narrow) ? (double)narrow : wide;
}

static number read_number(pith__value_type type, const uint8_t *data) {
    const value_type *t = &value_types[type];
    number out = {t->kind, false, 0, 0};
    uint64_t bits = pith__load_le(data, t->size);
    if (t->kind == REAL) {
        out.real = load_real(bits, t->size);
        return out;
    }
    out.magnitude = bits;
    if (t->kind == INTEGER && t->is_signed && (bits >> (8 * t->size - 1)) & 1) {
        out.negative = true;
        out.magnitude = (~bits + 1) & (UINT64_MAX >> (64 - 8 * t->size));
    }
    return out;
}

static bool as_u64(number n, uint64_t *out) {
    *out = n.magnitude;
    return (n.kind == INTEGER || n.kind == TRUTH) && !n.negative;
}

static bool as_i64(number n, int64_t *out) {
    bool fits = n.magnitude <= (uint64_t)INT64_MAX + n.negative;
    *out = !fits ? 0 : n.negative ? -(int64_t)(n.magnitude - 1) - 1 : (int64_t)n.magnitude;
    return fits && (n.kind == INTEGER || n.kind == TRUTH);
}

static bool as_f64(number n, double *out) {
    *out = n.kind == REAL ? n.real : n.negative ? -(double)n.magnitude : (double)n.magnitude;
    return n.kind == INTEGER || n.kind == REAL;
}

static int32_t fail_type(const pith__kv *kv, const char *wanted) {
    bool array = kv->type == PITH__VALUE_ARRAY;
    return pith__fail(PITH_E_FORMAT, "metadata key '%.*s': the value is %s%s, expected %s", PITH__STR_ARG(kv->key),
                      array ? "an array of " : "of type ", pith__value_name(array ? kv->element_type : kv->type),
                      wanted);
}

/* ---- single values ---- */

static bool is_scalar(const pith__kv *kv, number_kind kind) {
    return kv->type != PITH__VALUE_ARRAY && value_types[kv->type].kind == kind;
}

/* The value, or NULL when it is absent: then *status says whether that is an error. */
static const pith__kv *look_up(const pith__modelfile *file, const char *key, bool *found, int32_t *status) {
    const pith__kv *kv = pith__modelfile_kv(file, key);
    *status = PITH_OK;
    if (found) {
        *found = kv != NULL;
    } else if (!kv) {
        *status =
            pith__fail(PITH_E_FORMAT, "%s: metadata key '%s' is missing", pith__source_name(file->source, 0), key);
    }
    return kv;
}

int32_t pith__value_u64(const pith__kv *kv, uint64_t *out) {
    *out = 0;
    if (!is_scalar(kv, INTEGER)) {
        return fail_type(kv, "an integer");
    }
    return as_u64(read_number(kv->type, kv->data), out) ? PITH_OK : fail_type(kv, "an integer that is not negative");
}

int32_t pith__kv_u64(const pith__modelfile *file, const char *key, bool *found, uint64_t *out) {
    int32_t status;
    const pith__kv *kv = look_up(file, key, found, &status);
    *out = 0;
    return kv ? pith__value_u64(kv, out) : status;
}

int32_t pith__kv_i64(const pith__modelfile *file, const char *key, bool *found, int64_t *out) {
    int32_t status;
    const pith__kv *kv = look_up(file, key, found, &status);
    *out = 0;
    if (!kv) {
        return status;
    }
    if (!is_scalar(kv, INTEGER)) {
        return fail_type(kv, "an integer");
    }
    return as_i64(read_number(kv->type, kv->data), out) ? PITH_OK
                                                        : fail_type(kv, "an integer within 64 bits with sign");
}

int32_t pith__kv_f64(const pith__modelfile *file, const char *key, bool *found, double *out) {
    int32_t status;
    const pith__kv *kv = look_up(file, key, found, &status);
    *out = 0;
    if (!kv) {
        return status;
    }
    if (!is_scalar(kv, INTEGER) && !is_scalar(kv, REAL)) {
        return fail_type(kv, "a number");
    }
    as_f64(read_number(kv->type, kv->data), out);
    return PITH_OK;
}

int32_t pith__kv_bool(const pith__modelfile *file, const char *key, bool *found, bool *out) {
    int32_t status;
    const pith__kv *kv = look_up(file, key, found, &status);
    *out = false;
    if (!kv) {
        return status;
    }
    if (!is_scalar(kv, TRUTH)) {
        return fail_type(kv, "a bool");
    }
    *out = kv->data[0] != 0;
    return PITH_OK;
}

int32_t pith__kv_str(const pith__modelfile *file, const char *key, bool *found, pith__str *out) {
    int32_t status;
    const pith__kv *kv = look_up(file, key, found, &status);
    *out = (pith__str){NULL, 0};
    if (!kv) {
        return status;
    }
    if (kv->type != PITH__VALUE_STRING) {
        return fail_type(kv, "a string");
    }
    *out = (pith__str){(const char *)kv->data + 8, kv->bytes - 8};
    return PITH_OK;
}

/* ---- arrays ---- */

/* An array's elements may have been let go (modelfile_trim.c). */
static int32_t check_kept(const pith__kv *kv) {
    if (kv->data == NULL) {
        return pith__fail(PITH_E_STATE, "metadata key '%.*s': its elements are no longer in memory", PITH__STR_ARG(kv->key));
    }
    return PITH_OK;
}

static int32_t array_element(const pith__modelfile *file, const char *key, uint64_t index, const pith__kv **out,
                             number *value) {
    int32_t status;
    const pith__kv *kv = look_up(file, key, NULL, &status);
    *out = kv;
    if (!kv) {
        return status;
    }
    if (kv->type != PITH__VALUE_ARRAY || value_types[kv->element_type].kind == NOT_A_NUMBER) {
        return fail_type(kv, "an array of numbers");
    }
    PITH_TRY(check_kept(kv));
    if (index >= kv->count) {
        return pith__fail(PITH_E_FORMAT, "metadata key '%s': the array has %llu elements, expected at least %llu", key,
                          (unsigned long long)kv->count, (unsigned long long)index + 1);
    }
    *value = read_number(kv->element_type, kv->data + index * value_types[kv->element_type].size);
    return PITH_OK;
}

int32_t pith__kv_array_u64(const pith__modelfile *file, const char *key, uint64_t index, uint64_t *out) {
    const pith__kv *kv;
    number value;
    *out = 0;
    PITH_TRY(array_element(file, key, index, &kv, &value));
    return as_u64(value, out) ? PITH_OK : fail_type(kv, "an array of integers that are not negative");
}

int32_t pith__kv_array_f64(const pith__modelfile *file, const char *key, uint64_t index, double *out) {
    const pith__kv *kv;
    number value;
    *out = 0;
    PITH_TRY(array_element(file, key, index, &kv, &value));
    return as_f64(value, out) ? PITH_OK : fail_type(kv, "an array of numbers");
}

/* The array of that key whose elements `accepts` takes; *out NULL when the key is absent. */
static int32_t find_array(const pith__modelfile *file, const char *key, bool (*accepts)(pith__value_type element),
                          const char *wanted, const pith__kv **out) {
    *out = pith__modelfile_kv(file, key);
    if (*out && ((*out)->type != PITH__VALUE_ARRAY || !accepts((*out)->element_type))) {
        return fail_type(*out, wanted);
    }
    return *out ? check_kept(*out) : PITH_OK;
}

static bool is_string(pith__value_type element) {
    return element == PITH__VALUE_STRING;
}

static bool is_number(pith__value_type element) {
    return value_types[element].kind == INTEGER || value_types[element].kind == REAL;
}

static bool is_integer(pith__value_type element) {
    return value_types[element].kind == INTEGER || value_types[element].kind == TRUTH;
}

int32_t pith__kv_strings(const pith__modelfile *file, pith__mem *mem, const char *key, pith__str **out,
                         uint64_t *count) {
    const pith__kv *kv;
    *out = NULL;
    *count = 0;
    PITH_TRY(find_array(file, key, is_string, "an array of strings", &kv));
    if (!kv) {
        return PITH_OK;
    }
    PITH_TRY(PITH_NEW_ARRAY(mem, out, kv->count, key));
    *count = kv->count;
    const uint8_t *p = kv->data;
    for (uint64_t i = 0; i < kv->count; i++) {
        uint64_t length = pith__load_le(p, 8);
        (*out)[i] = (pith__str){(const char *)p + 8, length};
        p += 8 + length;
    }
    return PITH_OK;
}

int32_t pith__kv_floats(const pith__modelfile *file, pith__mem *mem, const char *key, float **out, uint64_t *count) {
    const pith__kv *kv;
    *out = NULL;
    *count = 0;
    PITH_TRY(find_array(file, key, is_number, "an array of numbers", &kv));
    if (!kv) {
        return PITH_OK;
    }
    PITH_TRY(PITH_NEW_ARRAY(mem, out, kv->count, key));
    *count = kv->count;
    uint32_t size = value_types[kv->element_type].size;
    for (uint64_t i = 0; i < kv->count; i++) {
        double value;
        as_f64(read_number(kv->element_type, kv->data + i * size), &value);
        (*out)[i] = (float)value;
    }
    return PITH_OK;
}

static int32_t convert_ints(const pith__kv *kv, int32_t *out) {
    uint32_t size = value_types[kv->element_type].size;
    for (uint64_t i = 0; i < kv->count; i++) {
        int64_t value;
        if (!as_i64(read_number(kv->element_type, kv->data + i * size), &value) || value < INT32_MIN ||
            value > INT32_MAX) {
            return pith__fail(PITH_E_FORMAT, "metadata key '%.*s': element %llu does not fit in 32 bits",
                              PITH__STR_ARG(kv->key), (unsigned long long)i);
        }
        out[i] = (int32_t)value;
    }
    return PITH_OK;
}

int32_t pith__kv_ints(const pith__modelfile *file, pith__mem *mem, const char *key, int32_t **out, uint64_t *count) {
    const pith__kv *kv;
    *out = NULL;
    *count = 0;
    PITH_TRY(find_array(file, key, is_integer, "an array of integers", &kv));
    if (!kv) {
        return PITH_OK;
    }
    int32_t *values = NULL;
    PITH_TRY(PITH_NEW_ARRAY(mem, &values, kv->count, key));
    int32_t status = convert_ints(kv, values);
    if (status != PITH_OK) {
        pith__mem_free(mem, values);
        return status;
    }
    *out = values;
    *count = kv->count;
    return PITH_OK;
}
