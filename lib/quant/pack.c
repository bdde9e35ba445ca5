/* Packs rows into groups of 16 and takes them apart again, by the table of kernels/layout.h: no type is known here by
 * name.
 *
 * Invariant: unpacking gives the source bytes back bit for bit, whatever they were; bytes of missing rows, of K padding
 * and between fields are zero. */
#include "kernels/layout.h"
#include "quant/quant.h"
#include <stddef.h>
#include <string.h>

/* A row is turned to floats by pieces: a block, or some floats. */
enum {
    PIECE_FLOATS = 64,
    PIECE_BYTES = 256
};

/* Element k of the 16 rows together. */
static void pack_floats(uint32_t width, const uint8_t *source, uint64_t k, uint32_t lane, uint8_t *group) {
    for (uint64_t i = 0; i < k; i++) {
        memcpy(group + (i * 16 + lane) * width, source + i * width, width);
    }
}

static void unpack_floats(uint32_t width, const uint8_t *group, uint64_t k, uint32_t lane, uint8_t *row) {
    for (uint64_t i = 0; i < k; i++) {
        memcpy(row + i * width, group + (i * 16 + lane) * width, width);
    }
}

uint64_t pith__group_bytes(pith__dtype dtype, uint64_t k) {
    return pith__layout_group_bytes(dtype, k);
}

void pith__pack_group(pith__dtype dtype, const void *rows_src, uint64_t row_bytes, uint32_t rows, uint64_t k,
                      void *group) {
    const pith__dtype_info *info = pith__dtype_get(dtype);
    if (!info) {
        return;
    }
    const pith__layout *layout = pith__layout_get(dtype);
    memset(group, 0, (size_t)pith__layout_group_bytes(dtype, k));
    for (uint32_t lane = 0; !layout && lane < rows; lane++) {
        pack_floats(info->block_bytes, (const uint8_t *)rows_src + lane * row_bytes, k, lane, group);
    }
    for (uint64_t block = 0; layout && block < k / info->block; block++) {
        pith__layout_scatter(layout, (const uint8_t *)rows_src + block * info->block_bytes, row_bytes, rows, group,
                             block);
    }
}

static void unpack_lane(pith__dtype dtype, const uint8_t *group, uint32_t lane, uint64_t k, uint8_t *row) {
    const pith__dtype_info *info = pith__dtype_get(dtype);
    const pith__layout *layout = pith__layout_get(dtype);
    if (!layout) {
        unpack_floats(info->block_bytes, group, k, lane, row);
        return;
    }
    for (uint64_t block = 0; block < k / info->block; block++) {
        pith__layout_gather(layout, group, block, lane, row + block * info->block_bytes);
    }
}

void pith__unpack_group(pith__dtype dtype, const void *group, uint32_t rows, uint64_t k, void *rows_out,
                        uint64_t row_bytes) {
    for (uint32_t lane = 0; pith__dtype_get(dtype) && lane < rows; lane++) {
        unpack_lane(dtype, group, lane, k, (uint8_t *)rows_out + lane * row_bytes);
    }
}

void pith__group_row_to_float(pith__dtype dtype, const void *group, uint32_t lane, uint64_t k, float *out) {
    const pith__dtype_info *info = pith__dtype_get(dtype);
    if (!info) {
        return;
    }
    const pith__layout *layout = pith__layout_get(dtype);
    uint8_t piece[PIECE_BYTES];
    for (uint64_t i = 0, n; i < k; i += n) {
        if (layout) {
            n = info->block;
            pith__layout_gather(layout, group, i / n, lane, piece);
        } else {
            n = k - i < PIECE_FLOATS ? k - i : PIECE_FLOATS;
            unpack_floats(info->block_bytes, (const uint8_t *)group + i * 16 * info->block_bytes, n, lane, piece);
        }
        pith__row_to_float(dtype, piece, n, out + i);
    }
}
