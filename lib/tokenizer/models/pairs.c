/* See pairs.h. A slot packs a merge into 64 bits; half of them or more are free. */
#include "tokenizer/models/pairs.h"

enum {
    ID_BITS = 21,
    RANK_BITS = 64 - 2 * ID_BITS,
    COUNT_LIMIT = (1 << ID_BITS) - 1, /* tokens */
    MERGE_LIMIT = (1 << RANK_BITS) - 1,
    PROBE_LIMIT = 2048
};
#define FREE_SLOT UINT64_MAX

/* Both sides of a merge as they are read. */
typedef struct merge_sides {
    uint8_t bytes[2 * PITH__TOKEN_TEXT_LIMIT]; /* what the two stand for */
    uint64_t length;
    int32_t left, right; /* -1: no piece, so that it never merges */
} merge_sides;

static uint64_t pair_key(int32_t left, int32_t right) {
    return (uint64_t)(uint32_t)left << ID_BITS | (uint32_t)right;
}

static uint64_t pair_hash(uint64_t key) {
    return pith__hash_step(0, key);
}

static uint32_t pair_slot(uint64_t hash, uint32_t mask) {
    return (uint32_t)(hash >> 16) & mask;
}

static uint32_t find_rank(const pith__pairs *pairs, uint64_t key) {
    uint64_t hash = pair_hash(key), bit = hash >> pairs->filter_shift;
    if ((pairs->filter[bit >> 6] >> (bit & 63) & 1) == 0) {
        return PITH__NO_RANK;
    }
    for (uint32_t at = pair_slot(hash, pairs->mask);; at = (at + 1) & pairs->mask) {
        uint64_t slot = pairs->slots[at];
        if (slot >> RANK_BITS == key) {
            return (uint32_t)(slot & MERGE_LIMIT);
        }
        if (slot == FREE_SLOT) {
            return PITH__NO_RANK;
        }
    }
}

void pith__pairs_join(const pith__pairs *pairs, pith__symbol *left, const pith__symbol *right) {
    left->rank = left->id < 0 || right->id < 0 ? PITH__NO_RANK : find_rank(pairs, pair_key(left->id, right->id));
    left->joined = left->rank == PITH__NO_RANK ? -1 : pairs->joined[left->rank];
}

static int32_t add_pair(pith__pairs *pairs, uint64_t key, uint32_t rank) {
    uint64_t hash = pair_hash(key), bit = hash >> pairs->filter_shift;
    uint32_t at = pair_slot(hash, pairs->mask);
    for (uint32_t probes = 0; pairs->slots[at] != FREE_SLOT; at = (at + 1) & pairs->mask) {
        if (pairs->slots[at] >> RANK_BITS == key) {
            return PITH_OK; /* the same merge again: the first counts */
        }
        if (++probes > PROBE_LIMIT) {
            return pith__fail(PITH_E_FORMAT, "vocabulary: its merges collide in a hash table, as if made to (merge %u)",
                              rank);
        }
    }
    pairs->slots[at] = key << RANK_BITS | rank;
    pairs->filter[bit >> 6] |= UINT64_C(1) << (bit & 63);
    return PITH_OK;
}

/* ---- Reading. ---- */

/* Writes what one side stands for behind what is in `sides`, without its first `skip` bytes; *id is its piece. */
static int32_t read_side(const pith__vocab *vocab, uint64_t rank, pith__str side, uint64_t skip, merge_sides *sides,
                         int32_t *id) {
    uint8_t *out = sides->bytes + sides->length;
    uint64_t length = 0;
    *id = -1;
    if (side.len == 0 || side.ptr == NULL || side.len > PITH__TOKEN_TEXT_LIMIT) {
        return pith__fail(PITH_E_FORMAT, "vocabulary: merge %llu is not two tokens", (unsigned long long)rank);
    }
    if (pith__unescape(vocab->writing, PITH__TOKEN_NORMAL, side, out, &length)) {
        *id = pith__vocab_piece(vocab, out, length);
    }
    if (*id < 0 && pith__vocab_find(vocab, side) < 0) {
        return pith__fail(PITH_E_FORMAT, "vocabulary: merge %llu names '%.*s', which is not in the vocabulary",
                          (unsigned long long)rank, PITH__STR_ARG(side));
    }
    if (*id >= 0) {
        memmove(out, out + skip, (size_t)(length - skip));
        sides->length += length - skip;
    }
    return PITH_OK;
}

