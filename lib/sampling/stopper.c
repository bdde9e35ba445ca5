/* Stop strings: an Aho-Corasick automaton over bytes, fed as the text streams by.
 *
 * Invariant: after every byte, `state` is the node of the longest prefix of any stop string that the stream ends with;
 * its depth is what must be held back. Nodes are made level by level, so that a node's failure link, always to a
 * shallower one, can be found when the node is made. Children are lists, for the strings come from callers and may be
 * long. Source: Aho, Corasick, "Efficient string matching: an aid to bibliographic search", CACM 18(6), 1975. */
#include "base/checked.h"
#include "sampling/sampling.h"

enum {
    ROOT = 0 /* also "none" among links: nothing leads down to the root */
};

typedef struct node {
    uint32_t child, sibling; /* first child, next of the same parent */
    uint32_t fail;           /* the longest proper suffix that is a node */
    uint32_t depth;
    uint32_t match; /* length of the longest stop string this node ends with; 0: none */
    uint8_t byte;
} node;

struct pith__stopper {
    pith__mem *mem;
    node *nodes;
    uint32_t n_nodes;
    uint32_t state;
    uint64_t fed; /* bytes since reset */
};

static uint32_t child_of(const node *nodes, uint32_t at, uint8_t byte) {
    uint32_t c = nodes[at].child;
    while (c != ROOT && nodes[c].byte != byte) {
        c = nodes[c].sibling;
    }
    return c;
}

/* Where `byte` leads from `at`, through failure links when it must. */
static uint32_t advance(const node *nodes, uint32_t at, uint8_t byte) {
    for (;;) {
        uint32_t c = child_of(nodes, at, byte);
        if (c != ROOT || at == ROOT) {
            return c;
        }
        at = nodes[at].fail;
    }
}

static uint32_t add_child(pith__stopper *s, uint32_t parent, uint8_t byte) {
    uint32_t at = s->n_nodes++;
    uint32_t fail = parent == ROOT ? ROOT : advance(s->nodes, s->nodes[parent].fail, byte);
    s->nodes[at] = (node){
        .sibling = s->nodes[parent].child,
        .fail = fail,
        .depth = s->nodes[parent].depth + 1,
        .match = s->nodes[fail].match,
        .byte = byte,
    };
    s->nodes[parent].child = at;
    return at;
}

/* Adds byte `level` of every string that has one. at[i] is the node string i has reached. Returns whether any string
 * goes on. */
static bool add_level(pith__stopper *s, const pith__str *strings, uint64_t count, uint64_t level, uint32_t *at) {
    bool more = false;
    for (uint64_t i = 0; i < count; i++) {
        if (level >= strings[i].len) {
            continue;
        }
        uint8_t byte = (uint8_t)strings[i].ptr[level];
        uint32_t next = child_of(s->nodes, at[i], byte);
        at[i] = next != ROOT ? next : add_child(s, at[i], byte);
        if (level + 1 == strings[i].len) {
            s->nodes[at[i]].match = s->nodes[at[i]].depth; /* longer than any proper suffix's */
        }
        more = more || level + 1 < strings[i].len;
    }
    return more;
}

static int32_t count_nodes(const pith__str *strings, uint64_t count, uint64_t *out) {
    *out = 1;
    for (uint64_t i = 0; i < count; i++) {
        if (strings[i].len == 0) {
            return pith__fail(PITH_E_ARGUMENT, "stop string %llu is empty", (unsigned long long)i);
        }
        if (!pith__add_u64(*out, strings[i].len, out) || *out > UINT32_MAX) {
            return pith__fail(PITH_E_ARGUMENT, "the stop strings are over 4 GiB long");
        }
    }
    return PITH_OK;
}

static int32_t build(pith__stopper *s, const pith__str *strings, uint64_t count) {
    uint64_t room;
    uint32_t *at;
    PITH_TRY(count_nodes(strings, count, &room));
    PITH_TRY(PITH_NEW_ARRAY(s->mem, &s->nodes, room, "stop strings"));
    PITH_TRY(PITH_NEW_ARRAY(s->mem, &at, count, "stop strings"));
    s->n_nodes = 1;
    for (uint64_t level = 0; add_level(s, strings, count, level, at); level++) {
    }
    pith__mem_free(s->mem, at);
    return PITH_OK;
}

int32_t pith__stopper_create(pith__mem *mem, const pith__str *strings, uint64_t count, pith__stopper **out) {
    *out = NULL;
    pith__stopper *s;
    PITH_TRY(PITH_NEW(mem, &s, "stop strings"));
    s->mem = mem;
    int32_t status = build(s, strings, count);
    if (status != PITH_OK) {
        pith__stopper_release(s);
        return status;
    }
    *out = s;
    return PITH_OK;
}

void pith__stopper_release(pith__stopper *s) {
    if (!s) {
        return;
    }
    pith__mem_free(s->mem, s->nodes);
    pith__mem_free(s->mem, s);
}

void pith__stopper_reset(pith__stopper *s) {
    s->state = ROOT;
    s->fed = 0;
}

bool pith__stopper_feed(pith__stopper *s, const char *bytes, uint64_t len, uint64_t *consumed, uint64_t *keep) {
    for (uint64_t i = 0; i < len; i++) {
        s->state = advance(s->nodes, s->state, (uint8_t)bytes[i]);
        s->fed++;
        uint32_t match = s->nodes[s->state].match;
        if (match > 0) {
            s->state = ROOT; /* matches do not overlap */
            *consumed = i + 1;
            *keep = s->fed - match;
            return true;
        }
    }
    *consumed = len;
    *keep = s->fed - s->nodes[s->state].depth;
    return false;
}
