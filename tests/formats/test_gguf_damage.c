/* Damaged GGUF files: each named damage is refused with its status and a message that says where; random damage is
 * refused or opens into something that is sound. Every open runs in a bounded memory that must be empty again after it.
 *
 * Called with a folder, writes the named files into it instead, for the fuzz corpus. */
#include "formats/exercise.h"
#include "formats/sample_gguf.h"
#include "support/cmocka_all.h"
#include <stdio.h>
#include <stdlib.h>

#define LIMIT (UINT64_C(256) << 10) /* for a file of under 2 KiB */

/* ---- one damage: a number in a field ---- */

typedef struct patch {
    const char *name;
    gguf_field field;
    const char *of; /* the key or tensor */
    int64_t shift;  /* from the field's beginning */
    uint32_t width; /* bytes written */
    uint64_t value;
    int32_t status;
    const char *words; /* which the message must hold */
} patch;

#define U64_MAX UINT64_MAX
#define TOKENS  "tokenizer.ggml.tokens"
#define Q4      "blk.0.attn_q.weight"
#define LAST    "output_norm.weight"
#define EMBD    "token_embd.weight"

static const patch patches[] = {
    {"magic", GGUF_MAGIC, "", 0, 1, 'g', PITH_E_FORMAT, "47 47 55 46"},
    {"version 0", GGUF_VERSION, "", 0, 4, 0, PITH_E_FORMAT, "version 0"},
    {"version 1", GGUF_VERSION, "", 0, 4, 1, PITH_E_UNSUPPORTED, "version 1"},
    {"version 4", GGUF_VERSION, "", 0, 4, 4, PITH_E_UNSUPPORTED, "version 4"},
    {"version 2^32-1", GGUF_VERSION, "", 0, 4, UINT32_MAX, PITH_E_UNSUPPORTED, "version 4294967295"},
    {"big-endian 3", GGUF_VERSION, "", 0, 4, 0x03000000, PITH_E_UNSUPPORTED, "big-endian"},
    {"big-endian 2", GGUF_VERSION, "", 0, 4, 0x02000000, PITH_E_UNSUPPORTED, "big-endian"},

    {"tensor count 2^64-1", GGUF_TENSOR_COUNT, "", 0, 8, U64_MAX, PITH_E_FORMAT, "number of tensors"},
    {"tensor count 2^63", GGUF_TENSOR_COUNT, "", 0, 8, UINT64_C(1) << 63, PITH_E_FORMAT, "number of tensors"},
    {"tensor count 2^32", GGUF_TENSOR_COUNT, "", 0, 8, UINT64_C(1) << 32, PITH_E_FORMAT, "number of tensors"},
    {"tensor count one too many", GGUF_TENSOR_COUNT, "", 0, 8, SAMPLE_TENSORS + 1, PITH_E_FORMAT, "name of a tensor"},
    {"key count 2^64-1", GGUF_KEY_COUNT, "", 0, 8, U64_MAX, PITH_E_FORMAT, "number of keys"},
    {"key count 2^40", GGUF_KEY_COUNT, "", 0, 8, UINT64_C(1) << 40, PITH_E_FORMAT, "number of keys"},
    {"key count one too many", GGUF_KEY_COUNT, "", 0, 8, SAMPLE_KEYS + 1, PITH_E_FORMAT, ""},
    {"key count one too few", GGUF_KEY_COUNT, "", 0, 8, SAMPLE_KEYS - 1, PITH_E_FORMAT, "llama.block_count"},
    {"key count 0", GGUF_KEY_COUNT, "", 0, 8, 0, PITH_E_FORMAT, "general.alignment"},

    {"key length 0", GGUF_NAME_LENGTH, "test.u8", 0, 8, 0, PITH_E_FORMAT, "name of a key has 0 bytes"},
    {"key length 65536", GGUF_NAME_LENGTH, "test.u8", 0, 8, 65536, PITH_E_FORMAT, "65536"},
    {"key length past the end", GGUF_NAME_LENGTH, "test.u8", 0, 8, 60000, PITH_E_FORMAT, "the file ends"},
    {"key length 2^63", GGUF_NAME_LENGTH, "test.u8", 0, 8, UINT64_C(1) << 63, PITH_E_FORMAT, "expected 1 to 65535"},
    {"key length 2^64-1", GGUF_NAME_LENGTH, "test.u8", 0, 8, U64_MAX, PITH_E_FORMAT, "expected 1 to 65535"},
    {"key that another has", GGUF_NAME, "test.u16", 5, 1, 'i', PITH_E_FORMAT, "key 'test.i16' stands there twice"},
    {"value type 13", GGUF_VALUE_TYPE, "test.u32", 0, 4, 13, PITH_E_FORMAT, "'test.u32'"},
    {"value type 2^32-1", GGUF_VALUE_TYPE, "test.u32", 0, 4, UINT32_MAX, PITH_E_FORMAT, "expected 0 to 12"},
    {"u32 as a string", GGUF_VALUE_TYPE, "test.u32", 0, 4, PITH__VALUE_STRING, PITH_E_FORMAT, "'test.u32'"},
    {"u32 as an array", GGUF_VALUE_TYPE, "test.u32", 0, 4, PITH__VALUE_ARRAY, PITH_E_FORMAT,
     "element type is 4294967295"},
    {"u32 as a u64", GGUF_VALUE_TYPE, "test.u32", 0, 4, PITH__VALUE_U64, PITH_E_FORMAT, ""},
    {"string as a u8", GGUF_VALUE_TYPE, "general.architecture", 0, 4, PITH__VALUE_U8, PITH_E_FORMAT, ""},
    {"array as a u64", GGUF_VALUE_TYPE, TOKENS, 0, 4, PITH__VALUE_U64, PITH_E_FORMAT, ""},
    {"string length 2^64-1", GGUF_VALUE, "general.architecture", 0, 8, U64_MAX, PITH_E_FORMAT,
     "'general.architecture'"},
    {"string length 2^64-8", GGUF_VALUE, "general.architecture", 0, 8, U64_MAX - 7, PITH_E_FORMAT,
     "18446744073709551608"},
    {"string length 2^63-1", GGUF_VALUE, "general.architecture", 0, 8, INT64_MAX, PITH_E_FORMAT, "the file ends after"},
    {"string length 2^40", GGUF_VALUE, "general.architecture", 0, 8, UINT64_C(1) << 40, PITH_E_FORMAT,
     "the file ends after"},
    {"string to the end of the file", GGUF_VALUE, "general.architecture", 0, 8, 1200, PITH_E_FORMAT, ""},
    {"string one shorter", GGUF_VALUE, "general.architecture", 0, 8, 4, PITH_E_FORMAT, ""},
    {"bool 2", GGUF_VALUE, "test.true", 0, 1, 2, PITH_E_FORMAT, "expected 0 or 1"},
    {"bool 255 in an array", GGUF_VALUE, "test.bools", 2, 1, 255, PITH_E_FORMAT, "'test.bools'"},

    {"element type 13", GGUF_ELEMENT_TYPE, "test.large", 0, 4, 13, PITH_E_FORMAT, "'test.large'"},
    {"element type 2^32-1", GGUF_ELEMENT_TYPE, "test.large", 0, 4, UINT32_MAX, PITH_E_FORMAT, "element type"},
    {"array of arrays", GGUF_ELEMENT_TYPE, "test.large", 0, 4, PITH__VALUE_ARRAY, PITH_E_UNSUPPORTED,
     "array of arrays"},
    {"strings as u8", GGUF_ELEMENT_TYPE, TOKENS, 0, 4, PITH__VALUE_U8, PITH_E_FORMAT, ""},
    {"u8 of u64 as strings", GGUF_ELEMENT_TYPE, "test.large", 0, 4, PITH__VALUE_STRING, PITH_E_FORMAT, "'test.large'"},
    {"scores as f64", GGUF_ELEMENT_TYPE, "tokenizer.ggml.scores", 0, 4, PITH__VALUE_F64, PITH_E_FORMAT, ""},
    {"integers as bools", GGUF_ELEMENT_TYPE, "tokenizer.ggml.token_type", 0, 4, PITH__VALUE_BOOL, PITH_E_FORMAT,
     "expected 0 or 1"},
    {"array count 2^64-1", GGUF_COUNT, "tokenizer.ggml.scores", 0, 8, U64_MAX, PITH_E_FORMAT,
     "18446744073709551615 elements"},
    {"array count times size is 2^64", GGUF_COUNT, "tokenizer.ggml.scores", 0, 8, UINT64_C(1) << 62, PITH_E_FORMAT,
     "elements (f32)"},
    {"array count times size is 2^64+8", GGUF_COUNT, "test.large", 0, 8, (UINT64_C(1) << 61) + 1, PITH_E_FORMAT,
     "elements (u64)"},
    {"array count 2000", GGUF_COUNT, "tokenizer.ggml.scores", 0, 8, 2000, PITH_E_FORMAT, "'tokenizer.ggml.scores'"},
    {"array one element longer", GGUF_COUNT, "tokenizer.ggml.scores", 0, 8, SAMPLE_TOKENS + 1, PITH_E_FORMAT, ""},
    {"array one element shorter", GGUF_COUNT, "tokenizer.ggml.scores", 0, 8, SAMPLE_TOKENS - 1, PITH_E_FORMAT, ""},
    {"string count 2^64-1", GGUF_COUNT, TOKENS, 0, 8, U64_MAX, PITH_E_FORMAT, "elements (string)"},
    {"string count 2^60", GGUF_COUNT, TOKENS, 0, 8, UINT64_C(1) << 60, PITH_E_FORMAT, "'" TOKENS "'"},
    {"string count 100", GGUF_COUNT, TOKENS, 0, 8, 100, PITH_E_FORMAT, "'" TOKENS "'"},
    {"string count one less", GGUF_COUNT, TOKENS, 0, 8, SAMPLE_TOKENS - 1, PITH_E_FORMAT, ""},
    {"token length 2^63", GGUF_VALUE, TOKENS, 0, 8, UINT64_C(1) << 63, PITH_E_FORMAT, "'" TOKENS "'"},
    {"token length 2^64-1", GGUF_VALUE, TOKENS, 13, 8, U64_MAX, PITH_E_FORMAT, "18446744073709551615 bytes"},

    {"alignment 0", GGUF_VALUE, "general.alignment", 0, 4, 0, PITH_E_FORMAT, "general.alignment is 0"},
    {"alignment 1", GGUF_VALUE, "general.alignment", 0, 4, 1, PITH_E_FORMAT, "power of two from 8"},
    {"alignment 24", GGUF_VALUE, "general.alignment", 0, 4, 24, PITH_E_FORMAT, "general.alignment is 24"},
    {"alignment 33", GGUF_VALUE, "general.alignment", 0, 4, 33, PITH_E_FORMAT, "power of two"},
    {"alignment 2^31", GGUF_VALUE, "general.alignment", 0, 4, UINT64_C(1) << 31, PITH_E_FORMAT, "2147483648"},
    {"alignment larger than the offsets'", GGUF_VALUE, "general.alignment", 0, 4, 64, PITH_E_FORMAT,
     "multiple of the alignment 64"},
    {"alignment of type i32, negative", GGUF_VALUE, "general.alignment", -4, 8, 5 | UINT64_C(0x80000000) << 32,
     PITH_E_FORMAT, "general.alignment"},
    {"alignment of type f32", GGUF_VALUE_TYPE, "general.alignment", 0, 4, PITH__VALUE_F32, PITH_E_FORMAT,
     "expected an integer"},

    {"tensor name length 0", GGUF_NAME_LENGTH, Q4, 0, 8, 0, PITH_E_FORMAT, "name of a tensor has 0 bytes"},
    {"tensor name length 65", GGUF_NAME_LENGTH, Q4, 0, 8, 65, PITH_E_FORMAT, "expected 1 to 64"},
    {"tensor name length 2^64-1", GGUF_NAME_LENGTH, Q4, 0, 8, U64_MAX, PITH_E_FORMAT, "expected 1 to 64"},
    {"no dimensions", GGUF_DIM_COUNT, Q4, 0, 4, 0, PITH_E_FORMAT, "0 dimensions, expected 1 to 4"},
    {"five dimensions", GGUF_DIM_COUNT, Q4, 0, 4, 5, PITH_E_FORMAT, "tensor '" Q4 "'"},
    {"2^32-1 dimensions", GGUF_DIM_COUNT, Q4, 0, 4, UINT32_MAX, PITH_E_FORMAT, "expected 1 to 4"},
    {"one dimension too few", GGUF_DIM_COUNT, Q4, 0, 4, 1, PITH_E_FORMAT, ""},
    {"first dimension 0", GGUF_DIMS, Q4, 0, 8, 0, PITH_E_FORMAT, "dimension 0 is 0"},
    {"second dimension 0", GGUF_DIMS, Q4, 8, 8, 0, PITH_E_FORMAT, "dimension 1 is 0"},
    {"dimension 2^63-1", GGUF_DIMS, EMBD, 0, 8, INT64_MAX, PITH_E_FORMAT, "tensor '" EMBD "'"},
    {"dimension 2^63", GGUF_DIMS, EMBD, 0, 8, UINT64_C(1) << 63, PITH_E_FORMAT, "expected 1 to 2^63-1"},
    {"dimension 2^64-1", GGUF_DIMS, EMBD, 8, 8, U64_MAX, PITH_E_FORMAT, "dimension 1"},
    {"row bytes are 2^64", GGUF_DIMS, EMBD, 0, 8, UINT64_C(1) << 62, PITH_E_FORMAT, "more than the file"},
    {"row bytes are 2^64+16", GGUF_DIMS, EMBD, 0, 8, (UINT64_C(1) << 62) + 4, PITH_E_FORMAT, "more than the file"},
    {"tensor bytes are 2^64", GGUF_DIMS, EMBD, 8, 8, UINT64_C(1) << 60, PITH_E_FORMAT, "more than the file"},
    {"tensor bytes are 2^64+16", GGUF_DIMS, EMBD, 8, 8, (UINT64_C(1) << 60) + 1, PITH_E_FORMAT, "more than the file"},
    {"tensor larger than the file", GGUF_DIMS, EMBD, 8, 8, 4000, PITH_E_FORMAT, "more than the file"},
    {"row is no multiple of the block", GGUF_DIMS, Q4, 0, 8, 33, PITH_E_FORMAT, "multiple of 32 (Q4_0)"},
    {"tensor one row longer", GGUF_DIMS, Q4, 8, 8, 3, PITH_E_FORMAT, "lies within tensor '" Q4 "'"},
    {"last tensor one element longer", GGUF_DIMS, LAST, 0, 8, 6, PITH_E_FORMAT, "tensor '" LAST "'"},
    {"tensor type 4, removed", GGUF_TYPE, Q4, 0, 4, 4, PITH_E_UNSUPPORTED, "tensor type 4"},
    {"tensor type 16, unknown", GGUF_TYPE, Q4, 0, 4, 16, PITH_E_UNSUPPORTED, "tensor '" Q4 "'"},
    {"tensor type 63", GGUF_TYPE, Q4, 0, 4, 63, PITH_E_UNSUPPORTED, "tensor type 63"},
    {"tensor type 64", GGUF_TYPE, Q4, 0, 4, 64, PITH_E_FORMAT, "tensor type 64"},
    {"tensor type 2^31", GGUF_TYPE, Q4, 0, 4, UINT64_C(1) << 31, PITH_E_FORMAT, "tensor type 2147483648"},
    {"tensor type 2^32-1", GGUF_TYPE, Q4, 0, 4, UINT32_MAX, PITH_E_FORMAT, "tensor '" Q4 "'"},
    {"tensor type of larger blocks", GGUF_TYPE, Q4, 0, 4, PITH__Q4_K, PITH_E_FORMAT, "multiple of 256 (Q4_K)"},
    {"tensor type of more bytes", GGUF_TYPE, Q4, 0, 4, PITH__F32, PITH_E_FORMAT, ""},
    {"offset not aligned", GGUF_OFFSET, Q4, 0, 8, 49, PITH_E_FORMAT, "multiple of the alignment 16"},
    {"offset past the end", GGUF_OFFSET, LAST, 0, 8, 4096, PITH_E_FORMAT, "tensor '" LAST "' at offset 4096"},
    {"offset 2^63", GGUF_OFFSET, LAST, 0, 8, UINT64_C(1) << 63, PITH_E_FORMAT, "tensor '" LAST "'"},
    {"offset 2^64-16", GGUF_OFFSET, LAST, 0, 8, U64_MAX - 15, PITH_E_FORMAT, "tensor '" LAST "'"},
    {"offset of another tensor", GGUF_OFFSET, LAST, 0, 8, 0, PITH_E_FORMAT, "lies within tensor"},
    {"offset within another tensor", GGUF_OFFSET, LAST, 0, 8, 16, PITH_E_FORMAT, "tensor '" EMBD "'"},
};

