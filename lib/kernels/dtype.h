/* The element types a tensor can have. Numbers are those of the GGUF format (ggml's type ids), so that a file's number is the
 * enum's number; they never change.
 * Source: the GGUF specification, https://github.com/ggml-org/ggml/blob/master/docs/gguf.md */
#ifndef PITH_KERNELS_DTYPE_H
#define PITH_KERNELS_DTYPE_H

typedef enum pith__dtype {
    PITH__F32 = 0,
    PITH__F16 = 1,
    PITH__Q4_0 = 2,
    PITH__Q4_1 = 3,
    PITH__Q5_0 = 6,
    PITH__Q5_1 = 7,
    PITH__Q8_0 = 8,
    PITH__Q2_K = 10,
    PITH__Q3_K = 11,
    PITH__Q4_K = 12,
    PITH__Q5_K = 13,
    PITH__Q6_K = 14,
    PITH__IQ4_NL = 20,
    PITH__IQ4_XS = 23,
    PITH__BF16 = 30,
    PITH__MXFP4 = 39,
    PITH__DTYPE_LIMIT = 64 /* one past the largest number a file may carry */
} pith__dtype;

#endif
