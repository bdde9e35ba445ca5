/* Command lines: a command's own flags, and a flag for every key of the scopes it takes (max_tokens is --max-tokens),
 * with help made from the library's own table. */
#ifndef PITH_FLAGS_H
#define PITH_FLAGS_H

#include "tool.h"

enum {
    MAX_OWN_FLAGS = 8,
    SCOPES = 5
};

typedef struct own_flag {
    const char *name;
    const char *argument; /* NULL: a switch */
    const char *meaning;
} own_flag;

/* What a command line said. */
typedef struct invocation {
    const char *model;
    const char *values[MAX_OWN_FLAGS]; /* of the own flags, by place; a switch that is on holds "" */
    pith_options *options[SCOPES];     /* by PITH_SCOPE_*; NULL where the command does not take the scope */
} invocation;

typedef struct command {
    const char *name, *synopsis, *purpose;
    bool needs_model;
    const int32_t *scopes;             /* ends with 0 */
    own_flag flags[MAX_OWN_FLAGS + 1]; /* ends with a NULL name */
    int (*run)(const invocation *in);
} command;

/* Parses what follows the command's name, runs it, frees all; returns the exit code. */
int run_command(const command *c, int argc, char **argv);

#endif
