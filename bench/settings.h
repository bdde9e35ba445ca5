/* What pith-bench is asked to do: its command line. Must not know: how anything is measured. */
#ifndef BENCH_SETTINGS_H
#define BENCH_SETTINGS_H

#include <stdbool.h>
#include <stdint.h>

#define MAX_STREAM_COUNTS 8

/* 0 stands for a length, or a list, that was not asked for until settings_fit has chosen one. */
typedef struct settings {
    const char *path;
    uint32_t prompt, generate, depth, threads, repeat, blas_columns;
    uint32_t streams[MAX_STREAM_COUNTS], n_streams;
    bool json, scaling, no_ceilings, no_sgemm;
} settings;

/* Ends the program with a message where the command line is wrong. */
void settings_parse(settings *s, int argc, char **argv);

/* Chooses what was not asked for so that it fits a context of so many tokens, and numbers of streams that start
 * together. NULL, or why what was asked for cannot be measured. */
const char *settings_fit(settings *s, uint32_t context);

#endif
