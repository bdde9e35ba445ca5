/* pith tokenize: the ids of what comes in on standard input. */
#include "commands.h"

#include <stdio.h>
#include <stdlib.h>

enum {
    JSON,
    TRUSTED,
    BOS,
    EOS
};

static bool tokenize(const pith_model *model, const bytes *text, uint32_t flags, int32_t **ids, uint64_t *count) {
    int32_t status = pith_tokenize(model, text->data, text->size, flags, NULL, 0, count);
    *ids = status == PITH_E_BUFFER ? malloc((size_t)*count * sizeof **ids) : NULL;
    if (status == PITH_E_BUFFER && *ids) {
        status = pith_tokenize(model, text->data, text->size, flags, *ids, *count, count);
    }
    return !failed(status, "cannot tokenize");
}

/* Id and piece, the piece in the form of a JSON string. A piece alone may be a part of a character. */
static bool print_pieces(const pith_model *model, const int32_t *ids, uint64_t count) {
    pith_decoder *decoder;
    if (failed(pith_decoder_create(model, PITH_TRUSTED, &decoder), "decoder")) {
        return false;
    }
    for (uint64_t i = 0; i < count; i++) {
        const char *text;
        uint64_t length;
        printf("%d\t", (int)ids[i]);
        pith_decoder_feed(decoder, ids[i], &text, &length);
        json_string(text, length);
        putchar('\n');
    }
    pith_decoder_release(decoder);
    return true;
}

static bool print_ids(const pith_model *model, const invocation *in) {
    uint32_t flags = (in->values[TRUSTED] ? PITH_TRUSTED : 0u) | (in->values[BOS] ? PITH_ADD_BOS : 0u) |
                     (in->values[EOS] ? PITH_ADD_EOS : 0u);
    bytes text;
    int32_t *ids = NULL;
    uint64_t count;
    bool good = read_all("-", &text) && tokenize(model, &text, flags, &ids, &count);
    if (good && in->values[JSON]) {
        json_ids(ids, (size_t)count);
        putchar('\n');
    } else if (good) {
        good = print_pieces(model, ids, count);
    }
    free(ids);
    free(text.data);
    return good;
}

static int run(const invocation *in) {
    session s = {0};
    bool good = open_model(&s, in->model, in->options[PITH_SCOPE_HOST], in->options[PITH_SCOPE_MODEL]) &&
                print_ids(s.model, in);
    close_session(&s);
    return good ? EXIT_DONE : EXIT_FAILED;
}

static const int32_t scopes[] = {PITH_SCOPE_MODEL, PITH_SCOPE_HOST, 0};

const command command_tokenize = {
    "tokenize",
    "MODEL [--json] [flags] < TEXT",
    "Turns standard input into token ids: id and piece, one a line.",
    true,
    scopes,
    {[JSON] = {"json", NULL, "print one JSON array of ids instead"},
     [TRUSTED] = {"trusted", NULL, "make control tokens such as <|im_end|> from the text"},
     [BOS] = {"bos", NULL, "start with the begin-of-text token if the model wants it"},
     [EOS] = {"eos", NULL, "likewise the end-of-text token at the end"}},
    run,
};
