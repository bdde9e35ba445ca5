/* Text to ids and back, with the model's vocabulary, and the decoder object that makes whole UTF-8 of a stream of ids.
 */
#include "api/args.h"
#include "arch/model.h"
#include "base/os.h"

/* PITH_E_ARGUMENT for flags outside `allowed`, PITH_E_UNSUPPORTED for a model without vocabulary. */
static int32_t check_call(const char *function, const pith_model *model, uint32_t flags, uint32_t allowed) {
    if (flags & ~allowed) {
        return pith__fail(PITH_E_ARGUMENT, "%s: flags are 0x%x, of which only 0x%x mean something here", function,
                          flags, allowed);
    }
    if (!model->tokenizer) {
        return pith__fail(PITH_E_UNSUPPORTED, "%s: the model file has no vocabulary", function);
    }
    return PITH_OK;
}

static int32_t check_ids(const char *function, const pith_model *model, const int32_t *ids, uint64_t count) {
    for (uint64_t i = 0; i < count; i++) {
        if (ids[i] < 0 || (uint64_t)ids[i] >= pith__tokenizer_count(model->tokenizer)) {
            return pith__fail(PITH_E_ARGUMENT, "%s: ids[%llu] is %d; the vocabulary has 0 to %llu", function,
                              (unsigned long long)i, ids[i],
                              (unsigned long long)pith__tokenizer_count(model->tokenizer) - 1);
        }
    }
    return PITH_OK;
}

/* ---- tokenize ---- */

/* Where the results of a tokenize call go. */
typedef struct token_buffer {
    int32_t *ids;
    uint64_t *offsets; /* two an id; NULL: not wanted */
    uint64_t capacity;
    uint64_t *count;
} token_buffer;

static int32_t deliver(const char *function, const pith__token_list *list, const token_buffer *to) {
    if (list->count > to->capacity) {
        *to->count = list->count;
        return pith__fail(PITH_E_BUFFER, "%s: the text has %llu tokens, the buffer room for %llu", function,
                          (unsigned long long)list->count, (unsigned long long)to->capacity);
    }
    *to->count = list->count;
    if (list->count > 0) {
        memcpy(to->ids, list->ids, (size_t)list->count * sizeof(*to->ids));
        if (to->offsets) {
            memcpy(to->offsets, list->offsets, 2 * (size_t)list->count * sizeof(*to->offsets));
        }
    }
    return PITH_OK;
}

static int32_t tokenize(const char *function, const pith_model *model, const pith__span *spans, uint64_t n_spans,
                        uint32_t flags, const token_buffer *to) {
    pith__mem *mem = &model->host->mem;
    pith__token_list list = {0};
    uint32_t how = (flags & PITH_ADD_BOS ? PITH__TOKENIZE_BOS : 0u) | (flags & PITH_ADD_EOS ? PITH__TOKENIZE_EOS : 0u) |
                   (to->offsets ? PITH__TOKENIZE_OFFSETS : 0u);
    pith__fpmode saved = pith__fpmode_enter();
    int32_t status = pith__tokenize(model->tokenizer, mem, spans, n_spans, how, &list);
    pith__fpmode_leave(saved);
    if (status == PITH_OK) {
        status = deliver(function, &list, to);
    }
    pith__token_list_free(mem, &list);
    return status;
}

int32_t pith_tokenize(const pith_model *model, const char *text, uint64_t length, uint32_t flags, int32_t *ids,
                      uint64_t capacity, uint64_t *count) {
    PITH_OUT(count, 0);
    PITH_REQUIRE(model);
    pith__span span = {.trusted = (flags & PITH_TRUSTED) != 0};
    PITH_TRY(pith__arg_text(__func__, "text", text, length, &span.text));
    PITH_TRY(pith__arg_array(__func__, "ids", ids, capacity, sizeof(*ids)));
    PITH_TRY(check_call(__func__, model, flags, PITH_TRUSTED | PITH_ADD_BOS | PITH_ADD_EOS));
    return tokenize(__func__, model, &span, 1, flags, &(token_buffer){ids, NULL, capacity, count});
}

