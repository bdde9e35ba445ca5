/* Loops of the kernel templates have constant bounds once inlined; this asks both compilers to open them fully, so that
 * small arrays of vectors become registers. Not under sanitizers, whose checks of the opened loops take compilers
 * minutes. */
#ifndef PITH_KERNELS_UNROLL_H
#define PITH_KERNELS_UNROLL_H

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define V_KEEP_LOOPS
#endif
#elif defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define V_KEEP_LOOPS
#endif

#if defined(V_KEEP_LOOPS)
#define V_UNROLL
#elif defined(__clang__)
#define V_UNROLL _Pragma("clang loop unroll(full)")
#else
#define V_UNROLL _Pragma("GCC unroll 16")
#endif

/* v_name(matmul_q4_0) is pith__matmul_q4_0_avx2 in the file that says #define V_ISA avx2. */
#define V_JOIN_(name, isa) pith__##name##_##isa
#define V_JOIN(name, isa)  V_JOIN_(name, isa)
#define v_name(name)       V_JOIN(name, V_ISA)

#endif
