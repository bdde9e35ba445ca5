/* Pair merging: see merge.h.
 * What waits in the queue may be stale: a place whose rank is another by now, or none because it was merged away. */
#include "tokenizer/models/merge.h"
#include <string.h>

enum {
    SCAN_LIMIT = 40, /* symbols; above, the queue is faster */
    NOWHERE = -1
};

int32_t pith__merger_reserve(pith__merger *m, uint64_t count) {
    if (count < m->capacity) {
        return PITH_OK;
    }
    uint64_t capacity = count + count / 2 + 64;
    PITH_TRY(PITH_GROW_ARRAY(m->mem, &m->symbols, capacity, "tokenizer"));
    m->capacity = capacity;
    return PITH_OK;
}

void pith__merger_free(pith__merger *m) {
    pith__mem_free(m->mem, m->symbols);
    pith__mem_free(m->mem, m->links);
    pith__rank_queue_free(&m->queue);
    m->symbols = NULL;
    m->links = NULL;
    m->capacity = m->links_capacity = 0;
}

uint32_t pith__merge_few(pith__symbol *s, uint32_t count, pith__join_fn join, const void *context, uint32_t *highest) {
    for (uint32_t i = 0; i + 1 < count; i++) {
        join(context, &s[i], &s[i + 1], s[i + 2].start);
    }
    while (count > 1) {
        uint32_t best = 0;
        for (uint32_t i = 1; i + 1 < count; i++) {
            best = s[i].rank < s[best].rank ? i : best;
        }
        if (s[best].rank == PITH__NO_RANK) {
            break;
        }
        *highest = s[best].rank > *highest ? s[best].rank : *highest;
        s[best].id = s[best].joined;
        memmove(s + best + 1, s + best + 2, (count - best - 1) * sizeof(*s));
        count--;
        if (best + 1 < count) {
            join(context, &s[best], &s[best + 1], s[best + 2].start);
        }
        if (best > 0) {
            join(context, &s[best - 1], &s[best], s[best + 1].start);
        }
    }
    return count;
}

/* A list of symbols in the order of the text, and the queue of those that can join with the next. */
typedef struct list {
    pith__symbol *symbols;
    uint32_t *next;
    int32_t *previous;
    pith__rank_queue *queue;
    uint32_t count; /* also the place of the closing symbol */
    pith__join_fn join;
    const void *context;
} list;

/* Sets the symbol's rank anew. */
static int32_t rejoin(list *l, uint32_t at) {
    pith__symbol *s = &l->symbols[at];
    uint32_t next = l->next[at];
    pith__rank_queue_drop(l->queue, at, s->rank);
    if (next == l->count) {
        s->rank = PITH__NO_RANK;
        return PITH_OK;
    }
    l->join(l->context, s, &l->symbols[next], l->symbols[l->next[next]].start);
    return s->rank == PITH__NO_RANK ? PITH_OK : pith__rank_queue_put(l->queue, at, s->rank);
}

static int32_t merge_at(list *l, uint32_t at) {
    uint32_t gone = l->next[at];
    l->symbols[at].id = l->symbols[at].joined;
    l->symbols[gone].rank = PITH__NO_RANK;
    l->next[at] = l->next[gone];
    if (l->next[at] != l->count) {
        l->previous[l->next[at]] = (int32_t)at;
    }
    if (l->previous[at] != NOWHERE) {
        PITH_TRY(rejoin(l, (uint32_t)l->previous[at]));
    }
    return rejoin(l, at);
}

static int32_t merge_all(list *l) {
    uint32_t at = 0, rank = 0;
    bool found = false;
    for (;;) {
        PITH_TRY(pith__rank_queue_take(l->queue, &at, &rank, &found));
        if (!found) {
            return PITH_OK;
        }
        if (l->symbols[at].rank == rank) {
            PITH_TRY(merge_at(l, at));
        }
    }
}

static int32_t merge_list(list *l, uint32_t *left) {
    for (uint32_t i = 0; i <= l->count; i++) {
        l->next[i] = i + 1;
        l->previous[i] = (int32_t)i - 1;
    }
    for (uint32_t i = 0; i < l->count; i++) {
        PITH_TRY(rejoin(l, i));
    }
    PITH_TRY(merge_all(l));
    *left = 0;
    for (uint32_t i = 0; i < l->count; i = l->next[i]) {
        l->symbols[(*left)++] = l->symbols[i];
    }
    l->symbols[*left] = l->symbols[l->count];
    return PITH_OK;
}

static int32_t reserve_links(pith__merger *m) {
    if (m->links_capacity < m->capacity) {
        PITH_TRY(PITH_GROW_ARRAY(m->mem, &m->links, 2 * m->capacity, "tokenizer"));
        m->links_capacity = m->capacity;
    }
    return PITH_OK;
}

int32_t pith__merger_run(pith__merger *m, uint32_t count, pith__join_fn join, const void *context, uint32_t *left) {
    if (count <= SCAN_LIMIT) {
        uint32_t highest = 0;
        *left = pith__merge_few(m->symbols, count, join, context, &highest);
        return PITH_OK;
    }
    PITH_TRY(reserve_links(m));
    m->queue.mem = m->mem;
    PITH_TRY(pith__rank_queue_reset(&m->queue, count));
    list l = {.symbols = m->symbols,
              .next = m->links,
              .previous = (int32_t *)(m->links + m->capacity),
              .queue = &m->queue,
              .count = count,
              .join = join,
              .context = context};
    return merge_list(&l, left);
}
