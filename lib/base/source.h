/* Where a model's bytes come from: one or several parts (split files), each a path, a descriptor with offset and length, memory,
 * or the host's reader. Reads only what is asked for, never maps.
 *
 * Invariant: a read that returns PITH_OK filled every byte; a read outside the part is refused before any byte is touched.
 * Reference counted; reads are thread safe (the host's reader is called from loader threads too, and its contract says so). */
#ifndef PITH_BASE_SOURCE_H
#define PITH_BASE_SOURCE_H

#include "base/memory.h"
#include <stdint.h>

typedef struct pith__source pith__source;

/* Same shape as pith_read_fn in the public header: fills `out` with `size` bytes at `offset`, returns PITH_OK or a negative status
 * (anything that is no status of ours counts as PITH_E_IO). */
typedef int32_t (*pith__read_hook)(void *user, void *out, uint64_t size, uint64_t offset);

/* `mem` must outlive the source. A path to the first file of a split GGUF ("-00001-of-0000N.gguf") is one part; the
 * format reader asks for its siblings with pith__source_open_split. */
int32_t pith__source_from_path(pith__mem *mem, const char *path, pith__source **out);
int32_t pith__source_from_fd(pith__mem *mem, int64_t fd, uint64_t offset, uint64_t length, pith__source **out); /* length 0: to the end */
int32_t pith__source_from_memory(pith__mem *mem, const void *bytes, uint64_t length, pith__source **out);      /* borrowed */
int32_t pith__source_from_reader(pith__mem *mem, pith__read_hook read, void *user, uint64_t length, pith__source **out);

/* Parts are added before the source is shared: not while another thread reads it.
 * Moves the parts of `more` to the end of `source`, and releases `more`; on failure both are as they were. PITH_E_STATE when someone
 * else retains `more`. */
int32_t pith__source_add_part(pith__source *source, pith__source *more);
/* Opens the `count` files of a split model anew, as the parts of a new source: `first` has one part, a path that ends in
 * "-00001-of-NNNNN.gguf" with NNNNN = `count`, and the others lie beside it. PITH_E_ARGUMENT when it is not such a path. */
int32_t pith__source_open_split(const pith__source *first, uint32_t count, pith__source **out);

uint32_t pith__source_parts(const pith__source *source);
uint64_t pith__source_size(const pith__source *source, uint32_t part);
const char *pith__source_name(const pith__source *source, uint32_t part); /* path or "<memory>", for messages */
int32_t pith__source_read(const pith__source *source, uint32_t part, void *out, uint64_t size, uint64_t offset);

void pith__source_retain(pith__source *source);
void pith__source_release(pith__source *source); /* NULL is fine */

#endif
