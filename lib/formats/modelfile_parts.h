/* The inside of a model file, for the readers in this folder: they fill it, modelfile.c looks things up in it. */
#ifndef PITH_FORMATS_MODELFILE_PARTS_H
#define PITH_FORMATS_MODELFILE_PARTS_H

#include "formats/modelfile.h"
#include "formats/names.h"

enum {
    PITH__MAX_KEYS = 1 << 16,
    PITH__MAX_TENSORS = 1 << 20
};

/* One part of the source. */
typedef struct pith__modelpart {
    uint8_t *bytes; /* its metadata, as in the file; keys, values and tensor names point into it */
    pith__kv *kvs;
    pith__names keys;
    uint32_t n_tensors;
} pith__modelpart;

struct pith__modelfile {
    pith__mem *host;      /* where this struct and the budget's bytes come from */
    pith__mem mem;        /* everything else in here: takes from `host`, with the budget as its limit */
    pith__source *source; /* retained */
    char format[16];
    pith__modelpart *parts; /* keys are looked up in part 0 */
    uint32_t n_parts;
    pith__tensor_info *tensors;
    uint32_t n_tensors;
    pith__names tensor_names;
};

/* Frees all parts, so that reading can begin anew. */
void pith__modelfile_clear(pith__modelfile *file);

/* Sorts the keys of a part, or all tensors by name; PITH_E_FORMAT names a duplicate. */
int32_t pith__modelfile_index_keys(pith__modelfile *file, pith__modelpart *part, uint32_t n_kv);
int32_t pith__modelfile_index_tensors(pith__modelfile *file);

/* PITH_E_FORMAT, naming both, when two tensors of a part share bytes. */
int32_t pith__modelfile_check_overlaps(pith__modelfile *file);

/* The key in that part, or NULL. */
const pith__kv *pith__modelpart_kv(const pith__modelpart *part, const char *key);

/* A value as an integer, from any integer type that holds it; the message names the key. */
int32_t pith__value_u64(const pith__kv *kv, uint64_t *out);

/* Bytes of a value or element of a fixed size; 0 for strings, arrays and numbers that are no type. */
uint32_t pith__value_size(uint32_t type);

/* "u32", "string", ...; never NULL. */
const char *pith__value_name(uint32_t type);

/* The readers: each fills `file`, whose source begins with its magic number. What it had taken when it fails is freed
 * by the caller. */
int32_t pith__gguf_read(pith__modelfile *file);

#endif
