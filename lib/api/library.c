/* What the library says of itself: version, build, names of statuses, the thread's last error. */
#include "api/args.h"
#include "api/default_host.h"
#include "arch/family.h"
#include "base/os.h"
#include "formats/json_writer.h"
#include "ops/blas.h"
#include "quant/quant.h"

uint32_t pith_version(void) {
    uint32_t parts[3] = {0, 0, 0}, at = 0;
    for (const char *c = PITH_VERSION_TEXT; *c && at < 3; c++) {
        if (*c == '.') {
            at++;
        } else {
            parts[at] = parts[at] * 10 + (uint32_t)(*c - '0');
        }
    }
    return parts[0] * 1000000 + parts[1] * 1000 + parts[2];
}

const char *pith_status_name(int32_t status) {
    return pith__status_name(status);
}

int32_t pith_error_copy(char *buffer, uint64_t capacity, uint64_t *size) {
    return pith__copy_error(pith__error_text(), buffer, capacity, size);
}

/* ---- build_json ---- */

static void put_levels(pith__json *json) {
    const char *level;
    pith__json_key(json, pith__str_of("cpu_levels"));
    pith__json_begin_array(json);
    for (uint32_t i = 0; (level = pith__kernels_level(i)) != NULL; i++) {
        pith__json_str(json, pith__str_of(level));
    }
    pith__json_end_array(json);
}

static void put_families(pith__json *json) {
    const pith__family *family;
    pith__json_key(json, pith__str_of("families"));
    pith__json_begin_array(json);
    for (uint32_t i = 0; (family = pith__family_at(i)) != NULL; i++) {
        pith__json_begin_object(json);
        pith__json_put_str(json, "name", family->name);
        pith__json_put_str(json, "models", family->models);
        pith__json_key(json, pith__str_of("generate"));
        pith__json_bool(json, family->capabilities & PITH__CAN_GENERATE);
        pith__json_key(json, pith__str_of("embed"));
        pith__json_bool(json, family->capabilities & PITH__CAN_EMBED);
        pith__json_end_object(json);
    }
    pith__json_end_array(json);
}

static void put_types(pith__json *json) {
    pith__json_key(json, pith__str_of("tensor_types"));
    pith__json_begin_array(json);
    for (uint32_t type = 0; type < PITH__DTYPE_LIMIT; type++) {
        const pith__dtype_info *info = pith__dtype_get(type);
        if (info) {
            pith__json_str(json, pith__str_of(info->name));
        }
    }
    pith__json_end_array(json);
}

static void put_openblas(pith__json *json) {
    pith__json_key(json, pith__str_of("openblas"));
    if (pith__blas_available()) {
        pith__json_str(json, pith__str_of(pith__blas_describe()));
    } else {
        pith__json_null(json);
    }
}

int32_t pith_build_json(char *buffer, uint64_t capacity, uint64_t *size) {
    PITH_OUT(size, 0);
    PITH_TRY(pith__arg_buffer(__func__, buffer, capacity));
    pith__json json;
    pith__json_init(&json, pith__default_mem());
    pith__json_begin_object(&json);
    pith__json_put_str(&json, "version", PITH_VERSION_TEXT);
    pith__json_put_u64(&json, "numerics_revision", PITH__NUMERICS);
    pith__json_put_u64(&json, "layout", PITH__LAYOUT);
    put_levels(&json);
    put_families(&json);
    put_types(&json);
    put_openblas(&json);
    pith__json_end_object(&json);
    return pith__json_copy_out(__func__, &json, buffer, capacity, size);
}
