/* Finding things by name, and sorted orders in general: no hashing, so that no choice of names makes a lookup or the
 * search for duplicates slow. */
#ifndef PITH_FORMATS_NAMES_H
#define PITH_FORMATS_NAMES_H

#include "base/memory.h"
#include "base/str.h"
#include <stdint.h>

/* Negative, 0 or positive as item a goes before, with or after item b. */
typedef int (*pith__order_fn)(const void *items, uint32_t a, uint32_t b);

/* Fills order[0..count) with the numbers of the items, sorted. In place, O(n log n) whatever the input. */
void pith__order_sort(uint32_t *order, uint32_t count, pith__order_fn compare, const void *items);

/* A view of `count` structs, `stride` bytes apart, whose first member is a pith__str; and their order. */
typedef struct pith__names {
    const void *items;
    uint64_t stride;
    uint32_t count;
    uint32_t *order;
} pith__names;

/* Takes the order (free names->order with pith__mem_free) and sorts it. The items must stay where they are. */
int32_t pith__names_build(pith__mem *mem, const void *items, uint64_t stride, uint32_t count, pith__names *out);

/* The index of the item of that name, or -1. */
int64_t pith__names_find(const pith__names *names, pith__str name);

/* The index of an item whose name another has too, or -1. */
int64_t pith__names_duplicate(const pith__names *names);

#endif
