/* SentencePiece unigram: of all ways to cut a text into pieces, the one whose scores add up to most. What no piece covers costs ten
 * more than the worst piece, and becomes byte tokens or the unknown token.
 *
 * Pieces are found with a trie kept in a hash table. The search runs from left to right; a text is worked on segment by segment, cut
 * where no piece holds the two characters side by side: every path goes through there, so handing the score on gives the same sums in
 * the same order as one search of the whole, and ties fall the same way.
 * Sources: https://github.com/google/sentencepiece (src/unigram_model.cc, EncodeOptimized); Kudo, "Subword Regularization", ACL 2018;
 * https://github.com/huggingface/tokenizers (models/unigram), which adds in double precision. */
#include "tokenizer/models/neighbours.h"
#include "tokenizer/tokenizer_impl.h"
#include "tokenizer/unicode/utf8.h"

enum {
    NODE_LIMIT = 1 << 24
};
#define NO_NODE      UINT32_MAX
#define UNKNOWN_COST 10.0

typedef struct unigram_model {
    uint64_t *edges; /* open addressing: from node and byte (upper half) to the next node; 0: free */
    uint32_t edge_mask;
    int32_t *ids; /* by node: the piece that ends there; -1: none */
    uint32_t n_nodes, nodes_capacity;
    double *scores; /* by id */
    double unknown_score;
    int32_t byte_tokens[256];
    pith__neighbours neighbours;
} unigram_model;

/* The best way to get to a place. */
typedef struct path {
    double score;
    uint32_t from; /* NO_NODE: none yet */
    int32_t id;    /* of the last piece; -1: unknown */
} path;

/* ---- The trie. ---- */

static uint32_t edge_key(uint32_t node, uint8_t byte) {
    return node << 8 | byte;
}

static uint32_t edge_slot(const unigram_model *m, uint32_t key) {
    return (uint32_t)(pith__hash_step(0, (uint64_t)key + 1) >> 20) & m->edge_mask;
}

/* An edge's slot, taken or free. */
static uint32_t find_edge(const unigram_model *m, uint32_t node, uint8_t byte) {
    uint32_t key = edge_key(node, byte), at = edge_slot(m, key);
    while (m->edges[at] != 0 && (uint32_t)(m->edges[at] >> 32) != key) {
        at = (at + 1) & m->edge_mask;
    }
    return at;
}

static uint32_t next_node(const unigram_model *m, uint32_t node, uint8_t byte) {
    uint64_t edge = m->edges[find_edge(m, node, byte)];
    return edge == 0 ? NO_NODE : (uint32_t)edge;
}

/* Twice the room, everything put in again. */
static int32_t grow_edges(pith__mem *mem, unigram_model *m, uint32_t slots) {
    uint64_t *before = m->edges;
    uint32_t count = before ? m->edge_mask + 1 : 0;
    m->edges = NULL;
    int32_t status = PITH_NEW_ARRAY(mem, &m->edges, slots, "vocabulary");
    if (status != PITH_OK) {
        m->edges = before;
        return status;
    }
    m->edge_mask = slots - 1;
    for (uint32_t i = 0; i < count; i++) {
        if (before[i] != 0) {
            uint32_t key = (uint32_t)(before[i] >> 32);
            m->edges[find_edge(m, key >> 8, (uint8_t)key)] = before[i];
        }
    }
    pith__mem_free(mem, before);
    return PITH_OK;
}

static int32_t add_node(pith__mem *mem, unigram_model *m, uint32_t *node) {
    if (m->n_nodes == NODE_LIMIT) {
        return pith__fail(PITH_E_FORMAT, "vocabulary: its pieces have more than %d prefixes", NODE_LIMIT);
    }
    if (m->n_nodes == m->nodes_capacity) {
        uint32_t capacity = m->nodes_capacity * 2 + 1024;
        PITH_TRY(PITH_GROW_ARRAY(mem, &m->ids, capacity, "vocabulary"));
        m->nodes_capacity = capacity;
    }
    m->ids[m->n_nodes] = -1;
    *node = m->n_nodes++;
    return (uint64_t)m->n_nodes * 2 > (uint64_t)m->edge_mask + 1 ? grow_edges(mem, m, (m->edge_mask + 1) * 2) : PITH_OK;
}

