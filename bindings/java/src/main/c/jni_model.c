/* Sources, plans, models, text and tokens. */
#include "convert.h"
#include <stdlib.h>

/* ---- sources ---- */

JNIEXPORT jlong JNICALL Java_dev_pith_Native_sourceFromPath(JNIEnv *env, jclass self, jobject owner, jlong host,
                                                            jbyteArray path) {
    (void)self, (void)owner;
    copy name;
    pith_source *source = NULL;
    if (copy_bytes(env, path, &name)) {
        good(env, pith_source_from_path(object_or_null(host), name.data, name.count, &source));
    }
    copy_free(&name);
    return handle_of(source);
}

JNIEXPORT jlong JNICALL Java_dev_pith_Native_sourceFromDescriptor(JNIEnv *env, jclass self, jobject owner, jlong host,
                                                                  jint descriptor, jlong offset, jlong length) {
    (void)self, (void)owner;
    pith_source *source = NULL;
    if (descriptor < 0 || offset < 0 || length < 0) {
        throw_argument(env, "a descriptor, offset or length is negative");
        return 0;
    }
    good(env, pith_source_from_fd(object_or_null(host), descriptor, (uint64_t)offset, (uint64_t)length, &source));
    return handle_of(source);
}

JNIEXPORT jlong JNICALL Java_dev_pith_Native_sourceFromMemory(JNIEnv *env, jclass self, jobject owner, jlong host,
                                                              jobject direct, jint offset, jint length) {
    (void)self, (void)owner;
    pith_source *source = NULL;
    const char *bytes = direct ? (*env)->GetDirectBufferAddress(env, direct) : NULL;
    if (!bytes) {
        throw_argument(env, "the buffer is null or not direct: use ByteBuffer.allocateDirect or FileChannel.map");
        return 0;
    }
    jlong capacity = (*env)->GetDirectBufferCapacity(env, direct);
    if (offset < 0 || length < 0 || offset > capacity - length) {
        throw_argument(env, "the range lies outside the buffer");
        return 0;
    }
    good(env, pith_source_from_memory(object_or_null(host), bytes + offset, (uint64_t)length, &source));
    return handle_of(source);
}

JNIEXPORT void JNICALL Java_dev_pith_Native_sourceRelease(JNIEnv *env, jclass self, jlong source) {
    (void)env, (void)self;
    pith_source_release(object_or_null(source));
}

/* ---- plans ---- */

enum {
    PLAN_FIELDS = PITH_PLAN_LOADING - PITH_PLAN_TOTAL + 1
};

static jlongArray plan_fields(JNIEnv *env, const pith_plan *plan) {
    jlong values[PLAN_FIELDS];
    for (int i = 0; i < PLAN_FIELDS; i++) {
        int64_t value;
        if (!good(env, pith_plan_get_i64(plan, PITH_PLAN_TOTAL + i, &value))) {
            return NULL;
        }
        values[i] = value;
    }
    jlongArray array = (*env)->NewLongArray(env, PLAN_FIELDS);
    if (array) {
        (*env)->SetLongArrayRegion(env, array, 0, PLAN_FIELDS, values);
    }
    return array;
}

JNIEXPORT jlongArray JNICALL Java_dev_pith_Native_plan(JNIEnv *env, jclass self, jobject owner, jlong host, jlong source,
                                                       jbyteArray model_json, jbyteArray engine_json) {
    (void)self, (void)owner;
    pith_source *from = object_of(env, source);
    pith_options *of_model = NULL, *of_engine = NULL;
    pith_plan *plan = NULL;
    jlongArray fields = NULL;
    if (from && options_of(env, PITH_SCOPE_MODEL, model_json, &of_model) &&
        options_of(env, PITH_SCOPE_ENGINE, engine_json, &of_engine) &&
        good(env, pith_plan_create(object_or_null(host), from, of_model, of_engine, &plan))) {
        fields = plan_fields(env, plan);
    }
    pith_plan_release(plan);
    pith_options_release(of_engine);
    pith_options_release(of_model);
    return fields;
}

