/* Lists of places by rank, and the heap of ranks: see rank_queue.h.
 * Merges of one rank go from left to right, so most lists come out in order or the other way round; a list that does
 * neither is sorted by the heap, place by place, as are places put at a rank that is being given already. */
#include "tokenizer/models/rank_queue.h"
#include <string.h>

enum {
    LISTS_FROM = 1024, /* places; fewer are quicker in the heap alone, as all of it is in the cache */
    FIRST_LISTS = 64,
    PROBE_LIMIT =
        64 /* chance stays below; ranks made to collide go to the heap, so that finding a list takes a bounded time */
};
#define NO_RANK    UINT32_MAX
#define NO_PLACE   UINT32_MAX
#define NOT_LISTED (UINT32_MAX - 1)
#define NO_ENTRY   UINT64_MAX

void pith__rank_queue_free(pith__rank_queue *q) {
    pith__mem *mem = q->mem;
    pith__mem_free(mem, q->next);
    pith__mem_free(mem, q->round);
    pith__mem_free(mem, q->lists);
    pith__mem_free(mem, q->heap);
    memset(q, 0, sizeof(*q));
    q->mem = mem;
}

/* ---- The heap. ---- */

static int32_t grow_heap(pith__rank_queue *q) {
    uint64_t capacity = q->heap_capacity + q->heap_capacity / 2 + 64;
    PITH_TRY(PITH_GROW_ARRAY(q->mem, &q->heap, capacity, "tokenizer"));
    q->heap_capacity = capacity;
    return PITH_OK;
}

static int32_t heap_push(pith__rank_queue *q, uint64_t entry) {
    if (q->heap_count == q->heap_capacity) {
        PITH_TRY(grow_heap(q));
    }
    uint64_t at = q->heap_count++;
    while (at > 0 && q->heap[(at - 1) / 2] > entry) {
        q->heap[at] = q->heap[(at - 1) / 2];
        at = (at - 1) / 2;
    }
    q->heap[at] = entry;
    return PITH_OK;
}

static uint64_t heap_pop(pith__rank_queue *q) {
    uint64_t *heap = q->heap;
    uint64_t top = heap[0], entry = heap[--q->heap_count], at = 0;
    for (uint64_t child = 1; child < q->heap_count; child = 2 * at + 1) {
        child += child + 1 < q->heap_count && heap[child + 1] < heap[child];
        if (heap[child] >= entry) {
            break;
        }
        heap[at] = heap[child];
        at = child;
    }
    heap[at] = entry;
    return top;
}

/* ---- The lists. ---- */

static int32_t reserve_places(pith__rank_queue *q, uint64_t count) {
    if (count > q->places) {
        uint64_t capacity = count + count / 2;
        PITH_TRY(PITH_GROW_ARRAY(q->mem, &q->round, capacity, "tokenizer"));
        PITH_TRY(PITH_GROW_ARRAY(q->mem, &q->next, 2 * capacity, "tokenizer"));
        q->places = capacity;
        q->previous = q->next + capacity;
    }
    return PITH_OK;
}

static int32_t make_lists(pith__rank_queue *q, uint32_t slots, pith__rank_list **lists) {
    PITH_TRY(PITH_NEW_ARRAY(q->mem, lists, slots, "tokenizer"));
    memset(*lists, 0xFF, slots * sizeof(**lists));
    return PITH_OK;
}

int32_t pith__rank_queue_reset(pith__rank_queue *q, uint64_t count) {
    q->heap_count = q->n_lists = 0;
    q->round_at = q->round_count = 0;
    q->given =
        count < LISTS_FROM ? (uint64_t)NO_RANK + 1 : 0; /* as if all ranks were being given: all goes to the heap */
    if (count < LISTS_FROM) {
        return PITH_OK;
    }
    PITH_TRY(reserve_places(q, count));
    if (q->lists == NULL) {
        PITH_TRY(make_lists(q, FIRST_LISTS, &q->lists));
    }
    memset(q->lists, 0xFF, FIRST_LISTS * sizeof(*q->lists));
    q->mask = FIRST_LISTS - 1;
    for (uint64_t i = 0; i < count; i++) {
        q->previous[i] = NOT_LISTED;
    }
    return PITH_OK;
}

static uint32_t first_slot(uint32_t rank, uint32_t mask) {
    return rank * 0x9E3779B1u >> 7 & mask;
}

/* The list of that rank, or the free slot where it belongs. */
static pith__rank_list *find_list(pith__rank_list *lists, uint32_t mask, uint32_t rank) {
    uint32_t at = first_slot(rank, mask);
    while (lists[at].rank != rank && lists[at].rank != NO_RANK) {
        at = (at + 1) & mask;
    }
    return &lists[at];
}