static int32_t fill_spans(const char *function, const char *const *texts, const uint64_t *lengths,
                          const uint32_t *trust, uint64_t count, pith__span *spans) {
    for (uint64_t i = 0; i < count; i++) {
        if (trust[i] != PITH_TRUSTED && trust[i] != PITH_UNTRUSTED) {
            return pith__fail(PITH_E_ARGUMENT,
                              "%s: trust[%llu] is %u; it must be PITH_UNTRUSTED (0) or PITH_TRUSTED (1)", function,
                              (unsigned long long)i, trust[i]);
        }
        PITH_TRY(pith__arg_text(function, "a text", texts[i], lengths[i], &spans[i].text));
        spans[i].trusted = trust[i] == PITH_TRUSTED;
    }
    return PITH_OK;
}

int32_t pith_tokenize_spans(const pith_model *model, const char *const *texts, const uint64_t *lengths,
                            const uint32_t *trust, uint64_t spans, uint32_t flags, int32_t *ids, uint64_t *offsets,
                            uint64_t capacity, uint64_t *count) {
    PITH_OUT(count, 0);
    PITH_REQUIRE(model);
    PITH_TRY(pith__arg_array(__func__, "texts", texts, spans, sizeof(*texts)));
    PITH_TRY(pith__arg_array(__func__, "lengths", lengths, spans, sizeof(*lengths)));
    PITH_TRY(pith__arg_array(__func__, "trust", trust, spans, sizeof(*trust)));
    PITH_TRY(pith__arg_array(__func__, "ids", ids, capacity, sizeof(*ids)));
    PITH_TRY(check_call(__func__, model, flags, PITH_ADD_BOS | PITH_ADD_EOS));
    pith__mem *mem = &model->host->mem;
    pith__span *list;
    PITH_TRY(PITH_NEW_ARRAY(mem, &list, spans, "text spans"));
    int32_t status = fill_spans(__func__, texts, lengths, trust, spans, list);
    if (status == PITH_OK) {
        status = tokenize(__func__, model, list, spans, flags, &(token_buffer){ids, offsets, capacity, count});
    }
    pith__mem_free(mem, list);
    return status;
}

/* ---- detokenize ---- */

/* Writes the bytes of all ids to `out` (NULL: only counts). `scratch` holds one token's bytes. */
static uint64_t decode_all(const pith_model *model, const int32_t *ids, uint64_t count, bool specials, char *scratch,
                           char *out) {
    pith__decoder decoder;
    uint64_t size = 0;
    pith__decoder_init(&decoder, model->tokenizer, specials);
    for (uint64_t i = 0; i < count; i++) {
        uint64_t bytes = pith__decoder_feed(&decoder, ids[i], scratch);
        if (out && bytes > 0) {
            memcpy(out + size, scratch, (size_t)bytes);
        }
        size += bytes;
    }
    return size;
}

int32_t pith_detokenize(const pith_model *model, const int32_t *ids, uint64_t count, uint32_t flags, char *buffer,
                        uint64_t capacity, uint64_t *size) {
    PITH_OUT(size, 0);
    PITH_REQUIRE(model);
    PITH_TRY(pith__arg_array(__func__, "ids", ids, count, sizeof(*ids)));
    PITH_TRY(pith__arg_buffer(__func__, buffer, capacity));
    PITH_TRY(check_call(__func__, model, flags, PITH_TRUSTED));
    PITH_TRY(check_ids(__func__, model, ids, count));
    pith__mem *mem = &model->host->mem;
    char *scratch;
    PITH_TRY(PITH_NEW_ARRAY(mem, &scratch, pith__tokenizer_max_bytes(model->tokenizer), "token text"));
    int32_t status = PITH_OK;
    *size = decode_all(model, ids, count, (flags & PITH_TRUSTED) != 0, scratch, NULL);
    if (*size > capacity) {
        status = pith__fail(PITH_E_BUFFER, "%s: %llu bytes are needed, the buffer has %llu", __func__,
                            (unsigned long long)*size, (unsigned long long)capacity);
    } else {
        decode_all(model, ids, count, (flags & PITH_TRUSTED) != 0, scratch, buffer);
    }
    pith__mem_free(mem, scratch);
    return status;
}

