/* Engines. */
#include "convert.h"

JNIEXPORT jlong JNICALL Java_dev_pith_Native_engineCreate(JNIEnv *env, jclass self, jobject owner, jlong host,
                                                          jbyteArray json) {
    (void)self, (void)owner;
    pith_options *options;
    pith_engine *engine = NULL;
    if (!options_of(env, PITH_SCOPE_ENGINE, json, &options)) {
        return 0;
    }
    good(env, pith_engine_create(object_or_null(host), options, &engine));
    pith_options_release(options);
    return handle_of(engine);
}

JNIEXPORT void JNICALL Java_dev_pith_Native_engineRelease(JNIEnv *env, jclass self, jlong engine) {
    (void)env, (void)self;
    pith_engine_release(object_or_null(engine));
}

JNIEXPORT jlong JNICALL Java_dev_pith_Native_engineGet(JNIEnv *env, jclass self, jobject owner, jlong engine, jint field) {
    (void)self, (void)owner;
    int64_t value = 0;
    pith_engine *e = object_of(env, engine);
    if (e) {
        good(env, pith_engine_get_i64(e, field, &value));
    }
    return value;
}
