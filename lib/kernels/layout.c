/* The table of layout number 1 (see layout.h) and the sizes that follow from it. Appended to, never changed: packed
 * files name the layout by its number. */
#include "kernels/layout.h"
#include "base/checked.h"
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#define PLAIN PITH__FIELD_PLAIN

/* {from, bytes, unit, change, at, step, gap} */
static const pith__layout layouts[PITH__DTYPE_LIMIT] = {
    [PITH__Q4_0] = {PITH__Q4_0_CELL, 2, 2, {{0, 2, 2, PLAIN, 0, 32, 0}, {2, 16, 4, PLAIN, 64, 256, 0}}},
    [PITH__IQ4_NL] = {PITH__Q4_0_CELL, 2, 2, {{0, 2, 2, PLAIN, 0, 32, 0}, {2, 16, 4, PLAIN, 64, 256, 0}}},
    [PITH__Q4_1] = {PITH__Q4_1_CELL,
                    2,
                    3,
                    {{0, 2, 2, PLAIN, 0, 32, 0}, {2, 2, 2, PLAIN, 64, 32, 0}, {4, 16, 4, PLAIN, 128, 256, 0}}},
    [PITH__Q5_0] = {PITH__Q5_0_CELL,
                    2,
                    3,
                    {{0, 2, 2, PLAIN, 0, 32, 0},
                     {2, 4, 4, PITH__FIELD_QH, 64, 320, 0},
                     {6, 16, 4, PLAIN, 128, 320, 0}}},
    [PITH__Q5_1] = {PITH__Q5_1_CELL,
                    2,
                    4,
                    {{0, 2, 2, PLAIN, 0, 32, 0},
                     {2, 2, 2, PLAIN, 64, 32, 0},
                     {4, 4, 4, PITH__FIELD_QH, 128, 320, 0},
                     {8, 16, 4, PLAIN, 192, 320, 0}}},
    [PITH__Q8_0] = {PITH__Q8_0_CELL, 2, 2, {{0, 2, 2, PLAIN, 0, 32, 0}, {2, 32, 4, PITH__FIELD_FLIP, 64, 512, 0}}},
    [PITH__MXFP4] = {PITH__MXFP4_CELL, 4, 2, {{0, 1, 1, PLAIN, 0, 16, 0}, {1, 16, 4, PLAIN, 64, 256, 0}}},
    [PITH__Q2_K] = {PITH__Q2_K_CELL,
                    1,
                    4,
                    {{80, 2, 2, PLAIN, 0, 0, 0},
                     {82, 2, 2, PLAIN, 32, 0, 0},
                     {0, 16, 4, PLAIN, 64, 0, 0},
                     {16, 64, 4, PLAIN, 320, 0, 0}}},
    [PITH__Q3_K] = {PITH__Q3_K_CELL,
                    1,
                    5,
                    {{108, 2, 2, PLAIN, 0, 0, 0},
                     {96, 12, 4, PLAIN, 64, 0, 0},
                     {0, 32, 4, PLAIN, 256, 0, 64},
                     {32, 32, 4, PLAIN, 320, 0, 64},
                     {64, 32, 4, PLAIN, 1280, 0, 0}}},
    [PITH__Q4_K] = {PITH__Q4_K_CELL,
                    1,
                    4,
                    {{0, 2, 2, PLAIN, 0, 0, 0},
                     {2, 2, 2, PLAIN, 32, 0, 0},
                     {4, 12, 4, PLAIN, 64, 0, 0},
                     {16, 128, 4, PLAIN, 256, 0, 0}}},
    [PITH__Q5_K] = {PITH__Q5_K_CELL,
                    1,
                    6,
                    {{0, 2, 2, PLAIN, 0, 0, 0},
                     {2, 2, 2, PLAIN, 32, 0, 0},
                     {4, 12, 4, PLAIN, 64, 0, 0},
                     {16, 32, 4, PLAIN, 256, 0, 64},
                     {48, 32, 4, PLAIN, 320, 0, 64},
                     {80, 96, 4, PLAIN, 1280, 0, 0}}},
    [PITH__Q6_K] = {PITH__Q6_K_CELL,
                    1,
                    8,
                    {{208, 2, 2, PLAIN, 0, 0, 0},
                     {192, 16, 4, PLAIN, 64, 0, 0},
                     {128, 32, 4, PLAIN, 320, 0, 128},
                     {0, 32, 4, PLAIN, 384, 0, 128},
                     {32, 32, 4, PLAIN, 448, 0, 128},
                     {160, 32, 4, PLAIN, 1856, 0, 128},
                     {64, 32, 4, PLAIN, 1920, 0, 128},
                     {96, 32, 4, PLAIN, 1984, 0, 128}}},
    [PITH__IQ4_XS] = {PITH__IQ4_XS_CELL,
                      1,
                      4,
                      {{0, 2, 2, PLAIN, 0, 0, 0},
                       {2, 2, 2, PLAIN, 32, 0, 0},
                       {4, 4, 4, PLAIN, 64, 0, 0},
                       {8, 128, 4, PLAIN, 128, 0, 0}}},
};

const pith__layout *pith__layout_get(uint32_t dtype) {
    return dtype < PITH__DTYPE_LIMIT && layouts[dtype].cell ? &layouts[dtype] : NULL;
}

