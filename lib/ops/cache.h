/* The geometry of the paged KV cache: where a page keeps the K and V of a layer and head. A page holds PITH__ATTN_BLOCK
 * positions of all layers, so that one page number stands for one stretch of one sequence. Page: [layer][kv head][K
 * block, V block]; a block is laid out as kernels.h says for attention. */
#ifndef PITH_OPS_CACHE_H
#define PITH_OPS_CACHE_H

#include "kernels/kernels.h"
#include <stdint.h>

typedef struct pith__cache {
    uint8_t *base;        /* page 0 */
    uint64_t page_bytes;  /* distance of pages */
    uint64_t block_bytes; /* of the K, or the V, of one head in one page */
    uint32_t heads;
    pith__kv_type type;
} pith__cache;

static inline pith__cache pith__cache_geometry(uint32_t layers, uint32_t heads, uint32_t head_dim,
                                               pith__kv_type type) {
    pith__cache cache = {0};
    cache.block_bytes = (pith__kv_block_bytes(type, head_dim) + 63) & ~(uint64_t)63;
    cache.page_bytes = cache.block_bytes * 2 * heads * layers;
    cache.heads = heads;
    cache.type = type;
    return cache;
}

static inline uint8_t *pith__cache_k(const pith__cache *cache, uint32_t page, uint32_t layer, uint32_t head) {
    return cache->base + cache->page_bytes * page + cache->block_bytes * 2 * ((uint64_t)layer * cache->heads + head);
}

static inline uint8_t *pith__cache_v(const pith__cache *cache, uint32_t page, uint32_t layer, uint32_t head) {
    return pith__cache_k(cache, page, layer, head) + cache->block_bytes;
}

#endif
