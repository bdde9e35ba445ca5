/* tiktoken files: a line a token, its bytes in base64 and its rank, which is also its id. Neighbours join to what is a token, the lowest
 * rank first. The file says nothing of how text is cut nor of special tokens: that is the family's, from the table here.
 * Sources: https://github.com/openai/tiktoken (load.py, openai_public.py); for the others, the tokenizers published with Qwen,
 * Llama 3 and GLM-4. */
#include "base/format.h"
#include "formats/base64.h"
#include "formats/json_arena.h"
#include "tokenizer/kinds.h"
#include "vocabulary/vocabulary.h"

enum {
    ID_LIMIT = 1 << 21, /* far above any vocabulary */
    SPECIALS = 20
};

typedef struct special {
    const char *text; /* of a range: what stands before the number, after which comes "|>" */
    int32_t id, last; /* last 0: one token */
    uint32_t number;  /* of a range's first */
} special;

typedef struct family {
    const char *names[3];
    const char *pre;
    int32_t bos, eos;
    int32_t prefix[2]; /* 0: none */
    special specials[SPECIALS];
} family;

static const family families[] = {
    {.names = {"gpt2", "r50k_base", "p50k_base"}, .pre = "gpt-2", .bos = -1, .eos = 50256, .specials = {{"<|endoftext|>", 50256, 0, 0}}},
    {.names = {"cl100k_base"},
     .pre = "cl100k",
     .bos = -1,
     .eos = 100257,
     .specials = {{"<|endoftext|>", 100257, 0, 0},
                  {"<|fim_prefix|>", 100258, 0, 0},
                  {"<|fim_middle|>", 100259, 0, 0},
                  {"<|fim_suffix|>", 100260, 0, 0},
                  {"<|endofprompt|>", 100276, 0, 0}}},
    {.names = {"o200k_base"},
     .pre = "gpt-4o",
     .bos = -1,
     .eos = 199999,
     .specials = {{"<|endoftext|>", 199999, 0, 0}, {"<|endofprompt|>", 200018, 0, 0}}},
    {.names = {"o200k_harmony"},
     .pre = "gpt-4o",
     .bos = 199998,
     .eos = 199999,
     .specials = {{"<|startoftext|>", 199998, 0, 0},
                  {"<|endoftext|>", 199999, 0, 0},
                  {"<|reserved_", 200000, 200001, 200000},
                  {"<|return|>", 200002, 0, 0},
                  {"<|constrain|>", 200003, 0, 0},
                  {"<|reserved_", 200004, 200004, 200004},
                  {"<|channel|>", 200005, 0, 0},
                  {"<|start|>", 200006, 0, 0},
                  {"<|end|>", 200007, 0, 0},
                  {"<|message|>", 200008, 0, 0},
                  {"<|reserved_", 200009, 200011, 200009},
                  {"<|call|>", 200012, 0, 0},
                  {"<|reserved_", 200013, 200017, 200013},
                  {"<|endofprompt|>", 200018, 0, 0},
                  {"<|reserved_", 200019, 201087, 200019}}},
    {.names = {"qwen"},
     .pre = "qwen2",
     .bos = -1,
     .eos = 151643,
     .specials = {{"<|endoftext|>", 151643, 0, 0},
                  {"<|im_start|>", 151644, 0, 0},
                  {"<|im_end|>", 151645, 0, 0},
                  {"<|extra_", 151646, 151850, 0}}},
    {.names = {"llama3"}, /* the reserved tokens between are numbered differently from release to release: left unused */
     .pre = "llama-bpe",
     .bos = 128000,
     .eos = 128001,
     .specials = {{"<|begin_of_text|>", 128000, 0, 0},
                  {"<|end_of_text|>", 128001, 0, 0},
                  {"<|start_header_id|>", 128006, 0, 0},
                  {"<|end_header_id|>", 128007, 0, 0},
                  {"<|eom_id|>", 128008, 0, 0},
                  {"<|eot_id|>", 128009, 0, 0},
                  {"<|python_tag|>", 128010, 0, 0}}},
    {.names = {"glm4"},
     .pre = "glm4",
     .bos = -1,
     .eos = 151329,
     .prefix = {151331, 151333},
     .specials = {{"<|endoftext|>", 151329, 0, 0},
                  {"[MASK]", 151330, 0, 0},
                  {"[gMASK]", 151331, 0, 0},
                  {"[sMASK]", 151332, 0, 0},
                  {"<sop>", 151333, 0, 0},
                  {"<eop>", 151334, 0, 0},
                  {"<|system|>", 151335, 0, 0},
                  {"<|user|>", 151336, 0, 0},
                  {"<|assistant|>", 151337, 0, 0},
                  {"<|observation|>", 151338, 0, 0},
                  {"<|begin_of_image|>", 151339, 0, 0},
                  {"<|end_of_image|>", 151340, 0, 0},
                  {"<|begin_of_video|>", 151341, 0, 0},
                  {"<|end_of_video|>", 151342, 0, 0}}},
};

