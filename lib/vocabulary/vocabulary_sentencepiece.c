/* SentencePiece models: pieces with scores and types, what they were trained to do, and how text is normalized.
 * SentencePiece itself puts nothing around a text; here BOS comes first where it is asked for, as with the models that use such files.
 * Source: https://github.com/google/sentencepiece (src/sentencepiece_model.proto). */
#include "formats/protobuf.h"
#include "tokenizer/kinds.h"
#include "vocabulary/vocabulary.h"

enum {
    PIECE_LIMIT = 1 << 21, /* far above any vocabulary */
    UNIGRAM = 1,
    BPE = 2
};

typedef struct reader {
    pith__mem *mem;
    pith__str *tokens;
    double *scores;
    int32_t *types;
    uint64_t count, capacity;
    int32_t model_type;
    int32_t unk, bos, eos, pad;
    bool byte_fallback, space_last;
    bool prefix, trim, escape;
    pith__str charsmap;
    bool changes_back; /* a map for decoding */
} reader;

static int32_t add_piece(reader *r, pith__str text, float score, int32_t type) {
    if (r->count == r->capacity) {
        uint64_t capacity = r->capacity * 2 + 1024;
        if (r->count == PIECE_LIMIT) {
            return pith__fail(PITH_E_FORMAT, "SentencePiece model: more than %d pieces", PIECE_LIMIT);
        }
        PITH_TRY(PITH_GROW_ARRAY(r->mem, &r->tokens, capacity, "vocabulary"));
        PITH_TRY(PITH_GROW_ARRAY(r->mem, &r->scores, capacity, "vocabulary"));
        PITH_TRY(PITH_GROW_ARRAY(r->mem, &r->types, capacity, "vocabulary"));
        r->capacity = capacity;
    }
    r->tokens[r->count] = text;
    r->scores[r->count] = score;
    r->types[r->count++] = type;
    return PITH_OK;
}

static int32_t read_piece(reader *r, pith__protobuf *piece) {
    pith__protobuf_field field;
    pith__str text = {NULL, 0};
    float score = 0;
    int32_t type = PITH__TOKEN_NORMAL; /* the numbers are the same */
    while (pith__protobuf_next(piece, &field)) {
        switch (field.number) {
        case 1: PITH_TRY(pith__protobuf_bytes(piece, &field, &text)); break;
        case 2: PITH_TRY(pith__protobuf_float(piece, &field, &score)); break;
        case 3: PITH_TRY(pith__protobuf_int32(piece, &field, &type)); break;
        default: break;
        }
    }
    PITH_TRY(piece->status);
    return add_piece(r, text, score, type);
}

static int32_t read_trainer(reader *r, pith__protobuf *trainer) {
    pith__protobuf_field field;
    while (pith__protobuf_next(trainer, &field)) {
        switch (field.number) {
        case 3: PITH_TRY(pith__protobuf_int32(trainer, &field, &r->model_type)); break;
        case 24: PITH_TRY(pith__protobuf_bool(trainer, &field, &r->space_last)); break;
        case 35: PITH_TRY(pith__protobuf_bool(trainer, &field, &r->byte_fallback)); break;
        case 40: PITH_TRY(pith__protobuf_int32(trainer, &field, &r->unk)); break;
        case 41: PITH_TRY(pith__protobuf_int32(trainer, &field, &r->bos)); break;
        case 42: PITH_TRY(pith__protobuf_int32(trainer, &field, &r->eos)); break;
        case 43: PITH_TRY(pith__protobuf_int32(trainer, &field, &r->pad)); break;
        default: break; /* how it was trained */
        }
    }
    return trainer->status;
}