enum {
    PATCHES = sizeof(patches) / sizeof(patches[0])
};

/* ---- one damage: a file built wrong ---- */

typedef struct building {
    const char *name;
    void (*build)(gguf_writer *w);
    int32_t status;
    const char *words;
} building;

static void build_key_twice(gguf_writer *w) {
    sample_keys(w, 3);
    gguf_str(w, "general.architecture", "gpt2");
    sample_tensors(w);
}

static void build_tensor_twice(gguf_writer *w) {
    sample_keys(w, 3);
    sample_tensors(w);
    gguf_tensor(w, Q4, PITH__F32, 1, (uint64_t[]){4}, NULL, 0);
}

static void build_alignment_text(gguf_writer *w) {
    gguf_init(w, 3);
    gguf_str(w, "general.alignment", "32");
    sample_tensors(w);
}

static void build_alignment_array(gguf_writer *w) {
    gguf_init(w, 3);
    const uint32_t alignment = 32;
    gguf_array(w, "general.alignment", PITH__VALUE_U32, &alignment, 1);
    sample_tensors(w);
}

static void build_alignment_huge(gguf_writer *w) {
    gguf_init(w, 3);
    gguf_u64(w, "general.alignment", UINT64_C(1) << 63);
    sample_tensors(w);
}

static void build_split_in_memory(gguf_writer *w) {
    sample_keys(w, 3);
    gguf_u16(w, "split.count", 3);
    gguf_u16(w, "split.no", 0);
}