static int32_t add_piece(pith__mem *mem, unigram_model *m, pith__str text, int32_t id) {
    uint32_t node = 0;
    for (uint64_t i = 0; i < text.len; i++) {
        uint8_t byte = (uint8_t)text.ptr[i];
        uint32_t next = next_node(m, node, byte);
        if (next == NO_NODE) {
            PITH_TRY(add_node(mem, m, &next));
            m->edges[find_edge(m, node, byte)] = (uint64_t)edge_key(node, byte) << 32 | next;
        }
        node = next;
    }
    if (m->ids[node] < 0) {
        m->ids[node] = id;
    }
    return PITH_OK;
}

/* ---- Life. ---- */

static int32_t read_scores(pith__tokenizer *t, unigram_model *m, const pith__vocab_spec *spec) {
    double worst = 0;
    bool any = false;
    PITH_TRY(PITH_NEW_ARRAY(t->mem, &m->scores, spec->count, "vocabulary"));
    for (uint32_t id = 0; id < spec->count; id++) {
        double score = t->rules.wide_scores ? spec->scores[id] : (double)(float)spec->scores[id];
        if (score != score) {
            return pith__fail(PITH_E_FORMAT, "vocabulary: the score of token %u is not a number", id);
        }
        m->scores[id] = score;
        if (t->vocab.types[id] == PITH__TOKEN_NORMAL) {
            worst = !any || score < worst ? score : worst;
            any = true;
        }
    }
    m->unknown_score = worst - UNKNOWN_COST;
    m->unknown_score = t->rules.wide_scores ? m->unknown_score : (double)(float)m->unknown_score;
    return PITH_OK;
}

static int32_t read_pieces(pith__tokenizer *t, unigram_model *m) {
    uint32_t root = 0;
    PITH_TRY(grow_edges(t->mem, m, 1 << 12));
    PITH_TRY(add_node(t->mem, m, &root));
    memset(m->byte_tokens, 0xFF, sizeof(m->byte_tokens));
    for (uint32_t id = 0; id < t->vocab.texts.count; id++) {
        if (pith__vocab_is_piece(&t->vocab, id)) {
            PITH_TRY(add_piece(t->mem, m, pith__vocab_text(&t->vocab, id), (int32_t)id));
        } else if (t->vocab.types[id] == PITH__TOKEN_BYTE && t->rules.byte_fallback) {
            m->byte_tokens[pith__vocab_byte(&t->vocab, id)] = (int32_t)id;
        }
    }
    return pith__neighbours_create(t->mem, &t->vocab, &m->neighbours);
}

static int32_t create(pith__tokenizer *t, const pith__vocab_spec *spec) {
    unigram_model *m = NULL;
    if (spec->scores == NULL || t->unk < 0) {
        return pith__fail(PITH_E_FORMAT, "vocabulary: unigram without %s", spec->scores ? "an unknown token" : "scores");
    }
    PITH_TRY(PITH_NEW(t->mem, &m, "tokenizer"));
    t->model = m;
    PITH_TRY(read_scores(t, m, spec));
    return read_pieces(t, m);
}

static void destroy(pith__tokenizer *t) {
    unigram_model *m = t->model;
    pith__neighbours_free(t->mem, &m->neighbours);
    pith__mem_free(t->mem, m->edges);
    pith__mem_free(t->mem, m->ids);
    pith__mem_free(t->mem, m->scores);
    pith__mem_free(t->mem, m);
}

/* ---- Encoding. ---- */

static void offer(path *target, double score, uint32_t from, int32_t id) {
    if (target->from == NO_NODE || score > target->score) {
        *target = (path){score, from, id};
    }
}