/* ---- models ---- */

/* The listener of a load, which is called on the thread that opens the model. */
typedef struct listener {
    JNIEnv *env;
    jobject object;
    jmethodID accept;
} listener;

static int32_t report_progress(void *user, double fraction) {
    const listener *l = user;
    if (!(*l->env)->ExceptionCheck(l->env)) {
        (*l->env)->CallVoidMethod(l->env, l->object, l->accept, (jdouble)fraction);
    }
    return (*l->env)->ExceptionCheck(l->env);
}

/* Sets the hook in options, which are made if there are none yet. */
static bool listen(JNIEnv *env, jobject progress, listener *l, pith_options **options) {
    if (!progress) {
        return true;
    }
    jclass class = (*env)->GetObjectClass(env, progress);
    *l = (listener){env, progress, (*env)->GetMethodID(env, class, "accept", "(D)V")};
    (*env)->DeleteLocalRef(env, class);
    return l->accept && (*options || good(env, pith_options_create(PITH_SCOPE_MODEL, options))) &&
           good(env, pith_options_set_progress(*options, report_progress, l));
}

JNIEXPORT jlong JNICALL Java_dev_pith_Native_modelOpen(JNIEnv *env, jclass self, jobject owner, jlong host, jlong source,
                                                       jbyteArray json, jobject progress) {
    (void)self, (void)owner;
    pith_source *from = object_of(env, source);
    pith_options *options = NULL;
    pith_model *model = NULL;
    listener l;
    if (from && options_of(env, PITH_SCOPE_MODEL, json, &options) && listen(env, progress, &l, &options)) {
        int32_t status = pith_model_open(object_or_null(host), from, options, &model);
        bool thrown = (*env)->ExceptionCheck(env);
        if (thrown) { /* by the listener, at the last call too: the model goes, its exception stays */
            pith_model_release(model);
            model = NULL;
        } else {
            good(env, status);
        }
    }
    pith_options_release(options);
    return handle_of(model);
}

JNIEXPORT void JNICALL Java_dev_pith_Native_modelRelease(JNIEnv *env, jclass self, jlong model) {
    (void)env, (void)self;
    pith_model_release(object_or_null(model));
}

JNIEXPORT jlong JNICALL Java_dev_pith_Native_modelGet(JNIEnv *env, jclass self, jobject owner, jlong model, jint field) {
    (void)self, (void)owner;
    int64_t value = 0;
    pith_model *m = object_of(env, model);
    if (m) {
        good(env, pith_model_get_i64(m, field, &value));
    }
    return value;
}

JNIEXPORT jbyteArray JNICALL Java_dev_pith_Native_modelText(JNIEnv *env, jclass self, jobject owner, jlong model,
                                                            jint field) {
    (void)self, (void)owner;
    const char *text;
    uint64_t length;
    pith_model *m = object_of(env, model);
    return m && good(env, pith_model_get_str(m, field, &text, &length)) ? new_bytes(env, text, length) : NULL;
}

static int32_t fill_model(const void *context, char *buffer, uint64_t capacity, uint64_t *size) {
    return pith_model_json(context, buffer, capacity, size);
}

JNIEXPORT jbyteArray JNICALL Java_dev_pith_Native_modelJson(JNIEnv *env, jclass self, jobject owner, jlong model) {
    (void)self, (void)owner;
    pith_model *m = object_of(env, model);
    return m ? filled_bytes(env, fill_model, m) : NULL;
}

/* ---- text to tokens ---- */

/* Ids of a text, in memory to free; false with an exception thrown. Most texts have no more tokens than bytes, and two. */
static bool make_ids(JNIEnv *env, const pith_model *model, const copy *text, uint32_t flags, int32_t **ids,
                     uint64_t *count) {
    uint64_t capacity = text->count + 2;
    int32_t status = PITH_E_BUFFER;
    *ids = NULL;
    while (status == PITH_E_BUFFER) {
        free(*ids);
        *ids = malloc((size_t)capacity * sizeof **ids);
        if (!*ids) {
            throw_memory(env);
            return false;
        }
        status = pith_tokenize(model, text->data, text->count, flags, *ids, capacity, count);
        capacity = *count;
    }
    return good(env, status);
}