static int32_t grow_lists(pith__rank_queue *q) {
    uint32_t mask = 4 * q->mask + 3;
    pith__rank_list *lists = NULL;
    PITH_TRY(make_lists(q, mask + 1, &lists));
    for (uint32_t i = 0; i <= q->mask; i++) {
        if (q->lists[i].rank != NO_RANK) {
            *find_list(lists, mask, q->lists[i].rank) = q->lists[i];
        }
    }
    pith__mem_free(q->mem, q->lists);
    q->lists = lists;
    q->mask = mask;
    return PITH_OK;
}

/* How far a slot is from where the rank's search begins. */
static uint32_t distance(const pith__rank_queue *q, const pith__rank_list *list, uint32_t rank) {
    return ((uint32_t)(list - q->lists) - first_slot(rank, q->mask)) & q->mask;
}

/* The list of that rank, there and in the heap from now on; NULL where too many ranks collide. */
static int32_t need_list(pith__rank_queue *q, uint32_t rank, pith__rank_list **list) {
    if (q->n_lists > q->mask / 4 * 3) {
        PITH_TRY(grow_lists(q));
    }
    *list = find_list(q->lists, q->mask, rank);
    if ((*list)->rank == rank) {
        return PITH_OK;
    }
    if (distance(q, *list, rank) > PROBE_LIMIT) {
        *list = NULL;
        return PITH_OK;
    }
    PITH_TRY(heap_push(q, (uint64_t)rank << 32));
    **list = (pith__rank_list){rank, NO_PLACE};
    q->n_lists++;
    return PITH_OK;
}

int32_t pith__rank_queue_put(pith__rank_queue *q, uint32_t place, uint32_t rank) {
    pith__rank_list *list = NULL;
    if (rank >= q->given) {
        PITH_TRY(need_list(q, rank, &list));
    }
    if (list == NULL) {
        return heap_push(q, (uint64_t)rank << 32 | (place + 1));
    }
    q->next[place] = list->head;
    q->previous[place] = NO_PLACE;
    if (list->head != NO_PLACE) {
        q->previous[list->head] = place;
    }
    list->head = place;
    return PITH_OK;
}

void pith__rank_queue_drop(pith__rank_queue *q, uint32_t place, uint32_t rank) {
    if (q->n_lists == 0 || q->previous[place] == NOT_LISTED) {
        return;
    }
    uint32_t next = q->next[place], previous = q->previous[place];
    if (previous == NO_PLACE) {
        find_list(q->lists, q->mask, rank)->head = next;
    } else {
        q->next[previous] = next;
    }
    if (next != NO_PLACE) {
        q->previous[next] = previous;
    }
    q->previous[place] = NOT_LISTED;
}

/* ---- Rounds. ---- */

/* Takes all places out of a list into round[]. */
static void empty_list(pith__rank_queue *q, uint32_t rank) {
    pith__rank_list *list = find_list(q->lists, q->mask, rank);
    q->round_at = q->round_count = 0;
    for (uint32_t place = list->head; place != NO_PLACE; place = q->next[place]) {
        q->previous[place] = NOT_LISTED;
        q->round[q->round_count++] = place;
    }
    list->head = NO_PLACE;
}

/* Places that were put from left to right stand in the list from right to left. */
static void reverse_round(pith__rank_queue *q) {
    for (uint32_t i = 0, j = q->round_count; i + 1 < j; i++) {
        uint32_t place = q->round[i];
        q->round[i] = q->round[--j];
        q->round[j] = place;
    }
}

static bool is_ascending(const uint32_t *places, uint32_t count) {
    for (uint32_t i = 1; i < count; i++) {
        if (places[i - 1] > places[i]) {
            return false;
        }
    }
    return true;
}

static int32_t begin_round(pith__rank_queue *q, uint32_t rank) {
    q->given = (uint64_t)rank + 1;
    empty_list(q, rank);
    reverse_round(q);
    if (is_ascending(q->round, q->round_count)) {
        return PITH_OK;
    }
    for (uint32_t i = 0; i < q->round_count; i++) {
        PITH_TRY(heap_push(q, (uint64_t)rank << 32 | (q->round[i] + 1)));
    }
    q->round_count = 0;
    return PITH_OK;
}

int32_t pith__rank_queue_take(pith__rank_queue *q, uint32_t *place, uint32_t *rank, bool *found) {
    for (*found = false; !*found;) {
        bool round = q->round_at < q->round_count;
        uint64_t first = round ? (q->given - 1) << 32 | (q->round[q->round_at] + 1) : NO_ENTRY;
        if (q->heap_count > 0 && q->heap[0] < first) {
            first = heap_pop(q);
        } else if (round) {
            q->round_at++;
        } else {
            return PITH_OK;
        }
        *rank = (uint32_t)(first >> 32);
        *place = (uint32_t)first - 1;
        *found = (uint32_t)first != 0;
        if (!*found) {
            PITH_TRY(begin_round(q, *rank));
        }
    }
    return PITH_OK;
}
