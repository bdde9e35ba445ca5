/* Reading tokenizer.json, in parts: the model, the added tokens, and the objects of the pipeline, each turned into the
 * tokenizer's description.
 *
 * Invariant: strings in here live as long as the file's text or the arena. An object's key that is not known is refused, for it might
 * change ids. Source of the format: https://github.com/huggingface/tokenizers (the serialization of each component). */
#ifndef PITH_VOCABULARY_HF_H
#define PITH_VOCABULARY_HF_H

#include "formats/json_stream.h"
#include "tokenizer/kinds.h"

typedef struct pith__hf {
    pith__mem *mem;
    pith__json_arena arena;
    pith__jstream json; /* the whole file */
    pith__str normalizer, pre_tokenizer, post_processor, decoder, added_tokens; /* their JSON; empty: absent or null */
    /* By id: */
    pith__str *tokens;
    double *scores;
    int32_t *types;
    uint8_t *flags;
    uint64_t count, capacity;
    pith__str *merges; /* two a merge */
    uint64_t n_merges, merges_capacity;
    uint32_t unclear_merges;
    bool scored;
    pith__str unk_token; /* empty: none */
    bool bytes_written;  /* the file turns text into GPT-2's alphabet */
    pith__vocab_spec spec;
} pith__hf;

/* ---- The parts, in the order in which they are read. ---- */

int32_t pith__hf_read_model(pith__hf *hf, pith__jstream *json); /* the value that is due */
int32_t pith__hf_read_added_tokens(pith__hf *hf);
int32_t pith__hf_read_normalizer(pith__hf *hf);
int32_t pith__hf_read_pre_tokenizer(pith__hf *hf);
int32_t pith__hf_read_post_processor(pith__hf *hf);
int32_t pith__hf_read_decoder(pith__hf *hf);

/* ---- For the parts. ---- */

/* Room for ids up to `id`; ids that nothing has been given for are unused tokens. */
int32_t pith__hf_reach(pith__hf *hf, uint64_t id);
/* The id of the token written `text`; -1: none. */
int64_t pith__hf_find(const pith__hf *hf, pith__str text);

/* One object of the file: its JSON and its "type" ("" when it has none). */
typedef struct pith__hf_object {
    pith__str json, type;
} pith__hf_object;

int32_t pith__hf_object_open(pith__hf *hf, pith__str json, pith__hf_object *out);
/* Refuses keys other than "type" and those in `known`, which ends with NULL. */
int32_t pith__hf_object_check(pith__hf *hf, const pith__hf_object *object, const char *const *known);
/* The JSON of a field; empty when it is absent or null. */
int32_t pith__hf_field(pith__hf *hf, const pith__hf_object *object, const char *key, pith__str *out);
/* A field of a type; `otherwise` when it is absent or null. */
int32_t pith__hf_bool(pith__hf *hf, const pith__hf_object *object, const char *key, bool otherwise, bool *out);
int32_t pith__hf_str(pith__hf *hf, const pith__hf_object *object, const char *key, const char *otherwise, pith__str *out);
int32_t pith__hf_integer(pith__hf *hf, const pith__hf_object *object, const char *key, int64_t otherwise, int64_t *out);
/* A pattern, {"String": ...} or {"Regex": ...}; also a plain string, of old files. */
int32_t pith__hf_pattern(pith__hf *hf, const pith__hf_object *object, const char *key, bool *regex, pith__str *out);

/* Calls `each` for every object of an array. */
typedef int32_t (*pith__hf_each)(pith__hf *hf, const pith__hf_object *object);
int32_t pith__hf_objects(pith__hf *hf, pith__str array, pith__hf_each each);

/* "tokenizer.json: the normalizer X is not supported". */
int32_t pith__hf_unsupported(const char *what, pith__str name);

#endif
