/* The canonical exp of NUMERICS.md in sixteen lanes: the steps of pith__expf, one for one. */
#ifndef PITH_KERNELS_EXP_TMPL_H
#define PITH_KERNELS_EXP_TMPL_H

V_FN vf v_exp(vf x) {
    vf n = v_round(v_mul(x, v_set(0x1.715476p+0f)));
    vf r = v_fma(n, v_set(-0.693359375f), x);
    r = v_fma(n, v_set(2.12194440e-4f), r);
    vf p = v_set(1.98756912e-4f);
    p = v_fma(p, r, v_set(1.39819994e-3f));
    p = v_fma(p, r, v_set(8.33345205e-3f));
    p = v_fma(p, r, v_set(4.16657962e-2f));
    p = v_fma(p, r, v_set(0.166666654f));
    p = v_fma(p, r, v_set(0.5f));
    p = v_add(v_fma(p, v_mul(r, r), r), v_set(1.0f));
    vi e = v_to_int(n);
    vi half = v_shift_right_signed(e, 1);
    vi rest = v_add_i(half, v_and(e, v_set_i(1)));
    vi bias = v_set_i(127);
    vf result = v_mul(v_mul(p, v_from_bits(v_shift_left(v_add_i(half, bias), 23))),
                      v_from_bits(v_shift_left(v_add_i(rest, bias), 23)));
    result = v_where_greater(x, v_set(0x1.62e430p+6f), v_set(__builtin_inff()), result);
    return v_where_greater(v_set(-0x1.5d589ep+6f), x, v_zero(), result);
}

#endif
