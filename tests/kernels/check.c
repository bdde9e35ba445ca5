/* See check.h. */
#define _POSIX_C_SOURCE 200809L
#include "check.h"
#if defined(__x86_64__)
#include "avxvnni_twin.h"
#endif

#include "kernels/math.h"

#include <time.h>

/* Bytes before and after a buffer. Under ASan nothing comes after, so that it sees every byte read past the end. */
#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define ASAN_WATCHES
#endif
#elif defined(__SANITIZE_ADDRESS__)
#define ASAN_WATCHES
#endif
#if defined(ASAN_WATCHES)
enum {
    GUARD = 64,
    GUARD_AFTER = 0,
    GUARD_BYTE = 0xc5
};
#else
enum {
    GUARD = 64,
    GUARD_AFTER = 64,
    GUARD_BYTE = 0xc5
};
#endif

static uint64_t state = 88172645463325252u;

uint32_t check_random(void) {
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return (uint32_t)(state >> 16);
}

float check_normal(void) {
    float sum = 0;
    for (int i = 0; i < 6; i++) {
        sum += (float)(check_random() & 0xffffff) * 0x1p-24f;
    }
    return (sum - 3.0f) * 1.41421356f;
}

float check_any_float(void) {
    static const float special[] = {0,       -0.0f,    INFINITY, -INFINITY, NAN,   1e-45f, -1e-45f, 1.17549435e-38f,
                                    3.4e38f, -3.4e38f, 65504,    65520,     1e-8f, 88.8f,  -87.4f,  -104.0f};
    uint32_t pick = check_random() % 40;
    if (pick < sizeof special / sizeof special[0]) {
        return special[pick];
    }
    return pick < 24 ? check_normal() * 100.0f : check_normal();
}

void check_random_bytes(void *at, size_t n) {
    for (size_t i = 0; i < n; i++) {
        ((uint8_t *)at)[i] = (uint8_t)check_random();
    }
}

void check_normals(float *at, size_t n) {
    for (size_t i = 0; i < n; i++) {
        at[i] = check_normal();
    }
}

/* Before the buffer: its size and a guard; after it: a guard. */
void *check_alloc(size_t n) {
    size_t whole = GUARD + n + GUARD_AFTER;
    void *base;
    assert_int_equal(posix_memalign(&base, 64, whole), 0);
    memset(base, GUARD_BYTE, whole);
    memcpy(base, &n, sizeof n);
    return (uint8_t *)base + GUARD;
}

void check_free(void *buffer) {
    uint8_t *base = (uint8_t *)buffer - GUARD;
    size_t n;
    memcpy(&n, base, sizeof n);
    for (size_t i = sizeof n; i < GUARD; i++) {
        assert_int_equal(base[i], GUARD_BYTE);
    }
    size_t end = GUARD + n + GUARD_AFTER; /* of the guard behind; none under ASan, which watches that itself */
    for (size_t i = GUARD + n; i < end; i++) {
        assert_int_equal(base[i], GUARD_BYTE);
    }
    free(base);
}

void check_floats(const float *expected, const float *got, size_t n, const char *level, const char *what) {
    for (size_t i = 0; i < n; i++) {
        bool both_nan = expected[i] != expected[i] && got[i] != got[i];
        if (!both_nan && memcmp(expected + i, got + i, sizeof *got) != 0) {
            fail_msg("%s, %s: element %zu is %a, ref has %a", level, what, i, (double)got[i], (double)expected[i]);
        }
    }
}

void check_bytes(const void *expected, const void *got, size_t n, const char *level, const char *what) {
    for (size_t i = 0; i < n; i++) {
        if (((const uint8_t *)expected)[i] != ((const uint8_t *)got)[i]) {
            fail_msg("%s, %s: byte %zu of %zu differs", level, what, i, n);
        }
    }
}

const pith__kernels *check_ref(void) {
    return pith__kernels_get("ref");
}

