/* Protocol buffers by hand-made messages: every wire type, every limit of a number, every way to be cut or to lie about
 * a length. */
#include "formats/protobuf.h"
#include "support/cmocka_all.h"
#include <stdio.h>
#include <stdlib.h>

#define BYTES(literal)                                                                                                 \
    { (literal), sizeof(literal) - 1 }

/* Of a message like a SentencePiece model: pieces (text, score, type), then a message with an integer, a flag, a double
 * and bytes. */
static const char sample[] =
    "\x0a\x0e\x0a\x05<unk>\x15\x00\x00\x00\x00\x18\x02"
    "\x0a\x0c\x0a\x05\xe2\x96\x81th\x15\x00\x00\xc0\xbf"
    "\x12\x1a\xa8\x02\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01\x30\x01\x39\x00\x00\x00\x00\x00\x00\xf8\x3f\x0a\x01\x00"
    "\xfa\xff\xff\xff\x0f\x00";

typedef struct seen {
    uint32_t fields, pieces, messages;
    char pieces_text[32];
    float score;
    int32_t type, integer;
    bool flag;
    uint64_t bits;
} seen;

static int32_t read_piece(pith__protobuf *piece, seen *s) {
    pith__protobuf_field field;
    while (pith__protobuf_next(piece, &field)) {
        pith__str text = {0};
        s->fields++;
        switch (field.number) {
        case 1:
            PITH_TRY(pith__protobuf_bytes(piece, &field, &text));
            strncat(s->pieces_text, text.ptr, (size_t)text.len);
            break;
        case 2:
            PITH_TRY(pith__protobuf_float(piece, &field, &s->score));
            break;
        case 3:
            PITH_TRY(pith__protobuf_int32(piece, &field, &s->type));
            break;
        default:
            break;
        }
    }
    return piece->status;
}

static int32_t read_trainer(pith__protobuf *trainer, seen *s) {
    pith__protobuf_field field;
    while (pith__protobuf_next(trainer, &field)) {
        s->fields++;
        if (field.number == 37) {
            PITH_TRY(pith__protobuf_int32(trainer, &field, &s->integer));
        } else if (field.number == 6) {
            PITH_TRY(pith__protobuf_bool(trainer, &field, &s->flag));
        } else if (field.wire == PITH__PROTOBUF_FIXED64) {
            s->bits = field.value;
        }
    }
    return trainer->status;
}

static int32_t read_model(pith__str text, seen *s) {
    pith__protobuf model, inner;
    pith__protobuf_field field;
    *s = (seen){0};
    pith__protobuf_open(&model, text, "test.model");
    while (pith__protobuf_next(&model, &field)) {
        s->fields++;
        if (field.number == 1) {
            PITH_TRY(pith__protobuf_message(&model, &field, &inner));
            PITH_TRY(read_piece(&inner, s));
            s->pieces++;
        } else if (field.number == 2) {
            PITH_TRY(pith__protobuf_message(&model, &field, &inner));
            PITH_TRY(read_trainer(&inner, s));
            s->messages++;
        }
    }
    return model.status;
}

/* Reads a block of the text's own size, so that a sanitizer sees any excess. */
static int32_t read_exact(pith__str text, seen *s) {
    char *copy = malloc(text.len ? (size_t)text.len : 1);
    memcpy(copy, text.ptr, (size_t)text.len);
    pith__fail(PITH_E_INTERNAL, "no text was set");
    int32_t status = read_model((pith__str){copy, text.len}, s);
    if (status != PITH_OK) {
        assert_int_equal(status, PITH_E_FORMAT);
        assert_non_null(strstr(pith__error_text(), "test.model: byte "));
    }
    free(copy);
    return status;
}

static void a_model_is_read(void **state) {
    (void)state;
    seen s;
    assert_int_equal(read_exact((pith__str)BYTES(sample), &s), PITH_OK);
    assert_int_equal(s.pieces, 2);
    assert_int_equal(s.messages, 1);
    assert_int_equal(s.fields, 4 + 3 + 2 + 4);
    assert_string_equal(s.pieces_text, "<unk>\xe2\x96\x81th");
    assert_true(s.score == -1.5f);
    assert_int_equal(s.type, 2);
    assert_int_equal(s.integer, -1);
    assert_true(s.flag);
    assert_true(s.bits == UINT64_C(0x3ff8000000000000));
}

static void an_empty_message_has_no_fields(void **state) {
    (void)state;
    pith__protobuf message, inner;
    pith__protobuf_field field;
    pith__protobuf_open(&message, (pith__str){NULL, 0}, "test.model");
    assert_false(pith__protobuf_next(&message, &field));
    assert_int_equal(message.status, PITH_OK);
    pith__protobuf_open(&message, (pith__str)BYTES("\x0a\x00"), "test.model");
    assert_true(pith__protobuf_next(&message, &field));
    assert_int_equal(pith__protobuf_message(&message, &field, &inner), PITH_OK);
    assert_false(pith__protobuf_next(&inner, &field));
    assert_int_equal(inner.status, PITH_OK);
}

