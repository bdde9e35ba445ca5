/* Text to token ids and back. A vocabulary is described as data: how its entries are written, the steps that normalize a text,
 * those that cut it into words, and one of three algorithms for a word (models/). Where the description comes from is not
 * known here.
 *
 * Invariant: a vocabulary is immutable once created and shared by threads; tokenize and decode keep their state in the
 * caller's hands. Every id from outside is checked; text is any bytes, broken UTF-8 included; time is near linear in
 * the text's length. Special (control) tokens are recognized only in spans marked trusted, never across span borders.
 * Must not know: files, models. */
#ifndef PITH_TOKENIZER_H
#define PITH_TOKENIZER_H

#include "base/memory.h"
#include "base/str.h"
#include "tokenizer/normalize/normalize.h"
#include "tokenizer/pretok/cut.h"
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

/* Attributes of a control or user-defined token, which is matched whole: added up, in pith__vocab_spec.flags. */
enum {
    PITH__TOKEN_LSTRIP = 1,    /* takes the white space before it along */
    PITH__TOKEN_RSTRIP = 2,    /* takes the white space after it along */
    PITH__TOKEN_WORD = 4,      /* only where no word character stands beside it */
    PITH__TOKEN_NORMALIZED = 8 /* looked for, normalized itself, in the normalized text; else in the text as it was given */
};

typedef enum pith__vocab_kind { PITH__VOCAB_BPE = 1, PITH__VOCAB_UNIGRAM, PITH__VOCAB_WORDPIECE } pith__vocab_kind;

/* How entries write the text they stand for. */
typedef enum pith__writing {
    PITH__WRITTEN_PLAIN, /* as it is */
    PITH__WRITTEN_BYTES, /* a character a byte, of GPT-2's alphabet */
    PITH__WRITTEN_SPACES /* U+2581 for a space; pieces hold the space, and the text must have no U+2581 any more */
} pith__writing;

/* What the algorithm does with a word. */
typedef struct pith__word_rules {
    pith__vocab_kind kind;
    pith__writing writing;
    bool bytes;          /* BPE: its symbols are bytes, not characters */
    bool whole_words;    /* BPE: a word that is a piece is that piece, merges or not */
    bool by_rank;        /* BPE without merges: neighbours join to what is a piece, the lower id first (tiktoken) */
    bool byte_fallback;  /* what no piece covers becomes byte tokens, where there are some for all of a character's bytes */
    bool fuse_unknown;   /* unknown tokens in a row, within a word, are one */
    bool wide_scores;    /* unigram: scores add up in double precision, not in single */
    uint32_t word_limit; /* WordPiece: a word of more characters is unknown; 0: no limit */
    /* BPE and WordPiece write a word's first piece with word_prefix, later ones with inner_prefix, the last with word_suffix. */
    pith__str word_prefix, inner_prefix, word_suffix;
} pith__word_rules;

/* How ids become text again, beyond their bytes laid end to end. */
typedef struct pith__decode_rules {
    bool strip_space;  /* one space that the text begins with goes */
    bool spaced_words; /* a space before each token that does not continue a word (word_rules' prefixes, which go) or, with a
                          word_suffix, for each suffix but the last */
    pith__str space;   /* what stands for a space in tokens that the vocabulary does not say it of; empty: nothing */
    bool clean_up;     /* no space before . ? ! , and in English contractions */
} pith__decode_rules;

enum {
    PITH__NORMAL_LIMIT = 12,
    PITH__CUT_LIMIT = 8,
    PITH__AFFIX_LIMIT = 8,
    PITH__AFFIX_BYTES = 32 /* of word_prefix and the like */
};

/* What is done to a text before the algorithm sees its words: normalized, then cut by one step after another. */
typedef struct pith__pipeline {
    pith__normal_step normal[PITH__NORMAL_LIMIT];
    uint32_t n_normal;
    pith__cut_step cuts[PITH__CUT_LIMIT];
    uint32_t n_cuts;
    pith__prefixer prefixer;
} pith__pipeline;

/* What a vocabulary is made of; all borrowed for the time of create(). Arrays have `count` elements unless said
 * otherwise. */
typedef struct pith__vocab_spec {
    pith__word_rules rules;
    pith__pipeline pipeline;
    pith__decode_rules decode;
    pith__str charsmap; /* the precompiled map of the steps that have one */
    uint64_t count;
    const pith__str *tokens;
    const double *scores;    /* NULL: none */
    const int32_t *types;    /* NULL: all normal */
    const uint8_t *flags;    /* NULL: all none */
    bool user_normalized;    /* all user-defined tokens have PITH__TOKEN_NORMALIZED */
    const pith__str *merges; /* "left right", by rank; with n_merges 0 scores, or rules.by_rank, say what joins */
    uint64_t n_merges;
    int64_t bos, eos, eot, unk, pad; /* ids; -1: none */
    bool add_bos, add_eos;           /* whether BOS and EOS are asked for around a text */
    /* What is put around a text in place of those two, where there is any. */
    int32_t prefix[PITH__AFFIX_LIMIT], suffix[PITH__AFFIX_LIMIT];
    uint32_t n_prefix, n_suffix;
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
    uint64_t *offsets; /* 2 * count: where each token's text begins and ends in the spans laid end to end; NULL if not asked for */
    uint64_t count, capacity;
} pith__token_list;

enum {
    PITH__TOKENIZE_BOS = 1, /* put first what the vocabulary puts before a text */
    PITH__TOKENIZE_EOS = 2, /* likewise last what comes after one */
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
    bool pending;  /* a word ended: a space comes before the next */
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