static int32_t read_normalizer(reader *r, pith__protobuf *normalizer) {
    pith__protobuf_field field;
    while (pith__protobuf_next(normalizer, &field)) {
        switch (field.number) {
        case 2: PITH_TRY(pith__protobuf_bytes(normalizer, &field, &r->charsmap)); break;
        case 3: PITH_TRY(pith__protobuf_bool(normalizer, &field, &r->prefix)); break;
        case 4: PITH_TRY(pith__protobuf_bool(normalizer, &field, &r->trim)); break;
        case 5: PITH_TRY(pith__protobuf_bool(normalizer, &field, &r->escape)); break;
        default: break; /* its name, and what the map was made of */
        }
    }
    return normalizer->status;
}

static int32_t read_denormalizer(reader *r, pith__protobuf *denormalizer) {
    pith__protobuf_field field;
    pith__str map = {NULL, 0};
    while (pith__protobuf_next(denormalizer, &field)) {
        if (field.number == 2) {
            PITH_TRY(pith__protobuf_bytes(denormalizer, &field, &map));
        }
    }
    r->changes_back = map.len > 0;
    return denormalizer->status;
}

static int32_t read_model(reader *r, pith__str bytes) {
    static int32_t (*const readers[])(reader *, pith__protobuf *) = {
        [1] = read_piece, [2] = read_trainer, [3] = read_normalizer, [5] = read_denormalizer};
    pith__protobuf model, part;
    pith__protobuf_field field;
    pith__protobuf_open(&model, bytes, "SentencePiece model");
    while (pith__protobuf_next(&model, &field)) {
        if (field.number < sizeof(readers) / sizeof(readers[0]) && readers[field.number] != NULL) {
            PITH_TRY(pith__protobuf_message(&model, &field, &part));
            PITH_TRY(readers[field.number](r, &part));
        }
    }
    return model.status;
}

static int32_t check_model(const reader *r) {
    if (r->model_type != UNIGRAM && r->model_type != BPE) {
        return pith__fail(PITH_E_UNSUPPORTED, "SentencePiece model: type %d; unigram (1) and bpe (2) are supported", (int)r->model_type);
    }
    if (r->space_last || !r->escape || r->changes_back) {
        return pith__fail(PITH_E_UNSUPPORTED, "SentencePiece model: %s is not supported",
                          r->space_last ? "treat_whitespace_as_suffix"
                          : !r->escape  ? "escape_whitespaces = false"
                                        : "a denormalizer");
    }
    return PITH_OK;
}

/* An id that the vocabulary has; -1: none. */
static int64_t known_id(const reader *r, int32_t id) {
    return id >= 0 && (uint64_t)id < r->count ? id : -1;
}

static int32_t build(reader *r, pith__tokenizer **out) {
    pith__vocab_spec spec;
    PITH_TRY(check_model(r));
    PITH_TRY(pith__vocab_spec_init(&spec, pith__str_of(r->model_type == BPE ? "llama" : "t5"), pith__str_of("")));
    pith__vocab_spec_set_space_prefix(&spec, r->prefix);
    pith__vocab_spec_set_trim(&spec, r->trim);
    spec.charsmap = r->charsmap;
    spec.rules.byte_fallback = r->byte_fallback;
    spec.count = r->count;
    spec.tokens = r->tokens;
    spec.scores = r->scores;
    spec.types = r->types;
    spec.unk = known_id(r, r->unk);
    spec.bos = known_id(r, r->bos);
    spec.eos = known_id(r, r->eos);
    spec.pad = known_id(r, r->pad);
    spec.add_bos = true;
    spec.add_eos = false;
    return pith__tokenizer_create(r->mem, &spec, out);
}

int32_t pith__vocabulary_from_sentencepiece(pith__mem *mem, pith__str bytes, pith__tokenizer **out) {
    reader r = {.mem = mem, .model_type = UNIGRAM, .bos = 1, .eos = 2, .pad = -1, .prefix = true, .trim = true, .escape = true};
    *out = NULL;
    int32_t status = read_model(&r, bytes);
    status = status ? status : build(&r, out);
    pith__mem_free(mem, r.tokens);
    pith__mem_free(mem, r.scores);
    pith__mem_free(mem, r.types);
    return status;
}
