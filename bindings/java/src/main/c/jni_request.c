/* Requests: input, waiting, events, results. A waiting thread is in native code and holds nothing of the Java heap. */
#include "convert.h"
#include <string.h>

JNIEXPORT jlong JNICALL Java_dev_pith_Native_requestCreate(JNIEnv *env, jclass self, jobject engine_owner, jlong engine,
                                                           jobject model_owner, jlong model, jint kind, jbyteArray json) {
    (void)self, (void)engine_owner, (void)model_owner;
    pith_model *m = object_of(env, model);
    pith_options *options;
    pith_request *request = NULL;
    if (!m || !options_of(env, PITH_SCOPE_REQUEST, json, &options)) {
        return 0;
    }
    good(env, pith_request_create(object_or_null(engine), m, kind, options, &request));
    pith_options_release(options);
    return handle_of(request);
}

JNIEXPORT void JNICALL Java_dev_pith_Native_requestRelease(JNIEnv *env, jclass self, jlong request) {
    (void)env, (void)self;
    pith_request_release(object_or_null(request));
}

/* ---- input ---- */

JNIEXPORT void JNICALL Java_dev_pith_Native_requestAddText(JNIEnv *env, jclass self, jobject owner, jlong request,
                                                           jbyteArray text, jboolean trusted) {
    (void)self, (void)owner;
    pith_request *r = object_of(env, request);
    copy bytes = {NULL, 0};
    if (r && copy_bytes(env, text, &bytes)) {
        good(env, pith_request_add_text(r, bytes.data, bytes.count, trusted ? PITH_TRUSTED : PITH_UNTRUSTED));
    }
    copy_free(&bytes);
}

JNIEXPORT void JNICALL Java_dev_pith_Native_requestAddTokens(JNIEnv *env, jclass self, jobject owner, jlong request,
                                                             jintArray ids) {
    (void)self, (void)owner;
    pith_request *r = object_of(env, request);
    copy tokens = {NULL, 0};
    if (r && copy_ints(env, ids, &tokens)) {
        good(env, pith_request_add_tokens(r, tokens.data, tokens.count));
    }
    copy_free(&tokens);
}

JNIEXPORT void JNICALL Java_dev_pith_Native_requestNextInput(JNIEnv *env, jclass self, jobject owner, jlong request) {
    (void)self, (void)owner;
    pith_request *r = object_of(env, request);
    if (r) {
        good(env, pith_request_next_input(r));
    }
}

JNIEXPORT void JNICALL Java_dev_pith_Native_requestSubmit(JNIEnv *env, jclass self, jobject owner, jlong request) {
    (void)self, (void)owner;
    pith_request *r = object_of(env, request);
    if (r) {
        good(env, pith_request_submit(r));
    }
}

/* ---- waiting ---- */

static bool check_timeout(JNIEnv *env, jlong timeout_ms) {
    if (timeout_ms < 0) {
        throw_argument(env, "a timeout is negative");
    }
    return timeout_ms >= 0;
}

/* The event of the last next, packed as Native.java says: one array, so that a token costs one call. */
static jbyteArray pack_event(JNIEnv *env, const pith_request *r) {
    const void *text, *bytes, *ids;
    uint64_t text_size, bytes_size, ids_size;
    if (!good(env, pith_request_view(r, PITH_VIEW_IDS, 0, &ids, &ids_size)) ||
        !good(env, pith_request_view(r, PITH_VIEW_TEXT, 0, &text, &text_size)) ||
        !good(env, pith_request_view(r, PITH_VIEW_BYTES, 0, &bytes, &bytes_size))) {
        return NULL;
    }
    const int32_t head[2] = {(int32_t)(ids_size / sizeof(int32_t)), (int32_t)text_size};
    const struct {
        const void *data;
        uint64_t size;
    } parts[] = {{head, sizeof head}, {ids, ids_size}, {text, text_size}, {bytes, bytes_size}};
    uint64_t total = sizeof head + ids_size + text_size + bytes_size;
    jbyteArray packed = total <= INT32_MAX ? (*env)->NewByteArray(env, (jsize)total) : NULL;
    jsize at = 0;
    for (size_t i = 0; packed && i < sizeof parts / sizeof parts[0]; i++) {
        if (parts[i].size > 0) {
            (*env)->SetByteArrayRegion(env, packed, at, (jsize)parts[i].size, parts[i].data);
        }
        at += (jsize)parts[i].size;
    }
    return packed;
}

JNIEXPORT jbyteArray JNICALL Java_dev_pith_Native_requestNext(JNIEnv *env, jclass self, jobject owner, jlong request,
                                                              jlong timeout_ms) {
    (void)self, (void)owner;
    pith_request *r = object_of(env, request);
    int32_t event;
    if (!r || !check_timeout(env, timeout_ms)) {
        return NULL;
    }
    int32_t status = pith_request_next(r, (uint64_t)timeout_ms, &event);
    if (status == PITH_E_TIMEOUT || !good(env, status)) {
        return NULL;
    }
    return event == PITH_EVENT_TEXT ? pack_event(env, r) : (*env)->NewByteArray(env, 0);
}

