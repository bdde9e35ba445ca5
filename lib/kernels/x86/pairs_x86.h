/* Pairs of int16 factors as x86 multiplies them: side by side in each lane. Included by the dots headers. */
#ifndef PITH_KERNELS_PAIRS_X86_H
#define PITH_KERNELS_PAIRS_X86_H

/* int16 factors of neighbouring sums of 16 from int32 lanes. */
V_FN vi v_pair_of(vi first, vi second) {
    return v_or(v_and(first, v_set_i(0xffff)), v_shift_left(second, 16));
}

#endif
