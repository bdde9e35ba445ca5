/* The command line, by table: own flags first, then the library's keys. */
#include "flags.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- help ---- */

static const char *argument_word(int32_t type) {
    switch (type) {
    case PITH_TYPE_I64:
        return "N";
    case PITH_TYPE_F64:
        return "X";
    case PITH_TYPE_STR:
        return "WORD";
    case PITH_TYPE_STRS:
        return "TEXT";
    case PITH_TYPE_I64S:
        return "ID,ID,...";
    default:
        return "ID=X";
    }
}

/* "--max-tokens N" in a column of its own. */
static void print_flag(const char *name, const char *argument) {
    char left[64];
    int length = snprintf(left, sizeof left, "  --%s%s%s", name, argument ? " " : "", argument ? argument : "");
    for (char *c = left; *c; c++) {
        *c = *c == '_' ? '-' : *c;
    }
    printf(length < 28 ? "%-28s" : "%s\n                            ", left);
}

static void print_keys(int32_t scope) {
    static const char *const titles[] = {"", "host", "model", "engine", "request"};
    int32_t key;
    printf("\nOptions of the %s:\n", titles[scope]);
    for (uint32_t i = 0; pith_key_at(scope, i, &key) == PITH_OK; i++) {
        const char *normal = pith_key_text(key, PITH_TEXT_DEFAULT);
        print_flag(pith_key_text(key, PITH_TEXT_NAME), argument_word(pith_key_type(key)));
        printf("%s\n%28s(%s%s%s)\n", pith_key_text(key, PITH_TEXT_MEANING), "", pith_key_text(key, PITH_TEXT_RANGE),
               *normal ? "; default " : "", normal);
    }
}

static void print_help(const command *c) {
    printf("usage: pith %s %s\n\n%s\n\nFlags:\n", c->name, c->synopsis, c->purpose);
    for (const own_flag *f = c->flags; f->name; f++) {
        print_flag(f->name, f->argument);
        printf("%s\n", f->meaning);
    }
    print_flag("help", NULL);
    puts("show this");
    for (const int32_t *scope = c->scopes; *scope; scope++) {
        print_keys(*scope);
    }
}

/* ---- values ---- */

static bool parse_i64(const char *text, char **end, int64_t *out) {
    errno = 0;
    long long value = strtoll(text, end, 10);
    *out = value;
    return *end != text && errno == 0;
}

static bool parse_f64(const char *text, char **end, double *out) {
    *out = strtod(text, end);
    return *end != text;
}

static int32_t set_ids(pith_options *options, int32_t key, const char *text, bool *well_formed) {
    int64_t ids[256];
    size_t count = 0;
    char *end;
    do {
        if (count == 256 || !parse_i64(text, &end, &ids[count]) || (*end && *end != ',')) {
            *well_formed = false;
            return PITH_OK;
        }
        count++;
        text = end + 1;
    } while (*end);
    return pith_options_set_i64s(options, key, ids, count);
}

/* Sets a key from the text on the command line. *well_formed is false when the text is not of the key's type. */
static int32_t set_key(pith_options *options, int32_t key, const char *text, bool *well_formed) {
    char *end;
    int64_t whole;
    double number;
    *well_formed = true;
    switch (pith_key_type(key)) {
    case PITH_TYPE_I64:
        *well_formed = parse_i64(text, &end, &whole) && !*end;
        return *well_formed ? pith_options_set_i64(options, key, whole) : PITH_OK;
    case PITH_TYPE_F64:
        *well_formed = parse_f64(text, &end, &number) && !*end;
        return *well_formed ? pith_options_set_f64(options, key, number) : PITH_OK;
    case PITH_TYPE_STR:
        return pith_options_set_str(options, key, text, PITH_MEASURE);
    case PITH_TYPE_STRS:
        return pith_options_add_str(options, key, text, PITH_MEASURE);
    case PITH_TYPE_I64S:
        return set_ids(options, key, text, well_formed);
    default:
        *well_formed = parse_i64(text, &end, &whole) && *end == '=' && parse_f64(end + 1, &end, &number) && !*end;
        return *well_formed ? pith_options_add_pair(options, key, whole, number) : PITH_OK;
    }
}

/* ---- parsing ---- */

typedef struct parser {
    const command *command;
    invocation *in;
    int argc, at;
    char **argv;
    bool help; /* --help was met */
} parser;

static bool same_name(const char *flag, size_t length, const char *name) {
    for (size_t i = 0; i < length; i++) {
        if ((flag[i] == '-' ? '_' : flag[i]) != (name[i] == '-' ? '_' : name[i])) {
            return false;
        }
    }
    return name[length] == 0;
}

