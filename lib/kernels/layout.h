/* Packed layout number 1: where the bytes of each weight type lie in a group of 16 rows. The one description shared by
 * packing (quant/pack.c), by the scalar kernels and by the vector kernels.
 *
 * A group is a sequence of cells. A cell holds two blocks of 32 elements (four for MXFP4), or one super-block of 256,
 * for all 16 rows; its size is a multiple of 64 bytes, so no 64-byte load of a 64-byte aligned group straddles a cache
 * line. Inside a cell every field of the source block is interleaved by rows in units of 1, 2 or 4 bytes: unit i of row
 * r of block b lies at  field.at + b * field.step + (i * 16 + r) * unit so that a 64-byte vector holds, lane = row,
 * four consecutive source bytes of each row. Three changes beside the interleave, each its own inverse or invertible:
 * Q8_0 weights are flipped to unsigned (xor 0x80); the fifth bits of Q5_0 and Q5_1 are transposed (layout_qh below);
 * unused bytes are zero. K is padded with zero blocks to a multiple of 64 elements.
 *
 * Float types have no cells: element k of the 16 rows together ([k][16]), in their own width, padded with zeros to 64
 * bytes.
 *
 *   type     cell  bytes in order (x16 rows each)                                        source size x16
 *   Q4_0      576  d[2] | 2 x { qs 4 vectors }                                            the same
 *   IQ4_NL    576  as Q4_0                                                                the same
 *   Q4_1      640  d[2] | m[2] | 2 x { qs 4 vectors }                                     the same
 *   Q5_0      704  d[2] | 2 x { qh | qs 4 vectors }                                       the same
 *   Q5_1      768  d[2] | m[2] | 2 x { qh | qs 4 vectors }                                the same
 *   Q8_0     1088  d[2] | 2 x { qs 8 vectors }                                            the same
 *   MXFP4    1088  e[4] | 4 x { qs 4 vectors }       (a last cell may stop after 2 blocks) the same
 *   Q2_K     1344  d, dmin | scales 4 | qs 16                                             the same
 *   Q3_K     1792  d, 32 zero bytes | scales 3 | 8 x { hmask | qs } | qs 8                 1760
 *   Q4_K     2304  d, dmin | scales 3 | qs 32                                             the same
 *   Q5_K     2816  d, dmin | scales 3 | 8 x { qh | qs } | qs 24                           the same
 *   Q6_K     3392  d, 32 zero bytes | scales 4 | 2 x 8 x { qh | ql | ql 32 bytes on }      3360
 *   IQ4_XS   2176  d, scales_h | scales_l 1 | qs 32                                       the same
 *
 * Must not know: how products are computed. */
#ifndef PITH_KERNELS_LAYOUT_H
#define PITH_KERNELS_LAYOUT_H

#include "kernels/dtype.h"
#include <stdint.h>

/* Bytes of a cell, and the places of its fields. Blocks of 32 take "at + b * step". */
enum {
    PITH__Q4_0_CELL = 576,
    PITH__Q4_1_CELL = 640,
    PITH__Q5_0_CELL = 704,
    PITH__Q5_1_CELL = 768,
    PITH__Q8_0_CELL = 1088,
    PITH__MXFP4_CELL = 1088,
    PITH__Q2_K_CELL = 1344,
    PITH__Q3_K_CELL = 1792,
    PITH__Q4_K_CELL = 2304,
    PITH__Q5_K_CELL = 2816,
    PITH__Q6_K_CELL = 3392,
    PITH__IQ4_XS_CELL = 2176,
};

enum {
    PITH__FIELDS_MAX = 8
};

typedef enum pith__field_change {
    PITH__FIELD_PLAIN,
    PITH__FIELD_FLIP, /* every byte xor 0x80 */
    PITH__FIELD_QH,   /* 32 bits transposed, see pith__layout_qh */
} pith__field_change;

/* One field of a source block: `bytes` bytes from `from`, spread in units of `unit` bytes, `gap` bytes left between the
 * units' lines. */
typedef struct pith__layout_field {
    uint8_t from, bytes, unit;
    uint8_t change;
    uint16_t at, step, gap;
} pith__layout_field;

typedef struct pith__layout {
    uint16_t cell;       /* bytes of a full cell; 0 for float types */
    uint8_t cell_blocks; /* blocks of a full cell */
    uint8_t fields;
    pith__layout_field field[PITH__FIELDS_MAX];
} pith__layout;

/* The layout of a quantized type; NULL for float types and unknown numbers. */
const pith__layout *pith__layout_get(uint32_t dtype);

/* Bytes of a packed group with k elements a row: a multiple of 64. 0 for an unknown type. The caller knows that k is
 * sane (pith__row_bytes accepted it). */
uint64_t pith__layout_group_bytes(uint32_t dtype, uint64_t k);

/* Blocks of one row in the packed form of a quantized type, padding included. */
uint64_t pith__layout_blocks(uint32_t dtype, uint64_t k);

/* Puts the source form of one block (pith__dtype_info.block_bytes bytes) of `rows` rows, 16 at most, `row_bytes` apart,
 * at their places in a group; gather takes one row's out again. */
void pith__layout_scatter(const pith__layout *layout, const uint8_t *source, uint64_t row_bytes, uint32_t rows,
                          uint8_t *group, uint64_t block);
void pith__layout_gather(const pith__layout *layout, const uint8_t *group, uint64_t block, uint32_t lane,
                         uint8_t *source);

/* The fifth bits of Q5_0 and Q5_1. Source: bit i belongs to element i. Packed: bit v of byte b belongs to byte b of the
 * v-th vector of unpacked weights: element 4v + b for v < 4 (low nibbles), 16 + 4(v - 4) + b = 4v + b for the others;
 * so the packed word is the 8 x 4 bit matrix of the source, transposed. */
uint32_t pith__layout_qh(uint32_t source);
uint32_t pith__layout_qh_inverse(uint32_t packed);

#endif