/* AVX-VNNI's products where only AVX-512 has the instructions, see avxvnni_twin.c. */
static const pith__kernels *avxvnni_twin(void) {
#if defined(__x86_64__)
    static const pith__kernels products = {.matmul = {PITH__QUANT_ENTRIES(avxvnni_twin)}};
    static pith__kernels twin;
    if (!pith__kernels_get("avx512vnni")) {
        return NULL;
    }
    twin = *pith__kernels_get("avx2");
    for (int i = 0; i < PITH__DTYPE_LIMIT; i++) {
        twin.matmul[i] = products.matmul[i] ? products.matmul[i] : twin.matmul[i];
    }
    twin.name = "avxvnni by AVX-512";
    return &twin;
#else
    return NULL;
#endif
}

const pith__kernels *check_level(uint32_t index) {
    const char *name = pith__kernels_level(index + 1);
    if (name) {
        return pith__kernels_get(name);
    }
    return index > 0 && pith__kernels_level(index) ? avxvnni_twin() : NULL;
}

double check_seconds(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

const pith__dtype check_types[] = {PITH__F32,  PITH__F16,    PITH__BF16,   PITH__Q4_0, PITH__Q4_1, PITH__Q5_0,
                                   PITH__Q5_1, PITH__Q8_0,   PITH__Q2_K,   PITH__Q3_K, PITH__Q4_K, PITH__Q5_K,
                                   PITH__Q6_K, PITH__IQ4_NL, PITH__IQ4_XS, PITH__MXFP4};
const size_t check_types_count = sizeof check_types / sizeof check_types[0];

/* Offsets of the fp16 numbers of a block; -1 for none. */
static void half_offsets(pith__dtype dtype, int at[2]) {
    at[0] = 0;
    at[1] = -1;
    switch (dtype) {
    case PITH__Q4_1:
    case PITH__Q5_1:
    case PITH__Q4_K:
    case PITH__Q5_K:
        at[1] = 2;
        break;
    case PITH__Q2_K:
        at[0] = 80;
        at[1] = 82;
        break;
    case PITH__Q3_K:
        at[0] = 108;
        break;
    case PITH__Q6_K:
        at[0] = 208;
        break;
    case PITH__MXFP4:
        at[0] = -1;
        break;
    default:
        break;
    }
}

static void put_half(uint8_t *at, float x) {
    uint16_t h = pith__f32_to_f16(x);
    memcpy(at, &h, sizeof h);
}

static void fill_floats(pith__dtype dtype, uint8_t *row, uint64_t k, bool hostile) {
    for (uint64_t i = 0; i < k; i++) {
        float x = hostile ? check_any_float() : check_normal();
        pith__row_from_float(dtype, &x, 1, row + i * pith__dtype_get(dtype)->block_bytes);
    }
}

static void tame_block(pith__dtype dtype, uint8_t *block, bool constant) {
    int at[2];
    half_offsets(dtype, at);
    for (int i = 0; i < 2; i++) {
        if (at[i] >= 0) {
            put_half(block + at[i], constant ? 0.01f : check_normal() * 0.05f);
        }
    }
    if (dtype == PITH__MXFP4) {
        block[0] = (uint8_t)(constant ? 120 : 100 + check_random() % 30);
    }
}

void check_fill_rows(pith__dtype dtype, uint8_t *rows, size_t count, uint64_t k, bool hostile) {
    const pith__dtype_info *info = pith__dtype_get(dtype);
    uint64_t blocks = k / info->block;
    if (!info->quantized) {
        fill_floats(dtype, rows, count * k, hostile);
        return;
    }
    check_random_bytes(rows, count * blocks * info->block_bytes);
    for (uint64_t b = 0; !hostile && b < count * blocks; b++) {
        tame_block(dtype, rows + b * info->block_bytes, false);
    }
}

void check_fill_extreme(pith__dtype dtype, uint8_t *rows, size_t count, uint64_t k, uint8_t byte) {
    const pith__dtype_info *info = pith__dtype_get(dtype);
    uint64_t blocks = count * (k / info->block);
    memset(rows, byte, blocks * info->block_bytes);
    for (uint64_t b = 0; info->quantized && b < blocks; b++) {
        tame_block(dtype, rows + b * info->block_bytes, true);
    }
}