/* ---- one field ---- */

static int32_t read_one(pith__str text, pith__protobuf_field *field) {
    pith__protobuf message;
    pith__protobuf_open(&message, text, "test.model");
    pith__protobuf_next(&message, field);
    return message.status;
}

static void numbers_have_64_bits(void **state) {
    (void)state;
    static const struct {
        pith__str text;
        uint64_t value;
    } cases[] = {
        {BYTES("\x08\x00"), 0},
        {BYTES("\x08\x7f"), 127},
        {BYTES("\x08\x80\x01"), 128},
        {BYTES("\x08\x96\x01"), 150}, /* the documentation's example */
        {BYTES("\x08\x80\x00"), 0},   /* longer than need be, which is allowed */
        {BYTES("\x08\xff\xff\xff\xff\x0f"), UINT32_MAX},
        {BYTES("\x08\xff\xff\xff\xff\xff\xff\xff\xff\x7f"), INT64_MAX},
        {BYTES("\x08\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"), UINT64_MAX},
        {BYTES("\x09\x01\x02\x03\x04\x05\x06\x07\x88"), UINT64_C(0x8807060504030201)},
        {BYTES("\x0d\x01\x02\x03\x84"), 0x84030201},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        pith__protobuf_field field = {0};
        assert_int_equal(read_one(cases[i].text, &field), PITH_OK);
        assert_int_equal(field.number, 1);
        assert_true(field.value == cases[i].value);
    }
}

static void field_numbers_have_29_bits(void **state) {
    (void)state;
    pith__protobuf_field field = {0};
    assert_int_equal(read_one((pith__str)BYTES("\x80\x01\x05"), &field), PITH_OK);
    assert_int_equal(field.number, 16);
    assert_int_equal(read_one((pith__str)BYTES("\xf8\xff\xff\xff\x0f\x05"), &field), PITH_OK);
    assert_int_equal(field.number, (1 << 29) - 1);
}

