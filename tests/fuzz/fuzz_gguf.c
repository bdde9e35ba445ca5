/* Fuzz target: a GGUF file, opened in 16 MiB and used throughout if it opens. The first byte is the file's own: corpora
 * are model files. */
#include "formats/exercise.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size) {
    pith__mem mem;
    pith__mem_init(&mem, NULL, NULL, UINT64_C(16) << 20);
    pith__source *source;
    if (pith__source_from_memory(&mem, bytes, size, &source) != PITH_OK) {
        return 0;
    }
    pith__modelfile *file;
    if (pith__modelfile_open(&mem, source, 0, &file) == PITH_OK) {
        exercise_modelfile(file, &mem);
        pith__modelfile_release(file);
    }
    pith__source_release(source);
    if (pith__mem_used(&mem) != 0) {
        __builtin_trap(); /* a leak is a finding */
    }
    return 0;
}
