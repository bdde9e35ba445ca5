/* One file of a GGUF model. */
#ifndef PITH_FORMATS_GGUF_PART_H
#define PITH_FORMATS_GGUF_PART_H

#include "formats/modelfile_parts.h"

/* Reads part `index` of the source into file->parts[index] and appends its tensors. The entry is zeroed by the caller,
 * who also frees what is in it after a failure. */
int32_t pith__gguf_read_part(pith__modelfile *file, uint32_t index, uint32_t *version);

#endif
