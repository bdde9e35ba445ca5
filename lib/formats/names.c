/* Heapsort over item numbers, and binary search by name.
 *
 * Invariant: the worst case is O(n log n) comparisons and no memory is taken while sorting, so a hostile file can make
 * neither slow. Must not know: what the items are, beyond their names. */
#include "formats/names.h"

/* Lets order[root] sink until both its children in order[0..count) go before it. */
static void sift_down(uint32_t *order, uint32_t root, uint32_t count, pith__order_fn compare, const void *items) {
    uint32_t moving = order[root];
    for (;;) {
        uint64_t child = 2 * (uint64_t)root + 1;
        if (child >= count) {
            break;
        }
        if (child + 1 < count && compare(items, order[child], order[child + 1]) < 0) {
            child++;
        }
        if (compare(items, moving, order[child]) >= 0) {
            break;
        }
        order[root] = order[child];
        root = (uint32_t)child;
    }
    order[root] = moving;
}

void pith__order_sort(uint32_t *order, uint32_t count, pith__order_fn compare, const void *items) {
    for (uint32_t i = 0; i < count; i++) {
        order[i] = i;
    }
    for (uint32_t i = count / 2; i > 0; i--) {
        sift_down(order, i - 1, count, compare, items);
    }
    for (uint32_t end = count; end > 1; end--) {
        uint32_t largest = order[0];
        order[0] = order[end - 1];
        order[end - 1] = largest;
        sift_down(order, 0, end - 1, compare, items);
    }
}

static pith__str name_of(const pith__names *names, uint32_t index) {
    return *(const pith__str *)(const void *)((const char *)names->items + index * names->stride);
}

/* By length first: most names differ in it, and the bytes are then not looked at. */
static int compare_names(pith__str a, pith__str b) {
    if (a.len != b.len) {
        return a.len < b.len ? -1 : 1;
    }
    return a.len ? memcmp(a.ptr, b.ptr, (size_t)a.len) : 0;
}

static int compare_items(const void *items, uint32_t a, uint32_t b) {
    const pith__names *names = items;
    return compare_names(name_of(names, a), name_of(names, b));
}

int32_t pith__names_build(pith__mem *mem, const void *items, uint64_t stride, uint32_t count, pith__names *out) {
    *out = (pith__names){items, stride, count, NULL};
    PITH_TRY(PITH_NEW_ARRAY(mem, &out->order, count, "name index"));
    pith__order_sort(out->order, count, compare_items, out);
    return PITH_OK;
}

int64_t pith__names_find(const pith__names *names, pith__str name) {
    uint32_t low = 0, high = names->count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        int order = compare_names(name_of(names, names->order[middle]), name);
        if (order == 0) {
            return names->order[middle];
        }
        if (order < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return -1;
}

int64_t pith__names_duplicate(const pith__names *names) {
    for (uint32_t i = 1; i < names->count; i++) {
        if (compare_items(names, names->order[i - 1], names->order[i]) == 0) {
            return names->order[i];
        }
    }
    return -1;
}
