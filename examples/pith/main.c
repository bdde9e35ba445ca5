/* The pith command: runs models from a shell. Everything it does, it does through pith.h. */
#include "commands.h"

#include <stdio.h>
#include <string.h>

static const command *const commands[] = {&command_run, &command_tokenize, &command_embed, &command_inspect,
                                          &command_version};
enum {
    COMMANDS = sizeof commands / sizeof commands[0]
};

static void print_usage(FILE *to) {
    fputs("pith runs transformer language models on the CPU.\n\nusage: pith COMMAND ...\n\n", to);
    for (int i = 0; i < COMMANDS; i++) {
        const char *purpose = commands[i]->purpose;
        fprintf(to, "  %-10s %.*s\n", commands[i]->name, (int)strcspn(purpose, "\n"), purpose);
    }
    fputs("\nEach command tells more: pith run --help\n"
          "Exit codes: 0 done, 1 failed, 2 wrong usage, 130 stopped by Ctrl-C.\n",
          to);
}

static const command *find(const char *name) {
    for (int i = 0; i < COMMANDS; i++) {
        if (strcmp(name, commands[i]->name) == 0) {
            return commands[i];
        }
    }
    return NULL;
}

int main(int argc, char **argv) {
    const char *name = argc > 1 ? argv[1] : "";
    if (strcmp(name, "--help") == 0 || strcmp(name, "-h") == 0 || strcmp(name, "help") == 0) {
        print_usage(stdout);
        return EXIT_DONE;
    }
    const command *c = find(strcmp(name, "--version") == 0 ? "version" : name);
    if (!c) {
        if (*name) {
            complain("there is no command '%s'", name);
        }
        print_usage(stderr);
        return EXIT_USAGE;
    }
    int code = run_command(c, argc - 2, argv + 2);
    if (fflush(stdout) != 0 || ferror(stdout)) {
        complain("writing to standard output failed");
        return EXIT_FAILED;
    }
    return code;
}