static bool begins_with(pith__str s, pith__str prefix) {
    return s.len >= prefix.len && prefix.len > 0 && memcmp(s.ptr, prefix.ptr, (size_t)prefix.len) == 0;
}

/* The piece with these bytes. Vocabularies list the results of their merges in order, so `guess` is nearly always it.
 */
static int32_t find_joined(const pith__vocab *vocab, const merge_sides *sides, int32_t guess) {
    if (guess > 0 && (uint32_t)guess < vocab->texts.count && pith__vocab_is_piece(vocab, (uint32_t)guess)) {
        pith__str text = pith__vocab_text(vocab, (uint32_t)guess), wanted = {(const char *)sides->bytes, sides->length};
        if (pith__str_equal(text, wanted)) {
            return guess;
        }
    }
    return pith__vocab_piece(vocab, sides->bytes, sides->length);
}

static int32_t read_merge(const pith__vocab *vocab, const pith__vocab_spec *spec, uint64_t rank, pith__pairs *pairs) {
    pith__str left = spec->merges[2 * rank], right = spec->merges[2 * rank + 1];
    merge_sides sides;
    sides.length = 0;
    uint64_t skip = begins_with(right, spec->rules.inner_prefix) ? spec->rules.inner_prefix.len : 0;
    PITH_TRY(read_side(vocab, rank, left, 0, &sides, &sides.left));
    PITH_TRY(read_side(vocab, rank, right, skip, &sides, &sides.right));
    pairs->joined[rank] = -1;
    if (sides.left < 0 || sides.right < 0) {
        return PITH_OK;
    }
    int32_t guess = rank > 0 ? pairs->joined[rank - 1] + 1 : 0;
    pairs->joined[rank] = find_joined(vocab, &sides, guess);
    return pairs->joined[rank] < 0 ? PITH_OK : add_pair(pairs, pair_key(sides.left, sides.right), (uint32_t)rank);
}

/* Four bits a slot: up to a fifth of them are set. */
static int32_t make_filter(pith__mem *mem, uint64_t slots, pith__pairs *pairs) {
    pairs->filter_shift = 62;
    for (uint64_t left = slots; left > 1; left /= 2) {
        pairs->filter_shift--;
    }
    return PITH_NEW_ARRAY(mem, &pairs->filter, slots * 4 / 64, "merges");
}

int32_t pith__pairs_create(pith__mem *mem, const pith__vocab *vocab, const pith__vocab_spec *spec, pith__pairs *pairs) {
    if (spec->count > COUNT_LIMIT || spec->n_merges > MERGE_LIMIT || (spec->n_merges > 0 && spec->merges == NULL)) {
        return pith__fail(PITH_E_FORMAT, "vocabulary: %llu tokens and %llu merges; at most %d and %d are supported",
                          (unsigned long long)spec->count, (unsigned long long)spec->n_merges, COUNT_LIMIT,
                          MERGE_LIMIT);
    }
    uint64_t slots = 16;
    while (slots * 3 < spec->n_merges * 4) {
        slots *= 2;
    }
    PITH_TRY(PITH_NEW_ARRAY(mem, &pairs->joined, spec->n_merges, "merges"));
    PITH_TRY(PITH_NEW_ARRAY(mem, &pairs->slots, slots, "merges"));
    PITH_TRY(make_filter(mem, slots, pairs));
    memset(pairs->slots, 0xFF, (size_t)slots * sizeof(*pairs->slots));
    pairs->mask = (uint32_t)(slots - 1);
    for (uint64_t rank = 0; rank < spec->n_merges; rank++) {
        PITH_TRY(read_merge(vocab, spec, rank, pairs));
    }
    return PITH_OK;
}

void pith__pairs_free(pith__mem *mem, pith__pairs *pairs) {
    pith__mem_free(mem, pairs->slots);
    pith__mem_free(mem, pairs->filter);
    pith__mem_free(mem, pairs->joined);
    memset(pairs, 0, sizeof(*pairs));
}