static bool in_super_blocks(const pith__layout *layout) {
    return layout->cell_blocks == 1;
}

uint64_t pith__layout_blocks(uint32_t dtype, uint64_t k) {
    const pith__layout *layout = pith__layout_get(dtype);
    if (!layout) {
        return 0;
    }
    return in_super_blocks(layout) ? pith__div_up(k, 256) : pith__div_up(k, 64) * 2;
}

uint64_t pith__layout_group_bytes(uint32_t dtype, uint64_t k) {
    if (dtype == PITH__F32 || dtype == PITH__F16 || dtype == PITH__BF16) {
        return pith__round_up(k * 16 * (dtype == PITH__F32 ? 4 : 2), 64);
    }
    const pith__layout *layout = pith__layout_get(dtype);
    if (!layout) {
        return 0;
    }
    uint64_t blocks = pith__layout_blocks(dtype, k);
    uint64_t full = blocks / layout->cell_blocks;
    uint64_t rest = blocks % layout->cell_blocks;
    /* Only MXFP4 has a rest: its line of exponents and two blocks. */
    return full * layout->cell + (rest ? layout->field[1].at + rest * layout->field[1].step : 0);
}

uint32_t pith__layout_qh(uint32_t source) {
    uint32_t packed = 0;
    for (uint32_t i = 0; i < 32; i++) {
        packed |= ((source >> i) & 1) << (i % 4 * 8 + i / 4);
    }
    return packed;
}

uint32_t pith__layout_qh_inverse(uint32_t packed) {
    uint32_t source = 0;
    for (uint32_t i = 0; i < 32; i++) {
        source |= ((packed >> (i % 4 * 8 + i / 4)) & 1) << i;
    }
    return source;
}

static uint32_t get_u32(const uint8_t *at) {
    return (uint32_t)at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 | (uint32_t)at[3] << 24;
}

static void put_u32(uint8_t *at, uint32_t v) {
    at[0] = (uint8_t)v;
    at[1] = (uint8_t)(v >> 8);
    at[2] = (uint8_t)(v >> 16);
    at[3] = (uint8_t)(v >> 24);
}

/* Moves one unit between its two forms. */
static void move_unit(const pith__layout_field *field, const uint8_t *from, uint8_t *to, bool packing) {
    if (field->unit != 4) {
        memcpy(to, from, field->unit);
        return;
    }
    uint32_t word = get_u32(from);
    if (field->change == PITH__FIELD_FLIP) {
        word ^= 0x80808080u;
    } else if (field->change == PITH__FIELD_QH) {
        word = packing ? pith__layout_qh(word) : pith__layout_qh_inverse(word);
    }
    put_u32(to, word);
}

static uint64_t field_offset(const pith__layout *layout, const pith__layout_field *field, uint64_t block,
                             uint32_t lane) {
    return block / layout->cell_blocks * layout->cell + field->at + block % layout->cell_blocks * field->step +
           (uint64_t)lane * field->unit;
}

/* Where the line of the unit that holds byte i of a field lies, from the field's place on. */
static size_t line_offset(const pith__layout_field *field, uint32_t i) {
    return (size_t)i * 16 + (size_t)(i / field->unit) * field->gap;
}

/* A field of one row after another in every unit: what is written lies side by side. */
static void scatter_field(const pith__layout_field *field, const uint8_t *source, uint64_t row_bytes, uint32_t rows,
                          uint8_t *to) {
    for (uint32_t i = 0; i < field->bytes; i += field->unit) {
        const uint8_t *from = source + field->from + i;
        for (uint32_t row = 0; row < rows; row++) {
            move_unit(field, from + row * row_bytes, to + line_offset(field, i) + row * field->unit, true);
        }
    }
}

/* The same for words that do not change, by far most of a model. */
static void scatter_words(const pith__layout_field *field, const uint8_t *source, uint64_t row_bytes, uint32_t rows,
                          uint8_t *to) {
    for (uint32_t i = 0; i < field->bytes; i += 4) {
        const uint8_t *from = source + field->from + i;
        uint8_t *line = to + line_offset(field, i);
        for (uint32_t row = 0; row < rows; row++) {
            memcpy(line + 4 * row, from + row * row_bytes, 4);
        }
    }
}

void pith__layout_scatter(const pith__layout *layout, const uint8_t *source, uint64_t row_bytes, uint32_t rows,
                          uint8_t *group, uint64_t block) {
    for (uint32_t f = 0; f < layout->fields; f++) {
        const pith__layout_field *field = &layout->field[f];
        bool words = field->unit == 4 && field->change == PITH__FIELD_PLAIN;
        (words ? scatter_words : scatter_field)(field, source, row_bytes, rows,
                                                group + field_offset(layout, field, block, 0));
    }
}

void pith__layout_gather(const pith__layout *layout, const uint8_t *group, uint64_t block, uint32_t lane,
                         uint8_t *source) {
    for (uint32_t f = 0; f < layout->fields; f++) {
        const pith__layout_field *field = &layout->field[f];
        const uint8_t *at = group + field_offset(layout, field, block, lane);
        for (uint32_t i = 0; i < field->bytes; i += field->unit) {
            move_unit(field, at + line_offset(field, i), source + field->from + i, false);
        }
    }
}
