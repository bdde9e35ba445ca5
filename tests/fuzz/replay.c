/* Runs a fuzz target over files, or over all files of folders, named on the command line: the corpus as an ordinary
 * test. */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static int replay_file(const char *path) {
    FILE *f = fopen(path, "rb");
    if (!f) {
        perror(path);
        return 0;
    }
    size_t size = 0, capacity = 1 << 16, got;
    uint8_t *bytes = malloc(capacity);
    while (bytes && (got = fread(bytes + size, 1, capacity - size, f)) > 0) {
        size += got;
        if (size == capacity) {
            bytes = realloc(bytes, capacity *= 2);
        }
    }
    fclose(f);
    uint8_t *exact = malloc(size ? size : 1); /* of its own size, so that a sanitizer sees any excess */
    if (!bytes || !exact) {
        abort();
    }
    memcpy(exact, bytes, size);
    free(bytes);
    LLVMFuzzerTestOneInput(exact, size);
    free(exact);
    return 1;
}

static int replay(const char *path) {
    DIR *folder = opendir(path);
    if (!folder) {
        return replay_file(path);
    }
    int count = 0;
    const struct dirent *entry;
    while ((entry = readdir(folder))) {
        char child[1024];
        snprintf(child, sizeof(child), "%s/%s", path, entry->d_name);
        if (entry->d_name[0] != '.') {
            count += replay_file(child);
        }
    }
    closedir(folder);
    return count;
}

int main(int argc, char **argv) {
    int count = 0;
    for (int i = 1; i < argc; i++) {
        count += replay(argv[i]);
    }
    printf("%d inputs replayed\n", count);
    return count == 0; /* a corpus that is not found is a failure */
}
