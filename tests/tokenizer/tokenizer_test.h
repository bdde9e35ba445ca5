/* What the tests of the tokenizer share: small vocabularies built by hand, and one-line tokenizing. */
#ifndef PITH_TESTS_TOKENIZER_TEST_H
#define PITH_TESTS_TOKENIZER_TEST_H

#include "support/cmocka_all.h"
#include "tokenizer/kinds.h"
#include <stdlib.h>
#include <string.h>

enum {
    VOCAB_MAX = 2048,
    IDS_MAX = 4096
};

/* A vocabulary under construction; texts are borrowed but for those of add_bytes(). */
typedef struct vocab_draft {
    pith__str tokens[VOCAB_MAX];
    double scores[VOCAB_MAX];
    int32_t types[VOCAB_MAX];
    pith__str merges[2 * VOCAB_MAX]; /* two sides each */
    char pool[8192];
    size_t pool_used;
    pith__vocab_spec spec; /* points into the arrays; count and n_merges kept up */
} vocab_draft;

void draft_init(vocab_draft *d, const char *model, const char *pre);
/* Adds a token; returns its id. */
int32_t draft_token(vocab_draft *d, const char *text, int32_t type, double score);
void draft_merge(vocab_draft *d, const char *merge); /* "left right" */
/* The 256 tokens of byte-level BPE's alphabet, ids 0 to 255 by byte. */
void draft_alphabet(vocab_draft *d);
/* The 256 tokens <0x00> to <0xFF>, of type byte. */
void draft_byte_tokens(vocab_draft *d);

/* Cuts `count` merges "left right" into two sides each. */
void cut_merges(const pith__str *merges, uint64_t count, pith__str *sides);

/* Creates or fails the test. */
pith__tokenizer *draft_create(pith__mem *mem, const vocab_draft *d);

/* A small byte-level vocabulary with some merges, controls <|im_start|> <|im_end|> <s>, user-defined "USER" and
 * "USERS". */
void draft_small_bpe(vocab_draft *d);
/* A small SentencePiece vocabulary: unk 0, <s> 1, </s> 2, bytes, letters, some words, user-defined "[x]", control
 * <|im_end|>. */
void draft_small_spm(vocab_draft *d);

typedef struct id_list {
    uint64_t count;
    int32_t ids[IDS_MAX];
    uint64_t offsets[IDS_MAX], ends[IDS_MAX];
} id_list;

/* Tokenizes spans or one text with offsets; fails the test on an error or more than IDS_MAX tokens. */
void run_spans(const pith__tokenizer *t, pith__mem *mem, const pith__span *spans, uint64_t n, uint32_t flags,
               id_list *out);
void run_text(const pith__tokenizer *t, pith__mem *mem, const char *text, uint64_t length, bool trusted, id_list *out);

/* Fails the test unless a tokenizer of `spec` gives every case its ids: in `ids`, each list preceded by its length. */
void expect_vectors(pith__mem *mem, const pith__vocab_spec *spec, const pith__str *cases, uint64_t count,
                    const int32_t *ids);

/* Fails the test unless the ids are these. */
void expect_ids(const id_list *got, const int32_t *ids, uint64_t count, const char *what);
#define EXPECT_IDS(got, ...)                                                                                           \
    expect_ids((got), (const int32_t[]){__VA_ARGS__}, sizeof((const int32_t[]){__VA_ARGS__}) / sizeof(int32_t),        \
               #__VA_ARGS__)

/* Decodes into a buffer of the test; returns the length. */
uint64_t decode_ids(const pith__tokenizer *t, const int32_t *ids, uint64_t count, bool specials, char *out,
                    uint64_t capacity);

/* xorshift; state not 0. */
uint32_t next_random(uint32_t *state);

#endif
