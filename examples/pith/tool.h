/* What the commands of the pith tool share: errors, reading files, opening models, output as JSON. */
#ifndef PITH_TOOL_H
#define PITH_TOOL_H

#include <pith/pith.h>
#include <stdbool.h>
#include <stddef.h>

enum {
    EXIT_DONE = 0,
    EXIT_FAILED = 1,
    EXIT_USAGE = 2,
    EXIT_INTERRUPTED = 130
};

/* ---- errors ---- */

/* Both print "pith: ..." to stderr. failed() adds the library's own words when `status` is a failure. */
void complain(const char *format, ...);
bool failed(int32_t status, const char *doing);

/* ---- bytes ---- */

typedef struct bytes {
    char *data;
    size_t size;
} bytes;

/* Reads a file to its end ("-": standard input); false, with the reason told, when that fails. Free data. */
bool read_all(const char *path, bytes *out);

/* ---- Ctrl-C: the first one asks to stop, the second one ends the program ---- */

void watch_interrupt(void);
bool interrupted(void);

double seconds_now(void);

/* ---- a model and what it stands on ---- */

typedef struct session {
    pith_host *host;
    pith_source *source;
    pith_model *model;
    pith_engine *engine;
    double load_seconds;
} session;

/* Options may be NULL. Each tells what went wrong and returns false; close_session is due in any case. */
bool open_source(session *s, const char *path, const pith_options *host_options);
bool open_model(session *s, const char *path, const pith_options *host_options, pith_options *model_options);
bool open_engine(session *s, const pith_options *engine_options);
void close_session(session *s);

/* ---- JSON to stdout ---- */

void json_string(const char *text, size_t length); /* whole UTF-8 stays as it is */
void json_ids(const int32_t *ids, size_t count);
void json_floats(const float *values, size_t count);

#endif