static void what_is_wrong_is_refused(void **state) {
    (void)state;
    static const struct {
        pith__str text;
        const char *words;
    } cases[] = {
        {BYTES("\x80"), "byte 0: the message ends inside a number"},
        {BYTES("\x08"), "byte 1: the message ends inside a number"},
        {BYTES("\x08\xff\xff"), "byte 1: the message ends inside a number"},
        {BYTES("\x08\xff\xff\xff\xff\xff\xff\xff\xff\xff\x02"), "byte 1: a number of more than 64 bits"},
        {BYTES("\x08\xff\xff\xff\xff\xff\xff\xff\xff\xff\x81\x00"), "byte 1: a number of more than 64 bits"},
        {BYTES("\x08\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x00"), "byte 1: a number of more than 64 bits"},
        {BYTES("\x09\x00\x00\x00\x00\x00\x00\x00"), "byte 1: the message ends inside a number"},
        {BYTES("\x0d\x00\x00\x00"), "byte 1: the message ends inside a number"},
        {BYTES("\x0a"), "byte 1: the message ends inside a number"},
        {BYTES("\x0a\x01"), "byte 1: a field is longer than the message"},
        {BYTES("\x0a\x05"
               "abcd"),
         "byte 1: a field is longer than the message"},
        {BYTES("\x0a\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"), "byte 1: a field is longer than the message"},
        {BYTES("\x0a\xff\xff\xff\xff\xff\xff\xff\xff\x7f"), "byte 1: a field is longer than the message"},
        {BYTES("\x00\x01"), "byte 0: a field number that is not"},
        {BYTES("\x02\x00"), "byte 0: a field number that is not"},
        {BYTES("\x88\x80\x80\x80\x10\x00"), "byte 0: a field number that is not"},
        {BYTES("\x0b\x0c"), "byte 0: a group or an unknown wire type"},
        {BYTES("\x0c"), "byte 0: a group or an unknown wire type"},
        {BYTES("\x0e\x00"), "byte 0: a group or an unknown wire type"},
        {BYTES("\x0f\x00"), "byte 0: a group or an unknown wire type"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        pith__protobuf_field field;
        pith__protobuf message;
        pith__protobuf_open(&message, cases[i].text, "test.model");
        assert_false(pith__protobuf_next(&message, &field));
        assert_int_equal(message.status, PITH_E_FORMAT);
        if (!strstr(pith__error_text(), cases[i].words)) {
            fail_msg("case %d: '%s', not '%s'", (int)i, pith__error_text(), cases[i].words);
        }
        assert_false(pith__protobuf_next(&message, &field)); /* and it stays so */
        assert_int_equal(message.status, PITH_E_FORMAT);
    }
}

static void types_must_fit(void **state) {
    (void)state;
    static const pith__str texts[] = {BYTES("\x08\x01"), BYTES("\x09\x01\x02\x03\x04\x05\x06\x07\x08"),
                                      BYTES("\x0a\x00"), BYTES("\x0d\x01\x02\x03\x04")};
    static const pith__protobuf_wire wires[] = {PITH__PROTOBUF_VARINT, PITH__PROTOBUF_FIXED64, PITH__PROTOBUF_BYTES,
                                                PITH__PROTOBUF_FIXED32};
    for (int i = 0; i < 4; i++) {
        for (int as = 0; as < 5; as++) {
            pith__protobuf message, inner;
            pith__protobuf_field field;
            pith__str bytes;
            float f;
            int32_t n;
            bool b;
            pith__protobuf_open(&message, texts[i], "test.model");
            assert_true(pith__protobuf_next(&message, &field));
            assert_int_equal(field.wire, wires[i]);
            int32_t status = as == 0   ? pith__protobuf_bytes(&message, &field, &bytes)
                             : as == 1 ? pith__protobuf_message(&message, &field, &inner)
                             : as == 2 ? pith__protobuf_float(&message, &field, &f)
                             : as == 3 ? pith__protobuf_int32(&message, &field, &n)
                                       : pith__protobuf_bool(&message, &field, &b);
            bool fits = as < 2 ? i == 2 : as == 2 ? i == 3 : i == 0;
            assert_int_equal(status, fits ? PITH_OK : PITH_E_FORMAT);
            assert_int_equal(message.status, status);
        }
    }
}

static void integers_fit_in_32_bits(void **state) {
    (void)state;
    static const struct {
        pith__str text;
        int32_t status;
        int32_t value;
    } cases[] = {
        {BYTES("\x08\xff\xff\xff\xff\x07"), PITH_OK, INT32_MAX},
        {BYTES("\x08\x80\x80\x80\x80\x08"), PITH_E_FORMAT, 0},
        {BYTES("\x08\xff\xff\xff\xff\x0f"), PITH_E_FORMAT, 0},
        {BYTES("\x08\x80\x80\x80\x80\xf8\xff\xff\xff\xff\x01"), PITH_OK, INT32_MIN},
        {BYTES("\x08\xff\xff\xff\xff\xf7\xff\xff\xff\xff\x01"), PITH_E_FORMAT, 0},
        {BYTES("\x08\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"), PITH_OK, -1},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        pith__protobuf message;
        pith__protobuf_field field;
        int32_t value = 0;
        pith__protobuf_open(&message, cases[i].text, "test.model");
        assert_true(pith__protobuf_next(&message, &field));
        assert_int_equal(pith__protobuf_int32(&message, &field, &value), cases[i].status);
        assert_int_equal(value, cases[i].value);
    }
}

/* ---- damage ---- */

/* Cut within a field it is refused; cut between two fields it is a message with fewer. */
static void truncations_are_refused(void **state) {
    (void)state;
    static const uint32_t borders[] = {0, 16, 30, 58, 64};
    seen s;
    for (uint32_t length = 0, next = 0; length < sizeof(sample); length++) {
        bool border = borders[next] == length;
        next += border;
        assert_int_equal(read_exact((pith__str){sample, length}, &s), border ? PITH_OK : PITH_E_FORMAT);
    }
}

static void random_damage_does_no_harm(void **state) {
    (void)state;
    uint64_t r = 88172645463325252u;
    int taken = 0;
    for (int round = 0; round < 50000; round++) {
        char text[sizeof(sample)];
        memcpy(text, sample, sizeof(sample));
        for (int flips = 1 + round % 3; flips > 0; flips--) {
            r ^= r << 13, r ^= r >> 7, r ^= r << 17;
            text[r % (sizeof(sample) - 1)] ^= (char)(1 << (r >> 40) % 8);
        }
        seen s;
        taken += read_exact((pith__str){text, sizeof(sample) - 1}, &s) == PITH_OK;
        assert_in_range(s.fields, 0, sizeof(sample)); /* a field takes two bytes, in two levels */
    }
    assert_in_range(taken, 100, 49900); /* both ways were gone */
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_model_is_read),
        cmocka_unit_test(an_empty_message_has_no_fields),
        cmocka_unit_test(numbers_have_64_bits),
        cmocka_unit_test(field_numbers_have_29_bits),
        cmocka_unit_test(what_is_wrong_is_refused),
        cmocka_unit_test(types_must_fit),
        cmocka_unit_test(integers_fit_in_32_bits),
        cmocka_unit_test(truncations_are_refused),
        cmocka_unit_test(random_damage_does_no_harm),
    };
    return cmocka_run_group_tests_name("protobuf", tests, NULL, NULL);
}