/* Offers every piece that begins at `at`, and the unknown one if no piece is that one character. */
static void offer_pieces(const pith__tokenizer *t, const uint8_t *text, uint32_t length, uint32_t at, uint32_t size, path *paths) {
    const unigram_model *m = t->model;
    bool wide = t->rules.wide_scores, single = false;
    double till_here = paths[at].score;
    uint32_t node = 0;
    for (uint32_t end = at; end < length;) {
        node = next_node(m, node, text[end++]);
        if (node == NO_NODE) {
            break;
        }
        int32_t id = m->ids[node];
        if (id >= 0) {
            double score = till_here + m->scores[id];
            offer(&paths[end], wide ? score : (double)(float)score, at, id);
            single = single || end - at == size;
        }
    }
    if (!single) {
        double score = till_here + m->unknown_score;
        offer(&paths[at + size], wide ? score : (double)(float)score, at, -1);
    }
}

static void put_unknown(pith__encoder *e, uint32_t begin, uint32_t end) {
    const unigram_model *m = e->tokenizer->model;
    bool bytes = true;
    for (uint32_t i = begin; i < end; i++) {
        bytes = bytes && m->byte_tokens[e->text[i]] >= 0;
    }
    if (!bytes) {
        pith__encoder_put_unknown(e, begin, end);
        return;
    }
    for (uint32_t i = begin; i < end; i++) {
        pith__encoder_put(e, m->byte_tokens[e->text[i]], i, i + 1);
    }
}

/* Turns the way back from the end into the way on from the beginning: each place then says where the piece that begins there ends. */
static void reverse_paths(path *paths, uint32_t length) {
    uint32_t next = NO_NODE, at = length;
    int32_t next_id = -1;
    while (at != NO_NODE) {
        path here = paths[at];
        paths[at].from = next;
        paths[at].id = next_id;
        next = at;
        next_id = here.id;
        at = at > 0 ? here.from : NO_NODE;
    }
}

static int32_t encode_segment(pith__encoder *e, uint32_t start, uint32_t length, double *score) {
    const pith__tokenizer *t = e->tokenizer;
    const uint8_t *text = e->text + start;
    PITH_TRY(pith__encoder_scratch(e, ((uint64_t)length + 1) * sizeof(path)));
    PITH_TRY(pith__encoder_reserve(e, length));
    path *paths = (path *)(void *)e->scratch;
    for (uint32_t i = 0; i <= length; i++) {
        paths[i] = (path){0, NO_NODE, -1};
    }
    paths[0].score = *score;
    for (uint32_t at = 0; at < length;) {
        uint32_t cp = 0;
        uint32_t size = pith__utf8_next(text + at, length - at, &cp);
        offer_pieces(t, text, length, at, size, paths);
        at += size;
    }
    *score = paths[length].score;
    reverse_paths(paths, length);
    for (uint32_t at = 0; at < length; at = paths[at].from) {
        if (paths[at].id >= 0) {
            pith__encoder_put(e, paths[at].id, start + at, start + paths[at].from);
        } else {
            put_unknown(e, start + at, start + paths[at].from);
        }
    }
    return PITH_OK;
}

static int32_t encode_piece(pith__encoder *e, uint32_t start, uint32_t length) {
    const unigram_model *m = e->tokenizer->model;
    uint32_t last = 0, begin = start, end = start + length;
    double score = 0;
    for (uint32_t at = start; at < end;) {
        uint32_t cp = 0;
        uint32_t size = pith__utf8_next(e->text + at, end - at, &cp);
        if (at > begin && !pith__neighbours_may_join(&m->neighbours, last, cp)) {
            PITH_TRY(encode_segment(e, begin, at - begin, &score));
            begin = at;
        }
        last = cp;
        at += size;
    }
    return end > begin ? encode_segment(e, begin, end - begin, &score) : PITH_OK;
}

const pith__algorithm pith__unigram_algorithm = {.create = create, .destroy = destroy, .piece = encode_piece};
