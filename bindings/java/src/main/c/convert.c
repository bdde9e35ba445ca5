/* Arrays, handles and exceptions: see convert.h. */
#include "convert.h"
#include <stdlib.h>

static struct {
    jclass pith;
    jmethodID pith_new;
} exceptions; /* written by JNI_OnLoad alone */

bool convert_init(JNIEnv *env) {
    jclass found = (*env)->FindClass(env, "dev/pith/PithException");
    if (!found) {
        return false;
    }
    exceptions.pith = (*env)->NewGlobalRef(env, found);
    exceptions.pith_new = (*env)->GetMethodID(env, found, "<init>", "(I[B)V");
    (*env)->DeleteLocalRef(env, found);
    return exceptions.pith && exceptions.pith_new;
}

/* ---- exceptions ---- */

static void throw_named(JNIEnv *env, const char *name, const char *message) {
    jclass found = (*env)->FindClass(env, name);
    if (found) {
        (*env)->ThrowNew(env, found, message);
        (*env)->DeleteLocalRef(env, found);
    }
}

void throw_null(JNIEnv *env, const char *message) {
    throw_named(env, "java/lang/NullPointerException", message);
}

void throw_argument(JNIEnv *env, const char *message) {
    throw_named(env, "java/lang/IllegalArgumentException", message);
}

void throw_state(JNIEnv *env, const char *message) {
    throw_named(env, "java/lang/IllegalStateException", message);
}

void throw_memory(JNIEnv *env) {
    throw_named(env, "java/lang/OutOfMemoryError", "no memory for a copy on the way to or from the native library");
}

void throw_status(JNIEnv *env, int32_t status) {
    char why[1024];
    uint64_t size = 0;
    pith_error_copy(why, sizeof why, &size);
    jbyteArray message = new_bytes(env, why, size < sizeof why ? size : sizeof why - 1);
    if (!message) {
        return;
    }
    jobject exception = (*env)->NewObject(env, exceptions.pith, exceptions.pith_new, (jint)status, message);
    if (exception) {
        (*env)->Throw(env, exception);
        (*env)->DeleteLocalRef(env, exception);
    }
    (*env)->DeleteLocalRef(env, message);
}

bool good(JNIEnv *env, int32_t status) {
    if (status != PITH_OK) {
        throw_status(env, status);
    }
    return status == PITH_OK;
}

/* ---- handles ---- */

void *object_or_null(jlong handle) {
    return (void *)(intptr_t)handle;
}

void *object_of(JNIEnv *env, jlong handle) {
    if (handle == 0) {
        throw_state(env, "there is no native object behind this handle");
    }
    return object_or_null(handle);
}

jlong handle_of(void *object) {
    return (jlong)(intptr_t)object;
}

/* ---- from Java ---- */

/* Room for the elements of an array, which the caller then fills with a Region copy. */
static bool make_room(JNIEnv *env, jarray array, size_t element, copy *out) {
    *out = (copy){NULL, 0};
    if (!array) {
        throw_null(env, "an array is null");
        return false;
    }
    out->count = (uint64_t)(*env)->GetArrayLength(env, array);
    out->data = malloc((size_t)out->count * element + 1);
    if (!out->data) {
        throw_memory(env);
    }
    return out->data != NULL;
}

bool copy_bytes(JNIEnv *env, jbyteArray array, copy *out) {
    if (!make_room(env, array, sizeof(jbyte), out)) {
        return false;
    }
    (*env)->GetByteArrayRegion(env, array, 0, (jsize)out->count, out->data);
    return true;
}

bool copy_ints(JNIEnv *env, jintArray array, copy *out) {
    if (!make_room(env, array, sizeof(jint), out)) {
        return false;
    }
    (*env)->GetIntArrayRegion(env, array, 0, (jsize)out->count, out->data);
    return true;
}

void copy_free(copy *c) {
    free(c->data);
    *c = (copy){NULL, 0};
}

bool options_of(JNIEnv *env, int32_t scope, jbyteArray json, pith_options **out) {
    copy text = {NULL, 0};
    *out = NULL;
    if (!json) {
        return true;
    }
    bool done = copy_bytes(env, json, &text) && good(env, pith_options_create(scope, out)) &&
                good(env, pith_options_set_json(*out, text.data, text.count));
    copy_free(&text);
    if (!done) {
        pith_options_release(*out);
        *out = NULL;
    }
    return done;
}

/* ---- to Java ---- */

static bool fits_array(JNIEnv *env, uint64_t count) {
    if (count > INT32_MAX) {
        throw_argument(env, "the result has more than 2^31 - 1 elements, which no Java array holds: ask for it in parts");
    }
    return count <= INT32_MAX;
}

jbyteArray new_bytes(JNIEnv *env, const void *data, uint64_t size) {
    jbyteArray array = fits_array(env, size) ? (*env)->NewByteArray(env, (jsize)size) : NULL;
    if (array && size > 0) {
        (*env)->SetByteArrayRegion(env, array, 0, (jsize)size, data);
    }
    return array;
}

jintArray new_ints(JNIEnv *env, const int32_t *data, uint64_t count) {
    jintArray array = fits_array(env, count) ? (*env)->NewIntArray(env, (jsize)count) : NULL;
    if (array && count > 0) {
        (*env)->SetIntArrayRegion(env, array, 0, (jsize)count, (const jint *)data);
    }
    return array;
}

jbyteArray filled_bytes(JNIEnv *env, fill_fn fill, const void *context) {
    char small[1024], *buffer = small;
    uint64_t capacity = sizeof small, size = 0;
    int32_t status;
    while ((status = fill(context, buffer, capacity, &size)) == PITH_E_BUFFER) {
        if (buffer != small) {
            free(buffer);
        }
        capacity = size;
        buffer = malloc((size_t)capacity);
        if (!buffer) {
            throw_memory(env);
            return NULL;
        }
    }
    jbyteArray array = good(env, status) ? new_bytes(env, buffer, size) : NULL;
    if (buffer != small) {
        free(buffer);
    }
    return array;
}