static void build_split_count_text(gguf_writer *w) {
    sample_keys(w, 3);
    gguf_str(w, "split.count", "3");
}

static void build_split_count_huge(gguf_writer *w) {
    sample_keys(w, 3);
    gguf_u64(w, "split.count", UINT64_MAX);
}

static void build_split_count_negative(gguf_writer *w) {
    sample_keys(w, 3);
    gguf_i32(w, "split.count", -1);
}

static void build_later_part(gguf_writer *w) {
    sample_keys(w, 3);
    gguf_u16(w, "split.count", 3);
    gguf_u16(w, "split.no", 2);
}

static void build_hostile_name(gguf_writer *w) {
    sample_keys(w, 3);
    gguf_tensor(w, "\x1b[2J\xff\n%s%n", 16, 1, (uint64_t[]){32}, "", 1);
}

static const building buildings[] = {
    {"a key twice", build_key_twice, PITH_E_FORMAT, "key 'general.architecture' stands there twice"},
    {"a tensor twice", build_tensor_twice, PITH_E_FORMAT, "tensor '" Q4 "' stands there twice"},
    {"alignment as text", build_alignment_text, PITH_E_FORMAT, "of type string, expected an integer"},
    {"alignment as an array", build_alignment_array, PITH_E_FORMAT, "an array of u32, expected an integer"},
    {"alignment 2^63", build_alignment_huge, PITH_E_FORMAT, "9223372036854775808"},
    {"split model in memory", build_split_in_memory, PITH_E_ARGUMENT, "in 3 parts"},
    {"split count as text", build_split_count_text, PITH_E_FORMAT, "'split.count'"},
    {"split count 2^64-1", build_split_count_huge, PITH_E_ARGUMENT, "18446744073709551615 parts"},
    {"split count -1", build_split_count_negative, PITH_E_FORMAT, "'split.count'"},
    {"a later part alone", build_later_part, PITH_E_ARGUMENT, "part 3 of 3"},
    {"a name that is no text", build_hostile_name, PITH_E_UNSUPPORTED, "?[2J??%s%n"},
};

