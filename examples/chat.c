/* Talks with a chat model: reads what you say from standard input, line by line, and prints what it answers as it
 * comes.
 *
 *     chat MODEL.gguf ["You are a helpful assistant."]
 *     cc chat.c $(pkg-config --cflags --libs pith) -o chat
 *     or in CMake: find_package(pith REQUIRED), target_link_libraries(chat pith::pith)
 *
 * The library has no chat templates yet, so the turns are put into form here: ChatML, the format of Qwen and many
 * others. Change these texts for a model of another one. Its control tokens are made from trusted pieces only; what the
 * user types and what the model answered is not trusted, so that nobody can end a turn or speak for another by typing
 * "<|im_end|>". */
#include <pith/pith.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char system_turn[] = "<|im_start|>system\n", user_turn[] = "<|im_start|>user\n",
                  assistant_turn[] = "<|im_start|>assistant\n", turn_end[] = "<|im_end|>\n";

typedef struct turn {
    const char *opening; /* one of the above */
    char *text;          /* what was said, from malloc */
    size_t size;
} turn;

enum {
    MAX_TURNS = 1000
};

typedef struct chat {
    pith_model *model;
    pith_options *options;
    turn turns[MAX_TURNS];
    size_t count;
} chat;

static int fail(const char *doing) {
    char why[512];
    pith_error_copy(why, sizeof why, NULL);
    fprintf(stderr, "%s: %s\n", doing, why);
    return 1;
}

static int add_turn(chat *c, const char *opening, const char *text, size_t size) {
    char *copy = malloc(size + 1);
    if (!copy || c->count == MAX_TURNS) {
        free(copy);
        fprintf(stderr, "the conversation is too long\n");
        return 1;
    }
    memcpy(copy, text, size);
    c->turns[c->count++] = (turn){opening, copy, size};
    return 0;
}

/* The whole conversation as input, and the beginning of the answer. */
static int32_t add_conversation(pith_request *request, const chat *c) {
    int32_t status = PITH_OK;
    for (size_t i = 0; status == PITH_OK && i < c->count; i++) {
        const turn *t = &c->turns[i];
        if ((status = pith_request_add_text(request, t->opening, PITH_MEASURE, PITH_TRUSTED)) == PITH_OK &&
            (status = pith_request_add_text(request, t->text, t->size, PITH_UNTRUSTED)) == PITH_OK) {
            status = pith_request_add_text(request, turn_end, PITH_MEASURE, PITH_TRUSTED);
        }
    }
    return status != PITH_OK ? status : pith_request_add_text(request, assistant_turn, PITH_MEASURE, PITH_TRUSTED);
}

/* Called on this thread for every new piece of text. */
static int32_t show(void *user, pith_request *request, int32_t event) {
    const void *text;
    uint64_t size;
    (void)user;
    if (event == PITH_EVENT_TEXT && pith_request_view(request, PITH_VIEW_TEXT, 0, &text, &size) == PITH_OK) {
        fwrite(text, 1, (size_t)size, stdout);
        fflush(stdout);
    }
    return 0;
}

static int answer(chat *c) {
    pith_request *request;
    const void *text;
    uint64_t size;
    int failed = 0;
    if (pith_request_create(NULL, c->model, PITH_GENERATE, c->options, &request) != PITH_OK) {
        return fail("creating a request");
    }
    if (add_conversation(request, c) != PITH_OK || pith_request_run(request, show, NULL) != PITH_OK ||
        pith_request_view(request, PITH_VIEW_ALL_TEXT, 0, &text, &size) != PITH_OK) {
        failed = fail("answering");
    } else {
        putchar('\n');
        failed = add_turn(c, assistant_turn, text, (size_t)size);
    }
    pith_request_release(request);
    return failed;
}

static int talk(chat *c) {
    char line[4096]; /* a longer line is taken in parts */
    int failed = 0;
    while (!failed && fputs("> ", stdout) >= 0 && fflush(stdout) == 0 && fgets(line, sizeof line, stdin)) {
        size_t size = strcspn(line, "\n");
        failed = add_turn(c, user_turn, line, size) || answer(c);
    }
    return failed;
}

int main(int argc, char **argv) {
    static chat c; /* static: it is large */
    int failed = 0;
    if (argc < 2 || argc > 3) {
        fprintf(stderr, "usage: chat MODEL.gguf [SYSTEM-TEXT]\n");
        return 2;
    }
    if (pith_model_open_path(argv[1], &c.model) != PITH_OK ||
        pith_options_create(PITH_SCOPE_REQUEST, &c.options) != PITH_OK ||
        pith_options_add_str(c.options, PITH_KEY_STOP, "<|im_end|>", PITH_MEASURE) != PITH_OK) {
        return fail("opening the model");
    }
    if (argc == 3) {
        failed = add_turn(&c, system_turn, argv[2], strlen(argv[2]));
    }
    failed = failed || talk(&c);
    while (c.count > 0) {
        free(c.turns[--c.count].text);
    }
    pith_options_release(c.options);
    pith_model_release(c.model);
    return failed;
}