/* ---- decoder ---- */

enum {
    UTF8_TAIL = 3,
    REPLACEMENT = 3
}; /* most bytes of an unfinished sequence; bytes of U+FFFD, which may stand for one byte */

struct pith_decoder {
    pith_model *model; /* retained */
    pith__decoder state;
    bool specials;
    char *pending; /* what was not shown yet, and room for one more token */
    uint64_t n_pending;
    char *text; /* what the last feed showed */
    uint64_t text_capacity;
};

static int32_t allocate_decoder(pith_decoder *decoder) {
    pith__mem *mem = &decoder->model->host->mem;
    uint64_t room = pith__tokenizer_max_bytes(decoder->model->tokenizer) + UTF8_TAIL;
    decoder->text_capacity = room * REPLACEMENT;
    PITH_TRY(PITH_NEW_ARRAY(mem, &decoder->pending, room, "decoder"));
    return PITH_NEW_ARRAY(mem, &decoder->text, decoder->text_capacity, "decoder");
}

int32_t pith_decoder_create(const pith_model *model, uint32_t flags, pith_decoder **out) {
    PITH_OUT(out, NULL);
    PITH_REQUIRE(model);
    PITH_TRY(check_call(__func__, model, flags, PITH_TRUSTED));
    pith_decoder *decoder;
    PITH_TRY(PITH_NEW(&model->host->mem, &decoder, "decoder"));
    decoder->model = (pith_model *)(uintptr_t)model; /* only its reference count is written */
    decoder->specials = (flags & PITH_TRUSTED) != 0;
    pith__model_retain(decoder->model);
    pith__decoder_init(&decoder->state, model->tokenizer, decoder->specials);
    int32_t status = allocate_decoder(decoder);
    if (status != PITH_OK) {
        pith_decoder_release(decoder);
        return status;
    }
    *out = decoder;
    return PITH_OK;
}

/* Moves the first `length` pending bytes to the text, valid from here on. */
static void show(pith_decoder *decoder, uint64_t length, pith__str *shown) {
    shown->ptr = decoder->text;
    shown->len = pith__utf8_sanitize(decoder->pending, length, decoder->text, decoder->text_capacity);
    decoder->n_pending -= length;
    memmove(decoder->pending, decoder->pending + length, (size_t)decoder->n_pending);
}

int32_t pith_decoder_feed(pith_decoder *decoder, int32_t id, const char **text, uint64_t *length) {
    PITH_OUT(text, NULL);
    PITH_OUT(length, 0);
    PITH_REQUIRE(decoder);
    pith__str shown;
    if (id == -1) {
        show(decoder, decoder->n_pending, &shown);
        pith__decoder_init(&decoder->state, decoder->model->tokenizer, decoder->specials);
    } else {
        PITH_TRY(check_ids(__func__, decoder->model, &id, 1));
        decoder->n_pending += pith__decoder_feed(&decoder->state, id, decoder->pending + decoder->n_pending);
        show(decoder, pith__utf8_complete(decoder->pending, decoder->n_pending), &shown);
    }
    *text = shown.ptr;
    *length = shown.len;
    return PITH_OK;
}

void pith_decoder_release(pith_decoder *decoder) {
    if (!decoder) {
        return;
    }
    pith_model *model = decoder->model;
    pith__mem *mem = &model->host->mem;
    pith__mem_free(mem, decoder->pending);
    pith__mem_free(mem, decoder->text);
    pith__mem_free(mem, decoder);
    pith__model_release(model);
}