enum {
    BUILDINGS = sizeof(buildings) / sizeof(buildings[0])
};

/* ---- opening ---- */

/* Opens bytes; what opens is used throughout. The bytes are in a block of their own size, so that the sanitizer sees
 * any excess. */
static int32_t open_bytes(const uint8_t *bytes, uint64_t size, uint64_t *used) {
    uint8_t *exact = malloc(size ? (size_t)size : 1);
    memcpy(exact, bytes, (size_t)size);
    pith__mem mem;
    pith__mem_init(&mem, NULL, NULL, LIMIT);
    pith__source *source;
    pith__modelfile *file;
    assert_int_equal(pith__source_from_memory(&mem, exact, size, &source), PITH_OK);
    pith__fail(PITH_E_INTERNAL, "no text was set");
    int32_t status = pith__modelfile_open(&mem, source, 0, &file);
    if (status == PITH_OK) {
        *used += exercise_modelfile(file, &mem);
        pith__modelfile_release(file);
    } else {
        assert_null(file);
        assert_string_not_equal(pith__error_text(), "no text was set");
    }
    pith__source_release(source);
    assert_int_equal(pith__mem_used(&mem), 0);
    free(exact);
    return status;
}

static void check_refused(const char *name, const uint8_t *bytes, uint64_t size, int32_t expected, const char *words) {
    uint64_t used = 0;
    int32_t status = open_bytes(bytes, size, &used);
    if (status != expected || !strstr(pith__error_text(), words)) {
        fail_msg("%s: %s, expected %s; the message '%s' should hold '%s'", name, pith__status_name(status),
                 pith__status_name(expected), status ? pith__error_text() : "", words);
    }
}

