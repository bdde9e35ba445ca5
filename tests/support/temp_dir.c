/* See temp_dir.h. */
#include "support/temp_dir.h"
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

void temp_dir_make(temp_dir *dir) {
    const char *root = getenv("TMPDIR");
    snprintf(dir->path, sizeof(dir->path), "%s/pith-test-XXXXXX", root ? root : "/tmp");
    if (!mkdtemp(dir->path)) {
        perror(dir->path);
        abort();
    }
}

static void remove_tree(const char *path) {
    DIR *folder = opendir(path);
    if (folder) {
        const struct dirent *entry;
        while ((entry = readdir(folder))) {
            char child[600];
            snprintf(child, sizeof(child), "%s/%s", path, entry->d_name);
            if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0 && unlink(child) != 0) {
                remove_tree(child);
            }
        }
        closedir(folder);
    }
    rmdir(path);
}

void temp_dir_remove(temp_dir *dir) {
    remove_tree(dir->path);
}

const char *temp_dir_file(const temp_dir *dir, const char *name) {
    static char paths[5][600];
    static int next;
    char *path = paths[next++ % 5];
    snprintf(path, sizeof(paths[0]), "%s/%s", dir->path, name);
    return path;
}

const char *temp_dir_write(const temp_dir *dir, const char *name, const void *bytes, size_t size) {
    char path[600];
    snprintf(path, sizeof(path), "%s", temp_dir_file(dir, name));
    for (char *slash = path + strlen(dir->path) + 1; (slash = strchr(slash, '/')); slash++) {
        *slash = '\0';
        mkdir(path, 0700);
        *slash = '/';
    }
    FILE *f = fopen(path, "wb");
    if (!f || fwrite(bytes, 1, size, f) != size || fclose(f) != 0) {
        perror(path);
        abort();
    }
    return temp_dir_file(dir, name);
}
