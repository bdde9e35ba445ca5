/* Pair merging: see merge.h.
 * A heap entry is rank << 32 | place. It is stale when the place's rank is another by now; a place that was merged away
 * has none. Each merge takes an entry or more out and puts two at most in, so the heap never holds more than two a
 * symbol. */
#include "tokenizer/models/merge.h"
#include <string.h>

enum {
    SCAN_LIMIT = 40, /* symbols; above, the heap is faster */
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
    pith__mem_free(m->mem, m->heap);
    m->symbols = NULL;
    m->links = NULL;
    m->heap = NULL;
    m->capacity = m->heap_capacity = 0;
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

static void heap_push(uint64_t *heap, uint64_t *count, uint64_t entry) {
    uint64_t at = (*count)++;
    while (at > 0 && heap[(at - 1) / 2] > entry) {
        heap[at] = heap[(at - 1) / 2];
        at = (at - 1) / 2;
    }
    heap[at] = entry;
}

static uint64_t heap_pop(uint64_t *heap, uint64_t *count) {
    uint64_t top = heap[0];
    uint64_t entry = heap[--*count];
    uint64_t at = 0;
    for (uint64_t child = 1; child < *count; child = 2 * at + 1) {
        child += child + 1 < *count && heap[child + 1] < heap[child];
        if (heap[child] >= entry) {
            break;
        }
        heap[at] = heap[child];
        at = child;
    }
    heap[at] = entry;
    return top;
}

/* A list of symbols in the order of the text, and the heap of those that can join with the next. */
typedef struct list {
    pith__symbol *symbols;
    uint32_t *next;
    int32_t *previous;
    uint64_t *heap;
    uint64_t heap_count;
    uint32_t count; /* also the place of the closing symbol */
    pith__join_fn join;
    const void *context;
} list;

static void rejoin(list *l, uint32_t at) {
    uint32_t next = l->next[at];
    if (next == l->count) {
        l->symbols[at].rank = PITH__NO_RANK;
        return;
    }
    l->join(l->context, &l->symbols[at], &l->symbols[next], l->symbols[l->next[next]].start);
    if (l->symbols[at].rank != PITH__NO_RANK) {
        heap_push(l->heap, &l->heap_count, (uint64_t)l->symbols[at].rank << 32 | at);
    }
}

static void merge_at(list *l, uint32_t at) {
    uint32_t gone = l->next[at];
    l->symbols[at].id = l->symbols[at].joined;
    l->symbols[gone].rank = PITH__NO_RANK;
    l->next[at] = l->next[gone];
    if (l->next[at] != l->count) {
        l->previous[l->next[at]] = (int32_t)at;
    }
    rejoin(l, at);
    if (l->previous[at] != NOWHERE) {
        rejoin(l, (uint32_t)l->previous[at]);
    }
}

static uint32_t merge_by_heap(list *l) {
    for (uint32_t i = 0; i <= l->count; i++) {
        l->next[i] = i + 1;
        l->previous[i] = (int32_t)i - 1;
    }
    for (uint32_t i = 0; i < l->count; i++) {
        rejoin(l, i);
    }
    while (l->heap_count > 0) {
        uint64_t entry = heap_pop(l->heap, &l->heap_count);
        if (l->symbols[(uint32_t)entry].rank == entry >> 32) {
            merge_at(l, (uint32_t)entry);
        }
    }
    uint32_t kept = 0;
    for (uint32_t i = 0; i <= l->count; i = l->next[i]) {
        l->symbols[kept++] = l->symbols[i];
    }
    return kept - 1;
}

static int32_t reserve_heap(pith__merger *m) {
    if (m->heap_capacity >= m->capacity) {
        return PITH_OK;
    }
    PITH_TRY(PITH_GROW_ARRAY(m->mem, &m->links, 2 * m->capacity, "tokenizer"));
    PITH_TRY(PITH_GROW_ARRAY(m->mem, &m->heap, 2 * m->capacity, "tokenizer"));
    m->heap_capacity = m->capacity;
    return PITH_OK;
}

int32_t pith__merger_run(pith__merger *m, uint32_t count, pith__join_fn join, const void *context, uint32_t *left) {
    if (count <= SCAN_LIMIT) {
        uint32_t highest = 0;
        *left = pith__merge_few(m->symbols, count, join, context, &highest);
        return PITH_OK;
    }
    PITH_TRY(reserve_heap(m));
    list l = {.symbols = m->symbols,
              .next = m->links,
              .previous = (int32_t *)(m->links + m->capacity),
              .heap = m->heap,
              .count = count,
              .join = join,
              .context = context};
    *left = merge_by_heap(&l);
    return PITH_OK;
}