JNIEXPORT jboolean JNICALL Java_dev_pith_Native_requestWait(JNIEnv *env, jclass self, jobject owner, jlong request,
                                                            jlong timeout_ms) {
    (void)self, (void)owner;
    pith_request *r = object_of(env, request);
    if (!r || !check_timeout(env, timeout_ms)) {
        return JNI_FALSE;
    }
    int32_t status = pith_request_wait(r, (uint64_t)timeout_ms);
    return status != PITH_E_TIMEOUT && good(env, status);
}

JNIEXPORT void JNICALL Java_dev_pith_Native_requestCancel(JNIEnv *env, jclass self, jobject owner, jlong request) {
    (void)self, (void)owner;
    pith_request *r = object_of(env, request);
    if (r) {
        good(env, pith_request_cancel(r));
    }
}

/* ---- results ---- */

JNIEXPORT jlong JNICALL Java_dev_pith_Native_requestGet(JNIEnv *env, jclass self, jobject owner, jlong request,
                                                        jint field) {
    (void)self, (void)owner;
    int64_t value = 0;
    pith_request *r = object_of(env, request);
    if (r) {
        good(env, pith_request_get_i64(r, field, &value));
    }
    return value;
}

JNIEXPORT jdouble JNICALL Java_dev_pith_Native_requestSeconds(JNIEnv *env, jclass self, jobject owner, jlong request,
                                                              jint field) {
    (void)self, (void)owner;
    double value = 0;
    pith_request *r = object_of(env, request);
    if (r) {
        good(env, pith_request_get_f64(r, field, &value));
    }
    return value;
}

/* A view of a request; false with an exception thrown. */
static bool view_of(JNIEnv *env, jlong request, jint view, jlong index, const void **data, uint64_t *size) {
    pith_request *r = object_of(env, request);
    if (r && index < 0) {
        throw_argument(env, "an index is negative");
        return false;
    }
    return r && good(env, pith_request_view(r, view, (uint64_t)index, data, size));
}

JNIEXPORT jbyteArray JNICALL Java_dev_pith_Native_requestBytes(JNIEnv *env, jclass self, jobject owner, jlong request,
                                                               jint view) {
    (void)self, (void)owner;
    const void *data;
    uint64_t size;
    return view_of(env, request, view, 0, &data, &size) ? new_bytes(env, data, size) : NULL;
}

JNIEXPORT jintArray JNICALL Java_dev_pith_Native_requestInts(JNIEnv *env, jclass self, jobject owner, jlong request,
                                                             jint view, jlong index) {
    (void)self, (void)owner;
    const void *data;
    uint64_t size;
    return view_of(env, request, view, index, &data, &size) ? new_ints(env, data, size / sizeof(int32_t)) : NULL;
}

JNIEXPORT jfloatArray JNICALL Java_dev_pith_Native_requestFloats(JNIEnv *env, jclass self, jobject owner, jlong request,
                                                                 jint view, jlong index) {
    (void)self, (void)owner;
    const void *data;
    uint64_t size;
    if (!view_of(env, request, view, index, &data, &size)) {
        return NULL;
    }
    uint64_t count = size / sizeof(float);
    if (count > INT32_MAX) {
        throw_argument(env, "the vectors have more than 2^31 - 1 elements, which no Java array holds: embed fewer texts");
        return NULL;
    }
    jfloatArray array = (*env)->NewFloatArray(env, (jsize)count);
    if (array && count > 0) {
        (*env)->SetFloatArrayRegion(env, array, 0, (jsize)count, data);
    }
    return array;
}

JNIEXPORT jlong JNICALL Java_dev_pith_Native_requestFloatsInto(JNIEnv *env, jclass self, jobject owner, jlong request,
                                                               jint view, jobject direct, jint offset, jint room) {
    (void)self, (void)owner;
    const void *data;
    uint64_t size;
    char *out = direct ? (*env)->GetDirectBufferAddress(env, direct) : NULL;
    if (!out) {
        throw_argument(env, "the buffer is null or not direct");
        return 0;
    }
    if (offset < 0 || room < 0 || offset > (*env)->GetDirectBufferCapacity(env, direct) - room) {
        throw_argument(env, "the range lies outside the buffer");
        return 0;
    }
    if (!view_of(env, request, view, 0, &data, &size)) {
        return 0;
    }
    if (size / sizeof(float) <= (uint64_t)room && size > 0) {
        memcpy(out + (size_t)offset * sizeof(float), data, (size_t)size);
    }
    return (jlong)(size / sizeof(float));
}