static void apply_patch(gguf_writer *w, const patch *p) {
    uint64_t at = gguf_find(w, p->field, p->of) + (uint64_t)p->shift;
    for (uint32_t i = 0; i < p->width; i++) {
        w->bytes[at + i] = (uint8_t)(p->value >> (8 * i));
    }
}

static void named_numbers_are_refused(void **state) {
    (void)state;
    for (uint32_t version = 2; version <= 3; version++) {
        for (int i = 0; i < PATCHES; i++) {
            gguf_writer w;
            sample_file(&w, version);
            apply_patch(&w, &patches[i]);
            check_refused(patches[i].name, w.bytes, w.size, patches[i].status, patches[i].words);
            gguf_free(&w);
        }
    }
}

static void named_buildings_are_refused(void **state) {
    (void)state;
    for (int i = 0; i < BUILDINGS; i++) {
        gguf_writer w;
        buildings[i].build(&w);
        gguf_finish(&w);
        check_refused(buildings[i].name, w.bytes, w.size, buildings[i].status, buildings[i].words);
        gguf_free(&w);
    }
}

static void other_files_are_refused(void **state) {
    (void)state;
    static const struct {
        const char *name, *bytes;
        uint64_t size;
        const char *words;
    } files[] = {
        {"empty", "", 0, "too short"},
        {"three bytes", "GGU", 3, "too short"},
        {"magic alone", "GGUF", 4, "the head takes 24 bytes"},
        {"half a head", "GGUF\3\0\0\0\0\0\0\0", 12, "the head takes 24 bytes"},
        {"text", "This is not a model.", 20, "54 68 69 73"},
        {"gzip", "\x1f\x8b\x08\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 24, "1f 8b 08 00"},
        {"older format", "tjgg\3\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 24, "not a GGUF file"},
        {"zeros", "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 24, "00 00 00 00"},
        {"one key in no bytes", "GGUF\3\0\0\0\0\0\0\0\0\0\0\0\1\0\0\0\0\0\0\0", 24,
         "number of keys is 1, expected at most 0"},
        {"one tensor in no bytes", "GGUF\3\0\0\0\1\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 24,
         "number of tensors is 1, expected at most 0"},
    };
    for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
        check_refused(files[i].name, (const uint8_t *)files[i].bytes, files[i].size, PITH_E_FORMAT, files[i].words);
    }
}

static void every_truncation_is_refused(void **state) {
    (void)state;
    gguf_writer w;
    sample_file(&w, 3);
    uint64_t used = 0;
    for (uint64_t size = 0; size < w.size; size++) {
        int32_t status = open_bytes(w.bytes, size, &used);
        if (status != PITH_E_FORMAT) {
            fail_msg("cut at %llu of %llu: %s", (unsigned long long)size, (unsigned long long)w.size,
                     pith__status_name(status));
        }
    }
    assert_int_equal(open_bytes(w.bytes, w.size, &used), PITH_OK);
    gguf_free(&w);
}

static void truncation_at_every_field_names_the_place(void **state) {
    (void)state;
    gguf_writer w;
    sample_file(&w, 3);
    uint64_t metadata = gguf_find(&w, GGUF_DATA, ""), used = 0;
    for (uint64_t i = 0; i < w.n_marks; i++) {
        if (w.marks[i].offset > 0 && w.marks[i].offset < metadata) {
            assert_int_equal(open_bytes(w.bytes, w.marks[i].offset, &used), PITH_E_FORMAT);
            assert_non_null(strstr(pith__error_text(), "<memory>"));
        }
    }
    gguf_free(&w);
}

static bool is_expected(int32_t status) {
    return status == PITH_OK || status == PITH_E_FORMAT || status == PITH_E_UNSUPPORTED || status == PITH_E_ARGUMENT ||
           status == PITH_E_MEMORY;
}

static void any_byte_may_be_anything(void **state) {
    (void)state;
    static const uint8_t values[] = {0x00, 0x01, 0x7f, 0x80, 0xff};
    gguf_writer w;
    sample_file(&w, 3);
    uint64_t metadata = gguf_find(&w, GGUF_DATA, ""), used = 0, opened = 0;
    for (uint64_t at = 0; at < metadata; at++) {
        uint8_t before = w.bytes[at];
        for (size_t v = 0; v < sizeof(values); v++) {
            w.bytes[at] = values[v];
            int32_t status = open_bytes(w.bytes, w.size, &used);
            assert_true(is_expected(status));
            opened += status == PITH_OK;
        }
        w.bytes[at] = before;
    }
    assert_true(opened > 0 && used > opened); /* some damage does no harm: those files were used throughout */
    gguf_free(&w);
}

static uint64_t next_random(uint64_t *s) {
    *s ^= *s << 13;
    *s ^= *s >> 7;
    *s ^= *s << 17;
    return *s;
}

static void random_flips_do_no_harm(void **state) {
    (void)state;
    uint64_t s = 0x9e3779b97f4a7c15u, used = 0, refused = 0;
    gguf_writer w;
    sample_file(&w, 3);
    uint8_t *bytes = malloc((size_t)w.size);
    for (int round = 0; round < 6000; round++) {
        memcpy(bytes, w.bytes, (size_t)w.size);
        for (uint64_t flips = next_random(&s) % 6 + 1; flips > 0; flips--) {
            uint64_t bit = next_random(&s) % (8 * w.size);
            bytes[bit / 8] ^= (uint8_t)(1u << (bit % 8));
        }
        uint64_t size = round % 4 ? w.size : next_random(&s) % w.size;
        int32_t status = open_bytes(bytes, size, &used);
        assert_true(is_expected(status));
        refused += status != PITH_OK;
    }
    assert_in_range(refused, 1000, 5999);
    free(bytes);
    gguf_free(&w);
}

/* A file of a few hundred bytes that claims much, in a memory that would allow it: what is taken must not follow the
 * claim. */
static void claims_are_not_believed(void **state) {
    (void)state;
    for (int i = 0; i < PATCHES; i++) {
        gguf_writer w;
        sample_file(&w, 3);
        apply_patch(&w, &patches[i]);
        pith__mem mem;
        pith__mem_init(&mem, NULL, NULL, 0);
        pith__source *source;
        pith__modelfile *file;
        assert_int_equal(pith__source_from_memory(&mem, w.bytes, w.size, &source), PITH_OK);
        assert_int_not_equal(pith__modelfile_open(&mem, source, 0, &file), PITH_OK);
        assert_in_range(pith__mem_peak(&mem), 0, 8 * w.size);
        pith__source_release(source);
        gguf_free(&w);
    }
}

/* ---- the corpus ---- */

static void save(const char *folder, const char *kind, int number, const gguf_writer *w) {
    char path[600];
    snprintf(path, sizeof(path), "%s/%s-%03d.gguf", folder, kind, number);
    if (!gguf_save(w, path)) {
        perror(path);
        exit(1);
    }
}

static int write_corpus(const char *folder) {
    gguf_writer w;
    for (uint32_t version = 2; version <= 3; version++) {
        sample_file(&w, version);
        save(folder, "valid", (int)version, &w);
        gguf_free(&w);
    }
    for (int i = 0; i < PATCHES; i++) {
        sample_file(&w, 3);
        apply_patch(&w, &patches[i]);
        save(folder, "patch", i, &w);
        gguf_free(&w);
    }
    for (int i = 0; i < BUILDINGS; i++) {
        buildings[i].build(&w);
        gguf_finish(&w);
        save(folder, "built", i, &w);
        gguf_free(&w);
    }
    return 0;
}

int main(int argc, char **argv) {
    if (argc > 1) {
        return write_corpus(argv[1]);
    }
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(named_numbers_are_refused),
        cmocka_unit_test(named_buildings_are_refused),
        cmocka_unit_test(other_files_are_refused),
        cmocka_unit_test(every_truncation_is_refused),
        cmocka_unit_test(truncation_at_every_field_names_the_place),
        cmocka_unit_test(any_byte_may_be_anything),
        cmocka_unit_test(random_flips_do_no_harm),
        cmocka_unit_test(claims_are_not_believed),
    };
    return cmocka_run_group_tests_name("gguf_damage", tests, NULL, NULL);
}