static const char family_names[] = "gpt2, r50k_base, p50k_base, cl100k_base, o200k_base, o200k_harmony, qwen, llama3, glm4";

static const family *find_family(pith__str name) {
    for (size_t i = 0; i < sizeof(families) / sizeof(families[0]); i++) {
        for (size_t j = 0; j < 3 && families[i].names[j] != NULL; j++) {
            if (pith__str_is(name, families[i].names[j])) {
                return &families[i];
            }
        }
    }
    return NULL;
}

/* ---- The ranks. ---- */

typedef struct reader {
    pith__mem *mem;
    pith__str text;
    uint64_t at, line;
    uint8_t *bytes; /* of all tokens */
    uint64_t n_bytes;
    pith__str *tokens; /* by id */
    int32_t *types;
    uint64_t count, capacity;
    pith__json_arena names; /* of special tokens in ranges */
} reader;

static int32_t bad_line(const reader *r, const char *what) {
    return pith__fail(PITH_E_FORMAT, "tiktoken file: line %llu: %s", (unsigned long long)r->line, what);
}

/* Room for ids up to `id`; those not given yet are unused tokens. */
static int32_t reach(reader *r, uint64_t id) {
    if (id >= r->capacity) {
        uint64_t capacity = r->capacity * 2 > id ? r->capacity * 2 : id + 1024;
        PITH_TRY(PITH_GROW_ARRAY(r->mem, &r->tokens, capacity, "vocabulary"));
        PITH_TRY(PITH_GROW_ARRAY(r->mem, &r->types, capacity, "vocabulary"));
        r->capacity = capacity;
    }
    for (; r->count <= id; r->count++) {
        r->tokens[r->count] = (pith__str){NULL, 0};
        r->types[r->count] = PITH__TOKEN_UNUSED;
    }
    return PITH_OK;
}

static int32_t put_token(reader *r, uint64_t id, pith__str text, int32_t type) {
    PITH_TRY(reach(r, id));
    if (r->types[id] != PITH__TOKEN_UNUSED) {
        return pith__fail(PITH_E_FORMAT, "tiktoken file: two tokens have rank %llu", (unsigned long long)id);
    }
    r->tokens[id] = text;
    r->types[id] = type;
    return PITH_OK;
}

static bool read_rank(pith__str digits, uint64_t *rank) {
    *rank = 0;
    for (uint64_t i = 0; i < digits.len; i++) {
        if (digits.ptr[i] < '0' || digits.ptr[i] > '9' || i > 7) {
            return false;
        }
        *rank = *rank * 10 + (uint64_t)(digits.ptr[i] - '0');
    }
    return digits.len > 0 && *rank < ID_LIMIT;
}

static int32_t read_line(reader *r, pith__str line) {
    const char *space = memchr(line.ptr, ' ', (size_t)line.len);
    uint64_t rank = 0, size = 0;
    if (space == NULL) {
        return bad_line(r, "no space between a token and its rank");
    }
    pith__str token = {line.ptr, (uint64_t)(space - line.ptr)}, digits = {space + 1, line.len - token.len - 1};
    if (!pith__base64_decode(token, r->bytes + r->n_bytes, pith__base64_room(token.len), &size) || size == 0) {
        return bad_line(r, "the token is not base64");
    }
    if (!read_rank(digits, &rank)) {
        return bad_line(r, "the rank is not a number below 2097152");
    }
    PITH_TRY(put_token(r, rank, (pith__str){(const char *)r->bytes + r->n_bytes, size}, PITH__TOKEN_NORMAL));
    r->n_bytes += size;
    return PITH_OK;
}

