/* JSON to stdout. The texts that pith gives are valid UTF-8, so only quotes, backslashes and controls need care. */
#include "tool.h"

#include <stdio.h>

void json_string(const char *text, size_t length) {
    putchar('"');
    for (size_t i = 0; i < length; i++) {
        unsigned char c = (unsigned char)text[i];
        if (c == '"' || c == '\\') {
            printf("\\%c", c);
        } else if (c == '\n') {
            fputs("\\n", stdout);
        } else if (c < 0x20 || c == 0x7f) {
            printf("\\u%04x", (unsigned)c);
        } else {
            putchar(c);
        }
    }
    putchar('"');
}

void json_ids(const int32_t *ids, size_t count) {
    putchar('[');
    for (size_t i = 0; i < count; i++) {
        printf(i ? ", %d" : "%d", (int)ids[i]);
    }
    putchar(']');
}

void json_floats(const float *values, size_t count) {
    putchar('[');
    for (size_t i = 0; i < count; i++) {
        printf(i ? ", %.9g" : "%.9g", (double)values[i]); /* nine digits bring a float back exactly */
    }
    putchar(']');
}
