/* A folder of a test's own under TMPDIR or /tmp. */
#ifndef PITH_TESTS_SUPPORT_TEMP_DIR_H
#define PITH_TESTS_SUPPORT_TEMP_DIR_H

#include <stddef.h>

typedef struct temp_dir {
    char path[256];
} temp_dir;

/* Both abort when the system refuses. Removing takes all that is in the folder, and its folders. */
void temp_dir_make(temp_dir *dir);
void temp_dir_remove(temp_dir *dir);

/* "<dir>/<name>" in one of a few static buffers: good until four more calls. */
const char *temp_dir_file(const temp_dir *dir, const char *name);

/* Writes a file in it (making the folders of its name) and returns its path as above. */
const char *temp_dir_write(const temp_dir *dir, const char *name, const void *bytes, size_t size);

#endif