static bool is_switch(int32_t key) {
    double low, high, normal;
    return pith_key_type(key) == PITH_TYPE_I64 && pith_key_range(key, &low, &high, &normal) == PITH_OK && low == 0 &&
           high == 1;
}

/* The flag's value: what stands after '=', or the next argument. NULL when there is none. */
static const char *take_value(parser *p, const char *after) {
    return *after == '=' ? after + 1 : p->at < p->argc ? p->argv[p->at++] : NULL;
}

/* On-off keys may stand alone: --ignore-eog means 1. */
static const char *take_switch_value(parser *p, const char *after) {
    bool given =
        *after == '=' || (p->at < p->argc && (strcmp(p->argv[p->at], "0") == 0 || strcmp(p->argv[p->at], "1") == 0));
    return given ? take_value(p, after) : "1";
}

static bool parse_key(parser *p, const char *flag, size_t length, int32_t scope, int32_t key) {
    const char *value = is_switch(key) ? take_switch_value(p, flag + length) : take_value(p, flag + length);
    bool well_formed;
    if (!value) {
        complain("--%.*s needs a value: %s", (int)length, flag, pith_key_text(key, PITH_TEXT_RANGE));
        return false;
    }
    int32_t status = set_key(p->in->options[scope], key, value, &well_formed);
    if (!well_formed) {
        complain("--%.*s takes %s, not '%s' (%s)", (int)length, flag, argument_word(pith_key_type(key)), value,
                 pith_key_text(key, PITH_TEXT_RANGE));
        return false;
    }
    char doing[64];
    snprintf(doing, sizeof doing, "--%.*s", (int)length, flag);
    return !failed(status, doing);
}

static bool parse_own(parser *p, const char *flag, size_t length, int index) {
    const own_flag *own = &p->command->flags[index];
    if (!own->argument) {
        p->in->values[index] = "";
        return true;
    }
    p->in->values[index] = take_value(p, flag + length);
    if (!p->in->values[index]) {
        complain("--%s needs a value: %s", own->name, own->argument);
    }
    return p->in->values[index] != NULL;
}

static bool parse_flag(parser *p, const char *flag) {
    size_t length = strcspn(flag, "=");
    for (int i = 0; p->command->flags[i].name; i++) {
        if (same_name(flag, length, p->command->flags[i].name)) {
            return parse_own(p, flag, length, i);
        }
    }
    for (const int32_t *scope = p->command->scopes; *scope; scope++) {
        int32_t key;
        for (uint32_t i = 0; pith_key_at(*scope, i, &key) == PITH_OK; i++) {
            if (same_name(flag, length, pith_key_text(key, PITH_TEXT_NAME))) {
                return parse_key(p, flag, length, *scope, key);
            }
        }
    }
    complain("%s has no flag --%.*s; see pith %s --help", p->command->name, (int)length, flag, p->command->name);
    return false;
}

static bool parse_line(parser *p) {
    bool flags = true;
    while (p->at < p->argc) {
        const char *word = p->argv[p->at++];
        if (flags && (strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0)) {
            p->help = true;
            return false;
        }
        if (flags && strcmp(word, "--") == 0) {
            flags = false;
        } else if (flags && strncmp(word, "--", 2) == 0) {
            if (!parse_flag(p, word + 2)) {
                return false;
            }
        } else if (p->command->needs_model && !p->in->model) {
            p->in->model = word;
        } else {
            complain("'%s' is one argument too many; see pith %s --help", word, p->command->name);
            return false;
        }
    }
    if (p->command->needs_model && !p->in->model) {
        complain("which model? usage: pith %s %s", p->command->name, p->command->synopsis);
        return false;
    }
    return true;
}

static bool create_options(const command *c, invocation *in) {
    for (const int32_t *scope = c->scopes; *scope; scope++) {
        if (failed(pith_options_create(*scope, &in->options[*scope]), "options")) {
            return false;
        }
    }
    return true;
}

int run_command(const command *c, int argc, char **argv) {
    invocation in = {0};
    parser p = {.command = c, .in = &in, .argc = argc, .argv = argv};
    int code = EXIT_FAILED;
    if (create_options(c, &in)) {
        code = parse_line(&p) ? c->run(&in) : EXIT_USAGE;
    }
    if (p.help) {
        print_help(c);
        code = EXIT_DONE;
    }
    for (int32_t scope = 0; scope < SCOPES; scope++) {
        pith_options_release(in.options[scope]);
    }
    return code;
}
