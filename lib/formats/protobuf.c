/* One field after another: a tag (field number and wire type), then a value whose extent the wire type tells.
 *
 * Invariant: text <= at <= end; no byte at or after `end` is read. Must not know: the schema. */
#include "formats/protobuf.h"

static int32_t fail(pith__protobuf *message, uint64_t offset, const char *what) {
    size_t length = strlen(message->name);
    const char *name = message->name + (length > 100 ? length - 100 : 0); /* the end of a long path says the most */
    message->status = pith__fail(PITH_E_FORMAT, "%s: byte %llu: %s", name, (unsigned long long)offset, what);
    return message->status;
}

static uint64_t offset_of(const pith__protobuf *message) {
    return (uint64_t)(message->at - message->text);
}

void pith__protobuf_open(pith__protobuf *message, pith__str text, const char *name) {
    const char *start = text.ptr ? text.ptr : "";
    *message = (pith__protobuf){.name = name, .text = start, .at = start, .end = start + text.len};
}

/* Seven bits a byte, the lowest first; the highest bit says that more follow. */
static int32_t read_varint(pith__protobuf *message, uint64_t *out) {
    uint64_t start = offset_of(message), value = 0;
    for (uint32_t shift = 0; shift < 70; shift += 7) {
        if (message->at == message->end) {
            return fail(message, start, "the message ends inside a number");
        }
        uint64_t byte = (unsigned char)*message->at++;
        if (shift == 63 && byte > 1) {
            break;
        }
        value |= (byte & 0x7f) << shift;
        if (byte < 0x80) {
            *out = value;
            return PITH_OK;
        }
    }
    return fail(message, start, "a number of more than 64 bits");
}

static int32_t read_fixed(pith__protobuf *message, uint32_t size, uint64_t *out) {
    if ((uint64_t)(message->end - message->at) < size) {
        return fail(message, offset_of(message), "the message ends inside a number");
    }
    uint64_t value = 0;
    for (uint32_t i = 0; i < size; i++) {
        value |= (uint64_t)(unsigned char)message->at[i] << (8 * i);
    }
    message->at += size;
    *out = value;
    return PITH_OK;
}

static int32_t read_bytes(pith__protobuf *message, pith__str *out) {
    uint64_t start = offset_of(message), length = 0;
    PITH_TRY(read_varint(message, &length));
    if (length > (uint64_t)(message->end - message->at)) {
        return fail(message, start, "a field is longer than the message it stands in");
    }
    *out = (pith__str){message->at, length};
    message->at += length;
    return PITH_OK;
}

static int32_t read_value(pith__protobuf *message, pith__protobuf_field *field) {
    switch ((int)field->wire) {
    case PITH__PROTOBUF_VARINT:
        return read_varint(message, &field->value);
    case PITH__PROTOBUF_FIXED64:
        return read_fixed(message, 8, &field->value);
    case PITH__PROTOBUF_BYTES:
        return read_bytes(message, &field->bytes);
    case PITH__PROTOBUF_FIXED32:
        return read_fixed(message, 4, &field->value);
    default:
        return fail(message, field->offset, "a group or an unknown wire type");
    }
}

bool pith__protobuf_next(pith__protobuf *message, pith__protobuf_field *field) {
    if (message->status != PITH_OK || message->at == message->end) {
        return false;
    }
    uint64_t offset = offset_of(message), tag = 0;
    if (read_varint(message, &tag) != PITH_OK) {
        return false;
    }
    if (tag < 8 || tag > UINT32_MAX) {
        fail(message, offset, "a field number that is not from 1 to 2^29-1");
        return false;
    }
    *field = (pith__protobuf_field){
        .number = (uint32_t)(tag >> 3), .wire = (pith__protobuf_wire)(tag & 7), .offset = offset};
    return read_value(message, field) == PITH_OK;
}

/* ---- what a field holds ---- */

static int32_t want(pith__protobuf *message, const pith__protobuf_field *field, pith__protobuf_wire wire,
                    const char *otherwise) {
    if (message->status == PITH_OK && field->wire != wire) {
        return fail(message, field->offset, otherwise);
    }
    return message->status;
}

int32_t pith__protobuf_bytes(pith__protobuf *message, const pith__protobuf_field *field, pith__str *out) {
    PITH_TRY(want(message, field, PITH__PROTOBUF_BYTES, "expected bytes or a message, found a number"));
    *out = field->bytes;
    return PITH_OK;
}

int32_t pith__protobuf_message(pith__protobuf *message, const pith__protobuf_field *field, pith__protobuf *out) {
    pith__str bytes = {0};
    PITH_TRY(pith__protobuf_bytes(message, field, &bytes));
    *out = *message;
    out->at = bytes.ptr;
    out->end = bytes.ptr + bytes.len;
    return PITH_OK;
}

int32_t pith__protobuf_float(pith__protobuf *message, const pith__protobuf_field *field, float *out) {
    PITH_TRY(want(message, field, PITH__PROTOBUF_FIXED32, "expected a float"));
    uint32_t bits = (uint32_t)field->value;
    memcpy(out, &bits, sizeof(bits));
    return PITH_OK;
}

/* Negative numbers are written as those of 64 bits. */
int32_t pith__protobuf_int32(pith__protobuf *message, const pith__protobuf_field *field, int32_t *out) {
    PITH_TRY(want(message, field, PITH__PROTOBUF_VARINT, "expected an integer"));
    uint64_t value = field->value;
    if (value > INT32_MAX && value < UINT64_MAX - INT32_MAX) {
        return fail(message, field->offset, "an integer that does not fit in 32 bits");
    }
    *out = value <= INT32_MAX ? (int32_t)value : -(int32_t)(UINT64_MAX - value) - 1;
    return PITH_OK;
}

int32_t pith__protobuf_bool(pith__protobuf *message, const pith__protobuf_field *field, bool *out) {
    PITH_TRY(want(message, field, PITH__PROTOBUF_VARINT, "expected true or false"));
    *out = field->value != 0;
    return PITH_OK;
}
