/* Reads a message in the wire format of protocol buffers, field by field, in memory: for SentencePiece models. Nothing
 * is copied. Source: https://protobuf.dev/programming-guides/encoding/
 *
 *     pith__protobuf_field field;
 *     while (pith__protobuf_next(&message, &field)) {
 *         if (field.number == 1) {
 *             PITH_TRY(pith__protobuf_bytes(&message, &field, &piece));
 *         }                                                         // what is not looked at was skipped
 *     }
 *     PITH_TRY(message.status);
 *
 * Invariant: every length is checked against the message it stands in; groups, reserved wire types, field number 0 and
 * numbers of more than 64 bits are refused. The first failure sticks, the loop ends, and every later call returns its
 * status. Messages within are readers of their own, as deep as the caller cares to open. Must not know: what the fields
 * mean. */
#ifndef PITH_FORMATS_PROTOBUF_H
#define PITH_FORMATS_PROTOBUF_H

#include "base/status.h"
#include "base/str.h"

typedef enum pith__protobuf_wire {
    PITH__PROTOBUF_VARINT = 0,
    PITH__PROTOBUF_FIXED64 = 1,
    PITH__PROTOBUF_BYTES = 2, /* bytes, text, or a message */
    PITH__PROTOBUF_FIXED32 = 5
} pith__protobuf_wire;

typedef struct pith__protobuf_field {
    uint32_t number; /* 1 to 2^29-1 */
    pith__protobuf_wire wire;
    uint64_t value;  /* but for BYTES: the number's bits */
    pith__str bytes; /* for BYTES: borrowed from the message */
    uint64_t offset; /* of the field in the whole text, for messages */
} pith__protobuf_field;

/* A reader of one message; a plain struct with nothing to free. */
typedef struct pith__protobuf {
    const char *name;
    const char *text; /* the outermost message, from which places in messages count */
    const char *at, *end;
    int32_t status;
} pith__protobuf;

/* Text and name (for messages: "spiece.model: byte 12: ...") stay borrowed. */
void pith__protobuf_open(pith__protobuf *message, pith__str text, const char *name);
/* The next field, whole. False at the end of the message and after a failure: look at message->status. */
bool pith__protobuf_next(pith__protobuf *message, pith__protobuf_field *field);

/* What a field holds, which must be of that wire type. */
int32_t pith__protobuf_bytes(pith__protobuf *message, const pith__protobuf_field *field, pith__str *out);
int32_t pith__protobuf_message(pith__protobuf *message, const pith__protobuf_field *field, pith__protobuf *out);
int32_t pith__protobuf_float(pith__protobuf *message, const pith__protobuf_field *field, float *out);
int32_t pith__protobuf_int32(pith__protobuf *message, const pith__protobuf_field *field, int32_t *out); /* enums too */
int32_t pith__protobuf_bool(pith__protobuf *message, const pith__protobuf_field *field, bool *out);

#endif