JNIEXPORT jintArray JNICALL Java_dev_pith_Native_tokenize(JNIEnv *env, jclass self, jobject owner, jlong model,
                                                          jbyteArray text, jint flags) {
    (void)self, (void)owner;
    pith_model *m = object_of(env, model);
    copy bytes = {NULL, 0};
    int32_t *ids = NULL;
    uint64_t count = 0;
    jintArray array = NULL;
    if (m && copy_bytes(env, text, &bytes) && make_ids(env, m, &bytes, (uint32_t)flags, &ids, &count)) {
        array = new_ints(env, ids, count);
    }
    free(ids);
    copy_free(&bytes);
    return array;
}

/* Pieces of text as the library takes them. */
typedef struct pieces {
    uint64_t count, bytes;
    copy *copies;
    const char **texts;
    uint64_t *lengths;
    uint32_t *trust;
} pieces;

static void pieces_free(pieces *p) {
    for (uint64_t i = 0; p->copies && i < p->count; i++) {
        copy_free(&p->copies[i]);
    }
    free(p->copies);
    free(p->texts);
    free(p->lengths);
    free(p->trust);
}

static bool copy_piece(JNIEnv *env, jobjectArray texts, const jboolean *trusted, uint64_t i, pieces *p) {
    jobject text = (*env)->GetObjectArrayElement(env, texts, (jsize)i);
    bool done = copy_bytes(env, text, &p->copies[i]);
    if (text) {
        (*env)->DeleteLocalRef(env, text);
    }
    p->texts[i] = p->copies[i].data;
    p->lengths[i] = p->copies[i].count;
    p->trust[i] = trusted[i] ? PITH_TRUSTED : PITH_UNTRUSTED;
    p->bytes += p->copies[i].count;
    return done;
}

static bool pieces_room(JNIEnv *env, pieces *p) {
    size_t n = (size_t)p->count + 1;
    p->copies = calloc(n, sizeof *p->copies);
    p->texts = calloc(n, sizeof *p->texts);
    p->lengths = calloc(n, sizeof *p->lengths);
    p->trust = calloc(n, sizeof *p->trust);
    if (!p->copies || !p->texts || !p->lengths || !p->trust) {
        throw_memory(env);
        return false;
    }
    return true;
}

static bool copy_pieces(JNIEnv *env, jobjectArray texts, jbooleanArray trusted, pieces *p) {
    *p = (pieces){0};
    if (!texts || !trusted || (*env)->GetArrayLength(env, texts) != (*env)->GetArrayLength(env, trusted)) {
        throw_argument(env, "pieces and their trust must be arrays of one length");
        return false;
    }
    p->count = (uint64_t)(*env)->GetArrayLength(env, texts);
    jboolean *flags = malloc((size_t)p->count * sizeof *flags + 1);
    bool done = pieces_room(env, p);
    if (done && !flags) {
        throw_memory(env);
        done = false;
    }
    if (done) {
        (*env)->GetBooleanArrayRegion(env, trusted, 0, (jsize)p->count, flags);
    }
    for (uint64_t i = 0; done && i < p->count; i++) {
        done = copy_piece(env, texts, flags, i, p);
    }
    free(flags);
    return done;
}

