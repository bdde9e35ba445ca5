/* pith version: what the library is. */
#include "commands.h"

#include <stdio.h>

enum {
    JSON
};

static int run(const invocation *in) {
    char build[8192];
    uint64_t size;
    uint32_t version = pith_version();
    if (!in->values[JSON]) {
        printf("pith %u.%u.%u\n", (unsigned)(version / 1000000), (unsigned)(version / 1000 % 1000),
               (unsigned)(version % 1000));
        return EXIT_DONE;
    }
    if (failed(pith_build_json(build, sizeof build, &size), "build")) {
        return EXIT_FAILED;
    }
    printf("%.*s\n", (int)size, build);
    return EXIT_DONE;
}

static const int32_t scopes[] = {0};

const command command_version = {
    "version", "[--json]", "Prints the version of the library.",
    false,     scopes,     {[JSON] = {"json", NULL, "print all about this build: CPU levels, families, tensor types"}},
    run,
};