static int32_t read_lines(reader *r) {
    PITH_TRY(PITH_NEW_ARRAY(r->mem, &r->bytes, r->text.len, "vocabulary"));
    while (r->at < r->text.len) {
        const char *start = r->text.ptr + r->at;
        const char *end = memchr(start, '\n', (size_t)(r->text.len - r->at));
        pith__str line = {start, end ? (uint64_t)(end - start) : r->text.len - r->at};
        r->at += line.len + 1;
        r->line++;
        line.len -= line.len > 0 && line.ptr[line.len - 1] == '\r';
        if (line.len > 0) {
            PITH_TRY(read_line(r, line));
        }
    }
    return PITH_OK;
}

/* ---- Special tokens. ---- */

static int32_t name_special(reader *r, const special *s, uint32_t number, pith__str *out) {
    char *name = NULL;
    uint64_t room = strlen(s->text) + 13;
    PITH_TRY(pith__json_arena_take(&r->names, room, &name));
    *out = (pith__str){name, pith__format(name, room, "%s%u|>", s->text, number)};
    return PITH_OK;
}

static int32_t add_special(reader *r, const special *s) {
    int32_t last = s->last ? s->last : s->id;
    for (int32_t id = s->id; id <= last; id++) {
        pith__str name = pith__str_of(s->text);
        if (s->last) {
            PITH_TRY(name_special(r, s, s->number + (uint32_t)(id - s->id), &name));
        }
        if ((uint64_t)id < r->count && r->types[id] != PITH__TOKEN_UNUSED) {
            return pith__fail(PITH_E_FORMAT, "tiktoken file: rank %d is a token; in the family named it is %.*s", (int)id,
                              PITH__STR_ARG(name));
        }
        PITH_TRY(put_token(r, (uint64_t)id, name, PITH__TOKEN_CONTROL));
    }
    return PITH_OK;
}

static int32_t build(reader *r, const family *f, pith__tokenizer **out) {
    pith__vocab_spec spec;
    PITH_TRY(read_lines(r));
    for (size_t i = 0; i < SPECIALS && f->specials[i].text != NULL; i++) {
        PITH_TRY(add_special(r, &f->specials[i]));
    }
    PITH_TRY(pith__vocab_spec_init(&spec, pith__str_of("gpt2"), pith__str_of(f->pre)));
    spec.rules.writing = PITH__WRITTEN_PLAIN;
    spec.rules.by_rank = spec.rules.whole_words = true;
    spec.tokens = r->tokens;
    spec.types = r->types;
    spec.count = r->count;
    spec.bos = f->bos;
    spec.eos = f->eos;
    spec.add_bos = f->bos >= 0 && f->bos == 128000; /* of these families only Llama 3 begins every text so */
    for (; spec.n_prefix < 2 && f->prefix[spec.n_prefix] != 0; spec.n_prefix++) {
        spec.prefix[spec.n_prefix] = f->prefix[spec.n_prefix];
    }
    return pith__tokenizer_create(r->mem, &spec, out);
}

int32_t pith__vocabulary_from_tiktoken(pith__mem *mem, pith__str text, pith__str name, pith__tokenizer **out) {
    const family *f = find_family(name);
    *out = NULL;
    if (f == NULL) {
        return pith__fail(name.len == 0 ? PITH_E_ARGUMENT : PITH_E_UNSUPPORTED,
                          "a tiktoken file does not say how text is cut: set the option vocabulary_family, '%.*s' now, to one of %s",
                          PITH__STR_ARG(name), family_names);
    }
    reader r = {.mem = mem, .text = text};
    pith__json_arena_init(&r.names, mem, 1 << 20);
    int32_t status = build(&r, f, out);
    pith__json_arena_free(&r.names);
    pith__mem_free(mem, r.bytes);
    pith__mem_free(mem, r.tokens);
    pith__mem_free(mem, r.types);
    return status;
}
