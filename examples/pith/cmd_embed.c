/* pith embed: a vector for each line of standard input. */
#include "commands.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    JSON
};
enum {
    LINES_AT_ONCE = 256
}; /* computed together, in one request */

/* Cuts the first line off; false at the end. A carriage return before the newline belongs to it. */
static bool next_line(bytes *rest, bytes *line) {
    if (rest->size == 0) {
        return false;
    }
    char *end = memchr(rest->data, '\n', rest->size);
    size_t length = end ? (size_t)(end - rest->data) : rest->size, taken = length + (end != NULL);
    *line = (bytes){rest->data, length - (length > 0 && rest->data[length - 1] == '\r')};
    *rest = (bytes){rest->data + taken, rest->size - taken};
    return true;
}

/* Adds the next lines, at most LINES_AT_ONCE. An empty line is an input of its own: the begin-of-text token alone. */
static bool add_lines(pith_request *request, bytes *rest) {
    bytes line;
    for (int i = 0; i < LINES_AT_ONCE && next_line(rest, &line); i++) {
        if (i > 0 && failed(pith_request_next_input(request), "cannot embed")) {
            return false;
        }
        if (line.size > 0 &&
            failed(pith_request_add_text(request, line.data, line.size, PITH_UNTRUSTED), "cannot embed")) {
            return false;
        }
    }
    return true;
}

static bool compute(pith_request *request) {
    int32_t status = pith_request_submit(request);
    while (status == PITH_OK || status == PITH_E_TIMEOUT) {
        if (interrupted()) {
            pith_request_cancel(request);
        }
        status = pith_request_wait(request, 100);
        if (status == PITH_OK) {
            break;
        }
    }
    return !failed(status, "cannot embed") && !interrupted();
}

static void print_vectors(const pith_request *request, bool json, bool *first) {
    const void *vector;
    uint64_t size;
    int64_t count;
    pith_request_get_i64(request, PITH_REQUEST_VECTORS, &count);
    for (int64_t v = 0; v < count; v++) {
        pith_request_view(request, PITH_VIEW_VECTOR, (uint64_t)v, &vector, &size);
        const float *values = vector;
        if (json) {
            fputs(*first ? "" : ",\n", stdout);
            json_floats(values, size / sizeof *values);
        } else {
            for (size_t i = 0; i < size / sizeof *values; i++) {
                printf(i ? " %.9g" : "%.9g", (double)values[i]);
            }
            putchar('\n');
        }
        *first = false;
    }
}

static bool embed_batch(const session *s, const invocation *in, bytes *rest, bool *first) {
    pith_request *request;
    if (failed(pith_request_create(s->engine, s->model, PITH_EMBED, in->options[PITH_SCOPE_REQUEST], &request),
               "request")) {
        return false;
    }
    bool good = add_lines(request, rest) && compute(request);
    if (good) {
        print_vectors(request, in->values[JSON] != NULL, first);
    }
    pith_request_release(request);
    return good;
}

static bool embed_all(const session *s, const invocation *in, const bytes *text) {
    bytes rest = *text;
    bool first = true, good = true;
    fputs(in->values[JSON] ? "[" : "", stdout);
    while (good && rest.size > 0) {
        good = embed_batch(s, in, &rest, &first);
    }
    fputs(in->values[JSON] ? "]\n" : "", stdout);
    return good;
}

static int run(const invocation *in) {
    session s = {0};
    bytes text = {NULL, 0};
    watch_interrupt();
    bool good = open_model(&s, in->model, in->options[PITH_SCOPE_HOST], in->options[PITH_SCOPE_MODEL]) &&
                open_engine(&s, in->options[PITH_SCOPE_ENGINE]) && read_all("-", &text) && embed_all(&s, in, &text);
    free(text.data);
    close_session(&s);
    return good ? EXIT_DONE : interrupted() ? EXIT_INTERRUPTED : EXIT_FAILED;
}

static const int32_t scopes[] = {PITH_SCOPE_REQUEST, PITH_SCOPE_ENGINE, PITH_SCOPE_MODEL, PITH_SCOPE_HOST, 0};

const command command_embed = {
    "embed",
    "MODEL [--json] [flags] < LINES",
    "Turns each line of standard input into a vector, printed one a line.",
    true,
    scopes,
    {[JSON] = {"json", NULL, "print one JSON array of vectors instead"}},
    run,
};
