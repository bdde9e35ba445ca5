/* See texts.h. */
#include "texts.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* Appends a whole file to the text. */
static bool append_file(const char *path, input_text *t) {
    struct stat facts;
    FILE *file = fopen(path, "rb");
    if (file == NULL) {
        return false;
    }
    bool done = false;
    if (fstat(fileno(file), &facts) == 0) {
        size_t size = (size_t)facts.st_size;
        char *bytes = realloc(t->bytes, t->length + size + 1);
        if (bytes != NULL) {
            t->bytes = bytes;
            done = fread(bytes + t->length, 1, size, file) == size;
            t->length += size;
        }
    }
    fclose(file);
    return done;
}

static int is_text(const struct dirent *entry) {
    size_t length = strlen(entry->d_name);
    return length > 4 && strcmp(entry->d_name + length - 4, ".txt") == 0;
}

static bool append_folder(const char *path, input_text *t) {
    struct dirent **entries = NULL;
    bool done = true;
    int count = scandir(path, &entries, is_text, alphasort);
    for (int i = 0; i < count; i++) {
        char file[4096];
        int length = snprintf(file, sizeof file, "%s/%s", path, entries[i]->d_name);
        done = done && length < (int)sizeof file && append_file(file, t);
        free(entries[i]);
    }
    free(entries);
    return done && count > 0;
}

static void set_name(input_text *t, const char *path) {
    size_t length = strlen(path);
    while (length > 1 && path[length - 1] == '/') {
        length--;
    }
    size_t start = length;
    while (start > 0 && path[start - 1] != '/') {
        start--;
    }
    snprintf(t->name, sizeof t->name, "%.*s", (int)(length - start), path + start);
}

bool text_read(const char *path, input_text *out) {
    struct stat facts;
    memset(out, 0, sizeof *out);
    set_name(out, path);
    if (stat(path, &facts) != 0) {
        return false;
    }
    errno = 0;
    if (S_ISDIR(facts.st_mode) ? append_folder(path, out) : append_file(path, out)) {
        return true;
    }
    text_free(out);
    return false;
}

bool text_repeat(const char *name, const char *character, size_t length, input_text *out) {
    size_t unit = strlen(character);
    memset(out, 0, sizeof *out);
    snprintf(out->name, sizeof out->name, "%s", name);
    out->bytes = malloc(length + 1);
    if (out->bytes == NULL) {
        return false;
    }
    for (; out->length + unit <= length; out->length += unit) {
        memcpy(out->bytes + out->length, character, unit);
    }
    return true;
}

void text_free(input_text *t) {
    free(t->bytes);
    t->bytes = NULL;
    t->length = 0;
}

size_t text_piece_end(const input_text *t, size_t start, size_t size) {
    if (size == 0 || t->length - start <= size) {
        return t->length;
    }
    const char *line = memchr(t->bytes + start + size, '\n', t->length - start - size);
    return line == NULL ? t->length : (size_t)(line - t->bytes) + 1;
}
