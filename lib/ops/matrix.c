/* Sizes, storing and reading back of weight matrices. See matrix.h. */
#include "ops/matrix.h"
#include "base/checked.h"
#include "quant/quant.h"
#include <string.h>

void pith__matrix_shape(pith__matrix *m, pith__dtype dtype, uint32_t rows, uint32_t cols, bool row_major) {
    memset(m, 0, sizeof(*m));
    m->dtype = dtype;
    m->rows = rows;
    m->cols = cols;
    m->row_major = row_major;
    (void)pith__row_bytes(dtype, cols, &m->row_bytes); /* the file reader has checked that it fits */
    if (!row_major) {
        m->groups = (uint32_t)pith__div_up(rows, PITH__GROUP);
        m->group_bytes = pith__group_bytes(dtype, cols);
    }
}

uint64_t pith__matrix_bytes(const pith__matrix *m) {
    return m->row_major ? m->row_bytes * m->rows : m->group_bytes * m->groups;
}

void pith__matrix_store(pith__matrix *m, uint32_t first, uint32_t count, const void *rows) {
    const uint8_t *src = rows;
    if (m->row_major) {
        memcpy(m->data + m->row_bytes * first, src, m->row_bytes * count);
        return;
    }
    for (uint32_t r = 0; r < count; r += PITH__GROUP) {
        uint32_t n = count - r < PITH__GROUP ? count - r : PITH__GROUP;
        uint8_t *group = m->data + m->group_bytes * ((first + r) / PITH__GROUP);
        pith__pack_group(m->dtype, src + m->row_bytes * r, m->row_bytes, n, m->cols, group);
    }
}

void pith__matrix_row(const pith__matrix *m, uint32_t index, float *out) {
    if (m->row_major) {
        pith__row_to_float(m->dtype, m->data + m->row_bytes * index, m->cols, out);
    } else {
        const uint8_t *group = m->data + m->group_bytes * (index / PITH__GROUP);
        pith__group_row_to_float(m->dtype, group, index % PITH__GROUP, m->cols, out);
    }
}
