/* A model file, whatever its format, as the rest of the library sees it: metadata by key, tensors by name. GGUF's key and tensor
 * names are the canonical ones; other readers map theirs to these.
 *
 * Invariant: once opened, every string, array, shape, type, offset and size in here has been checked against the file: a tensor's
 * bytes lie inside its part, its row length is a multiple of its block, names are unique. Immutable; threads share it freely.
 * Must not know: what the keys mean (but for general.alignment and split.*). */
#ifndef PITH_FORMATS_MODELFILE_H
#define PITH_FORMATS_MODELFILE_H

#include "base/memory.h"
#include "base/source.h"
#include "base/str.h"
#include "kernels/dtype.h"
#include <stdbool.h>
#include <stdint.h>

typedef enum pith__value_type { /* GGUF's numbers */
    PITH__VALUE_U8 = 0, PITH__VALUE_I8 = 1, PITH__VALUE_U16 = 2, PITH__VALUE_I16 = 3, PITH__VALUE_U32 = 4, PITH__VALUE_I32 = 5,
    PITH__VALUE_F32 = 6, PITH__VALUE_BOOL = 7, PITH__VALUE_STRING = 8, PITH__VALUE_ARRAY = 9, PITH__VALUE_U64 = 10,
    PITH__VALUE_I64 = 11, PITH__VALUE_F64 = 12
} pith__value_type;

typedef struct pith__kv {
    pith__str key;
    pith__value_type type;      /* ARRAY: see element_type and count */
    pith__value_type element_type;
    uint64_t count;             /* elements of an array; 1 otherwise */
    const uint8_t *data;        /* little-endian bytes, unaligned; strings are u64 length + bytes, one after the other */
    uint64_t bytes;             /* of data */
} pith__kv;

#define PITH__MAX_DIMS 4

typedef struct pith__tensor_info {
    pith__str name;
    pith__dtype dtype;
    uint32_t n_dims;
    uint64_t dims[PITH__MAX_DIMS]; /* dims[0] is the row length (K); unused ones are 1 */
    uint32_t part;                 /* of the source */
    uint64_t offset;               /* from the start of the part */
    uint64_t bytes;
} pith__tensor_info;

typedef struct pith__modelfile pith__modelfile;

/* Opens whatever format the source holds (by its first bytes), checks it whole, retains the source. `budget` bounds the bytes taken
 * for metadata (0: none but the host's limit, and 1 GiB a part); a file that claims more is refused before allocation.
 * PITH_E_FORMAT: damaged; PITH_E_UNSUPPORTED: an unknown version, byte order or tensor type; PITH_E_ARGUMENT: not all parts, or not in
 * order; PITH_E_MEMORY; PITH_E_IO. The first file of a split model finds its siblings by its path: they are opened into a source of
 * the model file's own (pith__modelfile_source), the caller's is left as it is. */
int32_t pith__modelfile_open(pith__mem *mem, pith__source *source, uint64_t budget, pith__modelfile **out);
void pith__modelfile_release(pith__modelfile *file);

/* Lets go of the elements of arrays of more than `longest`; their type and count stay, reading them is PITH_E_STATE. Strings read before
 * are no longer good. On failure (memory) everything stays readable. */
int32_t pith__modelfile_trim(pith__modelfile *file, uint64_t longest);

const char *pith__modelfile_format(const pith__modelfile *file); /* "GGUF v3" */
pith__source *pith__modelfile_source(const pith__modelfile *file); /* has every part the tensors name */

uint64_t pith__modelfile_kv_count(const pith__modelfile *file);
const pith__kv *pith__modelfile_kv_at(const pith__modelfile *file, uint64_t index);
const pith__kv *pith__modelfile_kv(const pith__modelfile *file, const char *key); /* NULL: absent; searched, not scanned */

uint64_t pith__modelfile_tensor_count(const pith__modelfile *file);
const pith__tensor_info *pith__modelfile_tensor_at(const pith__modelfile *file, uint64_t index);
const pith__tensor_info *pith__modelfile_tensor(const pith__modelfile *file, const char *name); /* NULL: absent */

/* Typed reading of a value. Any integer type converts to u64/i64 if it fits; floats and integers to f64; in arrays, bools count as the
 * integers 0 and 1. On a wrong type or range:
 * PITH_E_FORMAT, naming key, type found and type wanted. `found` (may be NULL: then absence is an error) says if the key is there. */
int32_t pith__kv_u64(const pith__modelfile *file, const char *key, bool *found, uint64_t *out);
int32_t pith__kv_i64(const pith__modelfile *file, const char *key, bool *found, int64_t *out);
int32_t pith__kv_f64(const pith__modelfile *file, const char *key, bool *found, double *out);
int32_t pith__kv_bool(const pith__modelfile *file, const char *key, bool *found, bool *out);
int32_t pith__kv_str(const pith__modelfile *file, const char *key, bool *found, pith__str *out);

/* Arrays: the element, converted; PITH_E_FORMAT when the key is not an array of that kind or index is out of range. */
int32_t pith__kv_array_u64(const pith__modelfile *file, const char *key, uint64_t index, uint64_t *out);
int32_t pith__kv_array_f64(const pith__modelfile *file, const char *key, uint64_t index, double *out);
/* Whole arrays into a new allocation of the caller (pith__mem_free); *count 0 and *out NULL when absent. Strings borrow from the file. */
int32_t pith__kv_strings(const pith__modelfile *file, pith__mem *mem, const char *key, pith__str **out, uint64_t *count);
int32_t pith__kv_floats(const pith__modelfile *file, pith__mem *mem, const char *key, float **out, uint64_t *count);
int32_t pith__kv_ints(const pith__modelfile *file, pith__mem *mem, const char *key, int32_t **out, uint64_t *count);

#endif
