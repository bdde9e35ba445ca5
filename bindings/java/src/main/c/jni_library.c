/* Loading, the library's own words, options, hosts. */
#include "convert.h"
#include <string.h>

JNIEXPORT jint JNICALL JNI_OnLoad(JavaVM *vm, void *reserved) {
    void *env;
    (void)reserved;
    if ((*vm)->GetEnv(vm, &env, JNI_VERSION_1_6) != JNI_OK || !convert_init(env)) {
        return JNI_ERR;
    }
    return JNI_VERSION_1_6;
}

JNIEXPORT jint JNICALL Java_dev_pith_Native_version(JNIEnv *env, jclass self) {
    (void)env, (void)self;
    return (jint)pith_version();
}

static int32_t fill_build(const void *context, char *buffer, uint64_t capacity, uint64_t *size) {
    (void)context;
    return pith_build_json(buffer, capacity, size);
}

JNIEXPORT jbyteArray JNICALL Java_dev_pith_Native_buildJson(JNIEnv *env, jclass self) {
    (void)self;
    return filled_bytes(env, fill_build, NULL);
}

JNIEXPORT jbyteArray JNICALL Java_dev_pith_Native_statusName(JNIEnv *env, jclass self, jint status) {
    (void)self;
    const char *name = pith_status_name(status);
    return new_bytes(env, name, strlen(name));
}

static int32_t fill_options(const void *context, char *buffer, uint64_t capacity, uint64_t *size) {
    return pith_options_get_json(context, buffer, capacity, size);
}

JNIEXPORT jbyteArray JNICALL Java_dev_pith_Native_optionsJson(JNIEnv *env, jclass self, jint scope, jbyteArray json) {
    (void)self;
    pith_options *options;
    if (!options_of(env, scope, json, &options) || (!options && !good(env, pith_options_create(scope, &options)))) {
        return NULL;
    }
    jbyteArray all = filled_bytes(env, fill_options, options);
    pith_options_release(options);
    return all;
}

/* ---- hosts ---- */

JNIEXPORT jlong JNICALL Java_dev_pith_Native_hostCreate(JNIEnv *env, jclass self, jbyteArray json) {
    (void)self;
    pith_options *options;
    pith_host *host = NULL;
    if (!options_of(env, PITH_SCOPE_HOST, json, &options)) {
        return 0;
    }
    good(env, pith_host_create(options, &host));
    pith_options_release(options);
    return handle_of(host);
}

JNIEXPORT void JNICALL Java_dev_pith_Native_hostRelease(JNIEnv *env, jclass self, jlong host) {
    (void)env, (void)self;
    pith_host_release(object_or_null(host));
}

JNIEXPORT jlong JNICALL Java_dev_pith_Native_hostGet(JNIEnv *env, jclass self, jobject owner, jlong host, jint field) {
    (void)self, (void)owner;
    int64_t value = 0;
    good(env, pith_host_get_i64(object_or_null(host), field, &value)); /* no host: the default one */
    return value;
}
