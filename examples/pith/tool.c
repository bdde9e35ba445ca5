/* Errors, files, Ctrl-C, and the opening of models with a progress bar. */
#include "tool.h"

#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#if defined(_WIN32)
#include <io.h>
#define isatty _isatty
#else
#include <unistd.h>
#endif

/* ---- errors ---- */

void complain(const char *format, ...) {
    va_list args;
    va_start(args, format);
    fflush(stdout);
    fputs("pith: ", stderr);
    vfprintf(stderr, format, args);
    fputc('\n', stderr);
    va_end(args);
}

bool failed(int32_t status, const char *doing) {
    if (status == PITH_OK) {
        return false;
    }
    char why[512];
    pith_error_copy(why, sizeof why, NULL);
    complain("%s: %s (%s)", doing, why, pith_status_name(status));
    return true;
}

/* ---- bytes ---- */

static bool read_stream(FILE *file, bytes *out) {
    size_t capacity = 0, got;
    *out = (bytes){NULL, 0};
    do {
        if (capacity - out->size < 4096) {
            capacity = capacity ? 2 * capacity : 16384;
            char *grown = realloc(out->data, capacity);
            if (!grown) {
                errno = ENOMEM;
                return false;
            }
            out->data = grown;
        }
        got = fread(out->data + out->size, 1, capacity - out->size, file);
        out->size += got;
    } while (got > 0);
    return !ferror(file);
}

bool read_all(const char *path, bytes *out) {
    bool standard = strcmp(path, "-") == 0;
    FILE *file = standard ? stdin : fopen(path, "rb");
    bool good = file && read_stream(file, out);
    if (!good) {
        complain("%s: %s", path, strerror(errno));
        if (file) {
            free(out->data);
        }
        *out = (bytes){NULL, 0};
    }
    if (file && !standard) {
        fclose(file);
    }
    return good;
}

/* ---- Ctrl-C and time ---- */

static volatile sig_atomic_t interrupt_seen;

static void on_interrupt(int number) {
    interrupt_seen = 1;
    signal(number, SIG_DFL);
}

void watch_interrupt(void) {
    signal(SIGINT, on_interrupt);
}

bool interrupted(void) {
    return interrupt_seen != 0;
}

double seconds_now(void) {
    struct timespec now;
    timespec_get(&now, TIME_UTC);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

/* ---- opening ---- */

enum {
    BAR_WIDTH = 40
};

typedef struct progress {
    double started;
    bool terminal, shown;
} progress;

/* A bar for loads that take more than a moment, where somebody sees it. */
static int32_t show_progress(void *user, double fraction) {
    progress *p = user;
    if (p->terminal && (p->shown || seconds_now() - p->started > 0.5)) {
        int done = (int)(fraction * BAR_WIDTH);
        fprintf(stderr, "\rloading [%.*s%*s] %3d%%", done, "########################################", BAR_WIDTH - done,
                "", (int)(fraction * 100));
        p->shown = true;
    }
    return interrupted();
}

bool open_source(session *s, const char *path, const pith_options *host_options) {
    return !failed(pith_host_create(host_options, &s->host), "host") &&
           !failed(pith_source_from_path(s->host, path, PITH_MEASURE, &s->source), "cannot open the model");
}

bool open_model(session *s, const char *path, const pith_options *host_options, pith_options *model_options) {
    if (!s->source && !open_source(s, path, host_options)) {
        return false;
    }
    progress p = {seconds_now(), isatty(2) != 0, false};
    pith_options_set_progress(model_options, show_progress, &p);
    int32_t status = pith_model_open(s->host, s->source, model_options, &s->model);
    s->load_seconds = seconds_now() - p.started;
    if (p.shown) {
        fprintf(stderr, "\r%*s\r", BAR_WIDTH + 16, "");
    }
    return !failed(status, "cannot open the model");
}

bool open_engine(session *s, const pith_options *engine_options) {
    return !failed(pith_engine_create(s->host, engine_options, &s->engine), "cannot start an engine");
}

void close_session(session *s) {
    pith_engine_release(s->engine);
    pith_model_release(s->model);
    pith_source_release(s->source);
    pith_host_release(s->host);
}
