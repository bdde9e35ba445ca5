/* Between Java and C: arrays by Region copies, handles, exceptions.
 *
 * Invariant: no function here or in jni_*.c keeps a pointer into the Java heap, prints, or goes on calling JNI while an exception waits.
 * Whatever fails has thrown when it returns, so callers only clean up and return. */
#ifndef PITH_CONVERT_H
#define PITH_CONVERT_H

#include "dev_pith_Native.h"
#include <pith/pith.h>
#include <stdbool.h>
#include <stddef.h>

/* Looks up the classes that are thrown; false with an exception waiting. Of JNI_OnLoad. */
bool convert_init(JNIEnv *env);

/* ---- exceptions ---- */

/* Throws a PithException with the library's words for the calling thread's last failure. */
void throw_status(JNIEnv *env, int32_t status);
/* Throw NullPointerException, IllegalArgumentException, IllegalStateException, OutOfMemoryError; `message` is ASCII. */
void throw_null(JNIEnv *env, const char *message);
void throw_argument(JNIEnv *env, const char *message);
void throw_state(JNIEnv *env, const char *message);
void throw_memory(JNIEnv *env);
/* True when status is PITH_OK; else throws. */
bool good(JNIEnv *env, int32_t status);

/* ---- handles ---- */

/* The object of a handle; NULL, with IllegalStateException thrown, for 0. */
void *object_of(JNIEnv *env, jlong handle);
/* The same where 0 stands for "none". */
void *object_or_null(jlong handle);
jlong handle_of(void *object);

/* ---- from Java ---- */

/* A copy of an array in memory of C; never NULL when it is good, even if empty. */
typedef struct copy {
    void *data;
    uint64_t count;
} copy;

/* False with an exception thrown; release with copy_free in any case. */
bool copy_bytes(JNIEnv *env, jbyteArray array, copy *out);
bool copy_ints(JNIEnv *env, jintArray array, copy *out);
void copy_free(copy *c);

/* Options of a scope from JSON; a null array gives NULL, the defaults. False with an exception thrown. */
bool options_of(JNIEnv *env, int32_t scope, jbyteArray json, pith_options **out);

/* ---- to Java: NULL with an exception thrown ---- */

jbyteArray new_bytes(JNIEnv *env, const void *data, uint64_t size);
jintArray new_ints(JNIEnv *env, const int32_t *data, uint64_t count);

/* Calls `fill` with growing buffers until what it writes fits, as the library's "(buffer, capacity, &size)" asks for. */
typedef int32_t (*fill_fn)(const void *context, char *buffer, uint64_t capacity, uint64_t *size);
jbyteArray filled_bytes(JNIEnv *env, fill_fn fill, const void *context);

#endif
