/* Text to token ids and back. One vocabulary, one of several algorithms behind one interface (byte-level BPE,
 * SentencePiece BPE; unigram and WordPiece come beside them).
 *
 * Invariant: a vocabulary is immutable once created and shared by threads; tokenize and decode keep their state in the
 * caller's hands. Every id from outside is checked; text is any bytes, broken UTF-8 included; time is near linear in
 * the text's length. Special (control) tokens are recognized only in spans marked trusted, never across span borders.
 * Must not know: files, models. */
#ifndef PITH_TOKENIZER_H
#define PITH_TOKENIZER_H

#include "base/memory.h"
#include "base/str.h"
#include <stdbool.h>
#include <stdint.h>

typedef struct pith__tokenizer pith__tokenizer;

/* Token types, GGUF's numbers. */
enum {
    PITH__TOKEN_NORMAL = 1,
    PITH__TOKEN_UNKNOWN = 2,
    PITH__TOKEN_CONTROL = 3,
    PITH__TOKEN_USER = 4,
    PITH__TOKEN_UNUSED = 5,
    PITH__TOKEN_BYTE = 6
};

/* What a vocabulary is made of; all borrowed for the time of create(). Arrays have `count` elements unless said
 * otherwise. */
typedef struct pith__vocab_spec {
    pith__str model; /* "gpt2" (byte-level BPE), "llama" (SentencePiece BPE); others: PITH_E_UNSUPPORTED */
    pith__str pre;   /* pre-tokenizer of byte-level BPE: "default", "gpt-2", "llama-bpe", "qwen2", ... */
    uint64_t count;
    const pith__str *tokens;
    const float *scores;     /* NULL: none */
    const int32_t *types;    /* NULL: all normal */
    const pith__str *merges; /* "left right", by rank */
    uint64_t n_merges;
    int64_t bos, eos, eot, unk, pad;           /* ids; -1: none */
    int8_t add_bos, add_eos, add_space_prefix; /* 0, 1; -1: the kind's default */
} pith__vocab_spec;

int32_t pith__tokenizer_create(pith__mem *mem, const pith__vocab_spec *spec, pith__tokenizer **out);
void pith__tokenizer_release(pith__tokenizer *t);

/* A piece of input text. */
typedef struct pith__span {
    pith__str text;
    bool trusted; /* control tokens in it are parsed; user-defined ones are in every span, as official tokenizers do */
} pith__span;

typedef struct pith__token_list {
    int32_t *ids; /* count ids */
    uint64_t
        *offsets; /* count byte offsets of each token's start in the concatenated spans, if asked for; NULL otherwise */
    uint64_t count, capacity;
} pith__token_list;

enum {
    PITH__TOKENIZE_BOS = 1, /* put BOS first if the vocabulary adds one (add_bos) */
    PITH__TOKENIZE_EOS = 2, /* likewise EOS last */
    PITH__TOKENIZE_OFFSETS = 4
};

/* Appends the ids of the spans to `list` (zero-initialized by the caller at first, freed with token_list_free). On
 * failure the list is as it was. One list is either always asked for with offsets or never; a call takes 2 GiB of text
 * at most. */
int32_t pith__tokenize(const pith__tokenizer *t, pith__mem *mem, const pith__span *spans, uint64_t n_spans,
                       uint32_t flags, pith__token_list *list);
void pith__token_list_free(pith__mem *mem, pith__token_list *list);

uint64_t pith__tokenizer_count(const pith__tokenizer *t);
int64_t pith__tokenizer_bos(const pith__tokenizer *t);
int64_t pith__tokenizer_eos(const pith__tokenizer *t);
bool pith__tokenizer_adds_bos(const pith__tokenizer *t);
/* EOS, EOT and the other tokens that end a turn (<|im_end|>, <|eot_id|>, <|end|>, ... recognized by text if control).
 */
bool pith__tokenizer_is_eog(const pith__tokenizer *t, int32_t id);
/* The type the library goes by; 0: no such id. User-defined tokens that end or delimit turns count as control tokens,
 * so that no plain text makes them; vocabularies without types get them from the tokens' texts and parts. */
int32_t pith__tokenizer_type(const pith__tokenizer *t, int32_t id);
/* The id whose vocabulary entry is exactly `text`, or -1. */
int64_t pith__tokenizer_find(const pith__tokenizer *t, pith__str text);

/* Streaming decoder: ids in, bytes out. feed() appends the token's bytes (controls give none unless `specials`), with
 * the family's leading-space rule. Plain struct, no allocation. */
typedef struct pith__decoder {
    const pith__tokenizer *tokenizer;
    bool specials; /* show control tokens as their text */
    bool started;  /* something was written: the leading-space rule is over */
} pith__decoder;
void pith__decoder_init(pith__decoder *d, const pith__tokenizer *t, bool specials);
/* The longest a token's bytes can be in this vocabulary. */
uint64_t pith__tokenizer_max_bytes(const pith__tokenizer *t);
/* Writes the bytes of `id` to out (capacity max_bytes); returns how many. Unknown ids give 0. */
uint64_t pith__decoder_feed(pith__decoder *d, int32_t id, char *out);

/* UTF-8 gate for streams: how many leading bytes of `text` can be shown without splitting a sequence (a broken sequence
 * counts as showable: only an incomplete, still valid tail is held back). */
uint64_t pith__utf8_complete(const char *text, uint64_t len);
/* Copies with every invalid byte sequence replaced by U+FFFD (as the WHATWG decoder does). Returns bytes needed; writes
 * at most `capacity`. */
uint64_t pith__utf8_sanitize(const char *text, uint64_t len, char *out, uint64_t capacity);

#endif