/* The tokens of pieces, in one block to free: `count` ids widened, with their begins and ends, as Java wants them. */
static jlong *make_triples(JNIEnv *env, const pith_model *model, const pieces *p, uint32_t flags, uint64_t *count) {
    uint64_t capacity = p->bytes + 2;
    int32_t status = PITH_E_BUFFER;
    int32_t *ids = NULL;
    uint64_t *offsets = NULL;
    jlong *triples = NULL;
    while (status == PITH_E_BUFFER) {
        free(ids);
        free(offsets);
        free(triples);
        ids = malloc((size_t)capacity * sizeof *ids);
        offsets = malloc((size_t)capacity * 2 * sizeof *offsets);
        triples = malloc((size_t)capacity * 3 * sizeof *triples);
        if (!ids || !offsets || !triples) {
            throw_memory(env);
            break;
        }
        status = pith_tokenize_spans(model, p->texts, p->lengths, p->trust, p->count, flags, ids, offsets, capacity, count);
        capacity = *count;
        if (status != PITH_E_BUFFER) {
            good(env, status);
        }
    }
    for (uint64_t i = 0; status == PITH_OK && i < *count; i++) {
        triples[3 * i] = ids[i];
        triples[3 * i + 1] = (jlong)offsets[2 * i];
        triples[3 * i + 2] = (jlong)offsets[2 * i + 1];
    }
    free(ids);
    free(offsets);
    if (status != PITH_OK) {
        free(triples);
        triples = NULL;
    }
    return triples;
}

JNIEXPORT jlongArray JNICALL Java_dev_pith_Native_tokenizePieces(JNIEnv *env, jclass self, jobject owner, jlong model,
                                                                 jobjectArray texts, jbooleanArray trusted, jint flags) {
    (void)self, (void)owner;
    pith_model *m = object_of(env, model);
    pieces p = {0};
    uint64_t count = 0;
    jlongArray array = NULL;
    jlong *triples =
        m && copy_pieces(env, texts, trusted, &p) ? make_triples(env, m, &p, (uint32_t)flags, &count) : NULL;
    if (triples && count > INT32_MAX / 3) {
        throw_argument(env, "the pieces have too many tokens for one Java array: tokenize them in parts");
    } else if (triples) {
        array = (*env)->NewLongArray(env, (jsize)(3 * count));
    }
    if (array && count > 0) {
        (*env)->SetLongArrayRegion(env, array, 0, (jsize)(3 * count), triples);
    }
    free(triples);
    pieces_free(&p);
    return array;
}

/* ---- tokens to text ---- */

typedef struct detokenize_call {
    const pith_model *model;
    const copy *ids;
    uint32_t flags;
} detokenize_call;

static int32_t fill_detokenized(const void *context, char *buffer, uint64_t capacity, uint64_t *size) {
    const detokenize_call *c = context;
    return pith_detokenize(c->model, c->ids->data, c->ids->count, c->flags, buffer, capacity, size);
}

JNIEXPORT jbyteArray JNICALL Java_dev_pith_Native_detokenize(JNIEnv *env, jclass self, jobject owner, jlong model,
                                                             jintArray ids, jint flags) {
    (void)self, (void)owner;
    copy tokens = {NULL, 0};
    detokenize_call call = {object_of(env, model), &tokens, (uint32_t)flags};
    jbyteArray text = NULL;
    if (call.model && copy_ints(env, ids, &tokens)) {
        text = filled_bytes(env, fill_detokenized, &call);
    }
    copy_free(&tokens);
    return text;
}

JNIEXPORT jlong JNICALL Java_dev_pith_Native_decoderCreate(JNIEnv *env, jclass self, jobject owner, jlong model,
                                                           jint flags) {
    (void)self, (void)owner;
    pith_model *m = object_of(env, model);
    pith_decoder *decoder = NULL;
    if (m) {
        good(env, pith_decoder_create(m, (uint32_t)flags, &decoder));
    }
    return handle_of(decoder);
}

JNIEXPORT jbyteArray JNICALL Java_dev_pith_Native_decoderFeed(JNIEnv *env, jclass self, jobject owner, jlong decoder,
                                                              jint id) {
    (void)self, (void)owner;
    pith_decoder *d = object_of(env, decoder);
    const char *text;
    uint64_t length;
    return d && good(env, pith_decoder_feed(d, id, &text, &length)) ? new_bytes(env, text, length) : NULL;
}

JNIEXPORT void JNICALL Java_dev_pith_Native_decoderRelease(JNIEnv *env, jclass self, jlong decoder) {
    (void)env, (void)self;
    pith_decoder_release(object_or_null(decoder));
}
