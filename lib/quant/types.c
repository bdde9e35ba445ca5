/* The table of element types: one row each, indexed by the file's number. Sizes of rows come from here, checked for
 * overflow. Must not know: what the bytes of a block mean (blocks_*.c) or how they are packed (pack.c). Source of the
 * sizes: ggml-common.h of https://github.com/ggml-org/ggml; MXFP4: OCP Microscaling Formats v1.0. */
#include "base/checked.h"
#include "quant/quant.h"
#include <stddef.h>

static const pith__dtype_info types[PITH__DTYPE_LIMIT] = {
    [PITH__F32] = {"F32", 1, 4, PITH__ACT_FLOAT, false},
    [PITH__F16] = {"F16", 1, 2, PITH__ACT_FLOAT, false},
    [PITH__BF16] = {"BF16", 1, 2, PITH__ACT_FLOAT, false},
    [PITH__Q4_0] = {"Q4_0", 32, 18, PITH__ACT_B32, true},
    [PITH__Q4_1] = {"Q4_1", 32, 20, PITH__ACT_B32, true},
    [PITH__Q5_0] = {"Q5_0", 32, 22, PITH__ACT_B32, true},
    [PITH__Q5_1] = {"Q5_1", 32, 24, PITH__ACT_B32, true},
    [PITH__Q8_0] = {"Q8_0", 32, 34, PITH__ACT_B32, true},
    [PITH__IQ4_NL] = {"IQ4_NL", 32, 18, PITH__ACT_B32, true},
    [PITH__MXFP4] = {"MXFP4", 32, 17, PITH__ACT_B32, true},
    [PITH__Q2_K] = {"Q2_K", 256, 84, PITH__ACT_B256, true},
    [PITH__Q3_K] = {"Q3_K", 256, 110, PITH__ACT_B256, true},
    [PITH__Q4_K] = {"Q4_K", 256, 144, PITH__ACT_B256, true},
    [PITH__Q5_K] = {"Q5_K", 256, 176, PITH__ACT_B256, true},
    [PITH__Q6_K] = {"Q6_K", 256, 210, PITH__ACT_B256, true},
    [PITH__IQ4_XS] = {"IQ4_XS", 256, 136, PITH__ACT_B256, true},
};

const pith__dtype_info *pith__dtype_get(uint32_t dtype) {
    return dtype < PITH__DTYPE_LIMIT && types[dtype].name ? &types[dtype] : NULL;
}

bool pith__row_bytes(uint32_t dtype, uint64_t k, uint64_t *bytes) {
    const pith__dtype_info *info = pith__dtype_get(dtype);
    if (!info || k % info->block != 0) {
        return false;
    }
    return pith__mul_u64(k / info->block, info->block_bytes, bytes);
}

static uint64_t padded(uint64_t elements, uint64_t element_bytes) {
    return pith__round_up(elements * element_bytes, 64);
}

pith__acts_size pith__acts_bytes(pith__act_kind kind, uint64_t k) {
    pith__acts_size size = {0, 0, 0, 0};
    uint64_t blocks;
    switch (kind) {
    case PITH__ACT_FLOAT:
        size.f = padded(pith__round_up(k, 64), 4);
        break;
    case PITH__ACT_B32:
        blocks = pith__round_up(k, 64) / 32;
        size.q = blocks * 32;
        size.scale = padded(blocks, 4);
        size.sum = padded(blocks, 2);
        break;
    case PITH__ACT_B256:
        blocks = pith__div_up(k, 256);
        size.q = blocks * 256;
        size.scale = padded(blocks, 4);
        size.sum = padded(blocks * 16, 2);
        break;
    }
    return size;
}
