/* Whole sessions through the public header: every kind of source, memory through the hook and within its limit, the
 * host's floating-point mode, progress and cancelation, streams, embeddings, a fork, and every allocation failing in
 * turn. */
#include "base/os.h"
#include "engine/tiny_model.h"
#include "support/cmocka_all.h"
#include "support/failing_alloc.h"
#include <fcntl.h>
#include <pith/pith.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static const char path[] = "examples/models/tales-q8_0.gguf";

static void must(int32_t status) {
    if (status != PITH_OK) {
        char why[512];
        pith_error_copy(why, sizeof(why), NULL);
        fail_msg("%s: %s", pith_status_name(status), why);
    }
}

static pith_options *request_options(int64_t max_tokens) {
    pith_options *o;
    must(pith_options_create(PITH_SCOPE_REQUEST, &o));
    must(pith_options_set_i64(o, PITH_KEY_MAX_TOKENS, max_tokens));
    must(pith_options_set_f64(o, PITH_KEY_TEMPERATURE, 0));
    return o;
}

static pith_engine *engine_of(pith_host *host, int64_t threads) {
    pith_options *o;
    pith_engine *engine;
    must(pith_options_create(PITH_SCOPE_ENGINE, &o));
    must(pith_options_set_i64(o, PITH_KEY_THREADS, threads));
    must(pith_engine_create(host, o, &engine));
    pith_options_release(o);
    return engine;
}

/* The text that `model` makes of "Once upon a time"; the caller frees it. */
static char *story(pith_model *model, pith_engine *engine) {
    pith_options *o = request_options(24);
    pith_request *r;
    const void *text;
    uint64_t size;
    must(pith_request_create(engine, model, PITH_GENERATE, o, &r));
    must(pith_request_add_text(r, "Once upon a time", PITH_MEASURE, PITH_UNTRUSTED));
    must(pith_request_run(r, NULL, NULL));
    must(pith_request_view(r, PITH_VIEW_ALL_TEXT, 0, &text, &size));
    char *copy = calloc(1, size + 1);
    assert_non_null(copy);
    memcpy(copy, text, size);
    pith_request_release(r);
    pith_options_release(o);
    return copy;
}

/* ---- sources ---- */

typedef struct file_bytes {
    char *data;
    uint64_t size, reads;
} file_bytes;

static file_bytes load_file(void) {
    file_bytes f = {NULL, 0, 0};
    int fd = open(path, O_RDONLY);
    assert_true(fd >= 0);
    f.size = (uint64_t)lseek(fd, 0, SEEK_END);
    f.data = malloc(f.size);
    assert_non_null(f.data);
    assert_int_equal(pread(fd, f.data, f.size, 0), (ssize_t)f.size);
    close(fd);
    return f;
}

static int32_t read_bytes(void *user, void *out, uint64_t size, uint64_t offset) {
    file_bytes *f = user;
    assert_true(offset + size <= f->size);
    memcpy(out, f->data + offset, size);
    return PITH_OK;
}

static int32_t read_half(void *user, void *out, uint64_t size, uint64_t offset) {
    file_bytes *f = user;
    return offset + size > f->size / 2 ? PITH_E_CANCELED : read_bytes(user, out, size, offset);
}

static void assert_same_story(pith_source *source, const char *expected) {
    pith_model *model;
    must(pith_model_open(NULL, source, NULL, &model));
    pith_source_release(source); /* at once */
    char *text = story(model, NULL);
    assert_string_equal(text, expected);
    free(text);
    pith_model_release(model);
}

static void all_sources_give_the_same_model(void **state) {
    (void)state;
    file_bytes f = load_file();
    pith_model *model;
    pith_source *s;
    must(pith_model_open_path(path, &model));
    char *expected = story(model, NULL);
    pith_model_release(model);
    must(pith_source_from_path(NULL, path, sizeof(path) - 1, &s));
    assert_same_story(s, expected);
    int fd = open(path, O_RDONLY);
    must(pith_source_from_fd(NULL, fd, 0, 0, &s));
    close(fd); /* duplicated */
    assert_same_story(s, expected);
    must(pith_source_from_memory(NULL, f.data, f.size, &s));
    assert_same_story(s, expected);
    must(pith_source_from_reader(NULL, read_bytes, &f, f.size, &s));
    assert_same_story(s, expected);
    free(expected);
    free(f.data);
}

static void a_readers_failure_comes_back(void **state) {
    (void)state;
    file_bytes f = load_file();
    pith_source *s;
    pith_model *model = NULL;
    must(pith_source_from_reader(NULL, read_half, &f, f.size, &s));
    assert_int_equal(pith_model_open(NULL, s, NULL, &model), PITH_E_CANCELED);
    assert_null(model);
    pith_source_release(s);
    free(f.data);
}

static void truncated_files_are_refused(void **state) {
    (void)state;
    file_bytes f = load_file();
    for (uint64_t size = 1; size < f.size; size = size * 3 + 1) {
        pith_source *s;
        pith_model *model = NULL;
        must(pith_source_from_memory(NULL, f.data, size, &s));
        assert_int_equal(pith_model_open(NULL, s, NULL, &model), PITH_E_FORMAT);
        assert_null(model);
        pith_source_release(s);
    }
    free(f.data);
}

/* ---- progress and the floating-point mode ---- */

enum {
    FLUSH_TO_ZERO = 0x8040
}; /* FTZ and DAZ of MXCSR */

typedef struct watch {
    double last;
    int calls, stop_at;
    bool mode_seen; /* the hook always found the host's own mode */
} watch;

#if defined(__x86_64__)
static void set_mode(uint32_t bits) {
    __builtin_ia32_ldmxcsr(bits);
}

static uint32_t mode(void) {
    return __builtin_ia32_stmxcsr() & ~0x3fu; /* without the sticky flags */
}
#else
static void set_mode(uint32_t bits) {
    (void)bits;
}

static uint32_t mode(void) {
    return 0x1f80 | FLUSH_TO_ZERO;
}
#endif

static int32_t watch_progress(void *user, double fraction) {
    watch *w = user;
    assert_true(fraction >= w->last && fraction <= 1);
    w->last = fraction;
    w->mode_seen = w->mode_seen && mode() == (0x1f80 | FLUSH_TO_ZERO);
    return ++w->calls == w->stop_at;
}

static int32_t open_watched(watch *w, pith_model **model) {
    pith_options *o;
    pith_source *s;
    must(pith_options_create(PITH_SCOPE_MODEL, &o));
    must(pith_options_set_progress(o, watch_progress, w));
    must(pith_source_from_path(NULL, path, PITH_MEASURE, &s));
    int32_t status = pith_model_open(NULL, s, o, model);
    pith_source_release(s);
    pith_options_release(o);
    return status;
}

static int32_t watch_event(void *user, pith_request *request, int32_t event) {
    watch *w = user;
    (void)request, (void)event;
    w->mode_seen = w->mode_seen && mode() == (0x1f80 | FLUSH_TO_ZERO);
    return ++w->calls == w->stop_at;
}

static void hooks_run_in_the_hosts_floating_point_mode(void **state) {
    (void)state;
    watch w = {.mode_seen = true};
    pith_model *model;
    pith_request *r;
    pith_options *o = request_options(10);
    must(pith_model_open_path(path, &model));
    char *expected = story(model, NULL);
    pith_model_release(model);
    set_mode(0x1f80 | FLUSH_TO_ZERO);
    must(open_watched(&w, &model));
    assert_true(mode() == (0x1f80 | FLUSH_TO_ZERO));
    assert_true(w.calls > 0 && w.last == 1 && w.mode_seen);
    pith_engine *engine = engine_of(NULL, 1); /* computes on this thread */
    must(pith_request_create(engine, model, PITH_GENERATE, o, &r));
    must(pith_request_run(r, watch_event, &w));
    assert_true(w.mode_seen && mode() == (0x1f80 | FLUSH_TO_ZERO));
    char *text = story(model, engine);
    set_mode(0x1f80);
    assert_string_equal(text, expected);
    free(text);
    free(expected);
    pith_options_release(o);
    pith_request_release(r);
    pith_engine_release(engine);
    pith_model_release(model);
}

static void progress_can_stop_a_load(void **state) {
    (void)state;
    watch w = {.stop_at = 1};
    pith_model *model = NULL;
    assert_int_equal(open_watched(&w, &model), PITH_E_CANCELED);
    assert_null(model);
    assert_int_equal(w.calls, 1);
}

static void a_callback_can_stop_a_run(void **state) {
    (void)state;
    watch w = {.stop_at = 3};
    pith_model *model;
    pith_request *r;
    int64_t stop;
    pith_options *o = request_options(100);
    pith_engine *engine = engine_of(NULL, 1); /* does not run ahead of its waiter */
    must(pith_model_open_path(path, &model));
    must(pith_request_create(engine, model, PITH_GENERATE, o, &r));
    must(pith_request_run(r, watch_event, &w));
    assert_int_equal(w.calls, 3);
    must(pith_request_get_i64(r, PITH_REQUEST_STOP, &stop));
    assert_int_equal(stop, PITH_STOP_CANCEL);
    pith_model_release(model); /* any order */
    pith_engine_release(engine);
    pith_request_release(r);
    pith_options_release(o);
}

/* ---- memory ---- */

static pith_host *host_with(failing_alloc *fa, int64_t limit) {
    pith_options *o;
    pith_host *host;
    must(pith_options_create(PITH_SCOPE_HOST, &o));
    must(pith_options_set_allocator(o, failing_alloc_hook, fa));
    must(pith_options_set_i64(o, PITH_KEY_MEMORY_LIMIT, limit));
    must(pith_host_create(o, &host));
    pith_options_release(o);
    return host;
}

static int64_t host_number(const pith_host *host, int32_t field) {
    int64_t value;
    must(pith_host_get_i64(host, field, &value));
    return value;
}

static void all_memory_goes_through_the_hook_and_stays_in_the_plan(void **state) {
    (void)state;
    failing_alloc fa;
    failing_alloc_init(&fa, 0);
    pith_host *host = host_with(&fa, 0);
    pith_source *s;
    pith_plan *plan;
    pith_model *model;
    int64_t total, request, loading;
    must(pith_source_from_path(host, path, PITH_MEASURE, &s));
    must(pith_plan_create(host, s, NULL, NULL, &plan));
    pith_engine *engine = engine_of(host, 0);
    int64_t handles =
        host_number(host, PITH_HOST_MEMORY_USED); /* host, source, plan and idle engine themselves: a KiB or so */
    assert_true(handles < 4096);
    must(pith_plan_get_i64(plan, PITH_PLAN_TOTAL, &total));
    must(pith_plan_get_i64(plan, PITH_PLAN_REQUEST, &request));
    must(pith_plan_get_i64(plan, PITH_PLAN_LOADING, &loading));
    must(pith_model_open(host, s, NULL, &model));
    free(story(model, engine));
    assert_true(host_number(host, PITH_HOST_MEMORY_USED) <= handles + total);
    assert_true(host_number(host, PITH_HOST_MEMORY_PEAK) <= handles + total + request + loading);
    assert_int_equal(host_number(host, PITH_HOST_MEMORY_USED), fa.live_bytes);
    pith_host_release(host); /* the others hold it */
    pith_engine_release(engine);
    pith_plan_release(plan);
    pith_model_release(model);
    pith_source_release(s);
    assert_int_equal(fa.live_blocks, 0);
    assert_string_equal(fa.complaint, "");
    failing_alloc_destroy(&fa);
}

static void the_limit_is_held(void **state) {
    (void)state;
    for (int64_t limit = 1; limit < 64 << 20; limit *= 4) {
        failing_alloc fa;
        failing_alloc_init(&fa, 0);
        pith_options *o;
        pith_host *host = NULL;
        pith_source *s = NULL;
        pith_model *model = NULL;
        must(pith_options_create(PITH_SCOPE_HOST, &o));
        must(pith_options_set_allocator(o, failing_alloc_hook, &fa));
        must(pith_options_set_i64(o, PITH_KEY_MEMORY_LIMIT, limit));
        int32_t status = pith_host_create(o, &host);
        status = status ? status : pith_source_from_path(host, path, PITH_MEASURE, &s);
        status = status ? status : pith_model_open(host, s, NULL, &model);
        assert_int_equal(status, limit < 6 << 20 ? PITH_E_MEMORY : PITH_OK);
        assert_true(!host || host_number(host, PITH_HOST_MEMORY_PEAK) <= limit);
        assert_true(fa.live_bytes <= (uint64_t)limit);
        pith_options_release(o);
        pith_model_release(model);
        pith_source_release(s);
        pith_host_release(host);
        assert_int_equal(fa.live_blocks, 0);
        failing_alloc_destroy(&fa);
    }
}

/* Everything a host program does, small. Whatever fails, all is given back. */
typedef struct tiny_session {
    pith_host *host;
    pith_source *source;
    pith_plan *plan;
    pith_model *model;
    pith_engine *engine;
    pith_decoder *decoder;
    pith_request *generate, *embed;
} tiny_session;

static int32_t tiny_open(tiny_session *t, const pith__mem *mem, const tiny_model *m) {
    pith_options *host_options, *engine_options;
    must(pith_options_create(PITH_SCOPE_HOST, &host_options)); /* of malloc */
    must(pith_options_create(PITH_SCOPE_ENGINE, &engine_options));
    must(pith_options_set_allocator(host_options, mem->hook, mem->user));
    must(pith_options_set_i64(engine_options, PITH_KEY_THREADS, 1));
    int32_t status = pith_host_create(host_options, &t->host);
    status = status ? status : pith_source_from_memory(t->host, m->bytes, m->size, &t->source);
    status = status ? status : pith_plan_create(t->host, t->source, NULL, engine_options, &t->plan);
    status = status ? status : pith_model_open(t->host, t->source, NULL, &t->model);
    status = status ? status : pith_engine_create(t->host, engine_options, &t->engine);
    pith_options_release(host_options);
    pith_options_release(engine_options);
    return status;
}

static int32_t tiny_texts(tiny_session *t) {
    int32_t ids[64];
    char text[64], json[1];
    const char *shown;
    uint64_t size;
    PITH_TRY(pith_tokenize(t->model, "hello", 5, 0, ids, 64, &size));
    PITH_TRY(pith_detokenize(t->model, ids, size, 0, text, 64, &size));
    PITH_TRY(pith_decoder_create(t->model, 0, &t->decoder));
    PITH_TRY(pith_decoder_feed(t->decoder, ids[0], &shown, &size));
    int32_t status = pith_model_json(t->model, json, 1, &size);
    return status == PITH_E_BUFFER ? PITH_OK : status;
}

static int32_t tiny_requests(tiny_session *t) {
    static const char settings[] = "{\"max_tokens\": 6, \"stop\": [\"zzz\"], \"logprobs\": 2, \"stop_tokens\": [3]}";
    pith_options *o;
    must(pith_options_create(PITH_SCOPE_REQUEST, &o));
    must(pith_options_set_json(o, settings, PITH_MEASURE));
    int32_t status = pith_request_create(t->engine, t->model, PITH_GENERATE, o, &t->generate);
    pith_options_release(o);
    PITH_TRY(status);
    PITH_TRY(pith_request_add_text(t->generate, "once", 4, PITH_TRUSTED));
    PITH_TRY(pith_request_run(t->generate, NULL, NULL));
    PITH_TRY(pith_request_create(t->engine, t->model, PITH_EMBED, NULL, &t->embed));
    PITH_TRY(pith_request_add_text(t->embed, "one", 3, PITH_UNTRUSTED));
    PITH_TRY(pith_request_next_input(t->embed));
    PITH_TRY(pith_request_add_text(t->embed, "two", 3, PITH_UNTRUSTED));
    return pith_request_run(t->embed, NULL, NULL);
}

static int32_t tiny_run(pith__mem *mem, void *arg) {
    tiny_session t = {0};
    int32_t status = tiny_open(&t, mem, arg);
    status = status ? status : tiny_texts(&t);
    status = status ? status : tiny_requests(&t);
    pith_host_release(t.host); /* parents first: children hold them */
    pith_source_release(t.source);
    pith_model_release(t.model);
    pith_engine_release(t.engine);
    pith_plan_release(t.plan);
    pith_decoder_release(t.decoder);
    pith_request_release(t.generate);
    pith_request_release(t.embed);
    return status;
}

static void every_allocation_may_fail(void **state) {
    (void)state;
    tiny_options options = {.family = pith__family_at(0), .matrices = PITH__Q8_0, .embedding = PITH__Q8_0, .seed = 1};
    tiny_model m;
    tiny_model_make(&options, &m);
    assert_true(failing_alloc_each(tiny_run, &m) > 50);
    tiny_model_free(&m);
}

/* ---- texts ---- */

static void decoders_give_whole_characters(void **state) {
    (void)state;
    static const char text[] = "a\xe2\x82\xac\xf0\x9f\x98\x80z\xff!";
    pith_model *model;
    pith_decoder *decoder;
    int32_t ids[64];
    char exact[64], whole[128];
    uint64_t count, size, length = 0;
    must(pith_model_open_path(path, &model));
    must(pith_tokenize(model, text, sizeof(text) - 1, 0, ids, 64, &count));
    must(pith_detokenize(model, ids, count, 0, exact, sizeof(exact), &size));
    assert_int_equal(size, sizeof(text) - 1);
    assert_memory_equal(exact, text, size);
    must(pith_decoder_create(model, 0, &decoder));
    pith_model_release(model); /* the decoder holds it */
    for (uint64_t i = 0; i <= count; i++) {
        const char *piece;
        must(pith_decoder_feed(decoder, i < count ? ids[i] : -1, &piece, &size));
        assert_true(size == 0 || ((uint8_t)piece[0] & 0xc0) != 0x80); /* no piece begins within a character */
        memcpy(whole + length, piece, size);
        length += size;
    }
    assert_int_equal(length, sizeof(text) - 1 + 2);
    assert_memory_equal(whole, "a\xe2\x82\xac\xf0\x9f\x98\x80z\xef\xbf\xbd!", length);
    pith_decoder_release(decoder);
}

static void special_tokens_come_from_trusted_text_only(void **state) {
    (void)state;
    static const char *const texts[] = {"<|end|>", "<|end|>"};
    static const uint64_t lengths[] = {PITH_MEASURE, 7};
    static const uint32_t trust[] = {PITH_UNTRUSTED, PITH_TRUSTED};
    pith_model *model;
    int32_t ids[32];
    uint64_t offsets[64], count, alone;
    must(pith_model_open_path(path, &model));
    must(pith_tokenize(model, texts[0], PITH_MEASURE, PITH_TRUSTED, ids, 32, &alone));
    assert_int_equal(alone, 1);
    int32_t end = ids[0];
    must(pith_tokenize_spans(model, texts, lengths, trust, 2, 0, ids, offsets, 32, &count));
    assert_true(count > 2);
    for (uint64_t i = 0; i + 1 < count; i++) {
        assert_int_not_equal(ids[i], end);
        assert_int_equal(offsets[2 * i], i == 0 ? 0 : offsets[2 * i - 1]); /* nothing between */
        assert_true(offsets[2 * i] < offsets[2 * i + 1] && offsets[2 * i + 1] <= 7);
    }
    assert_int_equal(ids[count - 1], end);
    assert_int_equal(offsets[2 * count - 2], 7);
    assert_int_equal(offsets[2 * count - 1], 7 + strlen(texts[1]));
    pith_model_release(model);
}

/* ---- fork ---- */

#if defined(__SANITIZE_THREAD__)
enum {
    CHILD_THREADS = 1
}; /* the sanitizer allows no new threads after a fork */
#else
enum {
    CHILD_THREADS = 2
};
#endif

static int child(pith_model *model, pith_engine *engine, pith_request *r, pith_options *o) {
    int32_t ids[16], event;
    uint64_t count;
    int64_t value;
    pith_request *another;
    if (pith_request_next(r, 0, &event) != PITH_E_FORKED || pith_engine_get_i64(engine, 1, &value) != PITH_E_FORKED ||
        pith_request_create(engine, model, PITH_GENERATE, o, &another) != PITH_E_FORKED) {
        return 1;
    }
    if (pith_tokenize(model, "still here", PITH_MEASURE, 0, ids, 16, &count) != PITH_OK ||
        pith_options_set_json(o, "{\"top_k\": 1}", PITH_MEASURE) != PITH_OK) {
        return 2;
    }
    pith_engine *own = engine_of(NULL, CHILD_THREADS);
    if (pith_request_create(own, model, PITH_GENERATE, o, &another) != PITH_OK ||
        pith_request_run(another, NULL, NULL) != PITH_OK) {
        return 3;
    }
    pith_request_release(another);
    pith_engine_release(own);
    pith_request_release(r);
    pith_engine_release(engine);
    return 0;
}

/* Forks while no thread of the library is inside malloc: the hook's lock is held meanwhile. The C library's malloc needs no
 * such care, but the address sanitizer's stays locked in the child forever when another thread was in it. */
static pid_t fork_between_allocations(failing_alloc *fa) {
    pthread_mutex_lock(&fa->lock);
    pid_t pid = fork();
    pthread_mutex_unlock(&fa->lock);
    return pid;
}

static void a_forked_child_is_told(void **state) {
    (void)state;
    failing_alloc fa;
    failing_alloc_init(&fa, 0);
    pith_host *host = host_with(&fa, 0);
    pith_source *s;
    pith_model *model;
    pith_request *r;
    pith_options *o = request_options(20);
    must(pith_source_from_path(host, path, PITH_MEASURE, &s));
    must(pith_model_open(host, s, NULL, &model));
    pith_engine *engine = engine_of(host, 2);
    must(pith_request_create(engine, model, PITH_GENERATE, o, &r));
    must(pith_request_submit(r));
    pid_t pid = fork_between_allocations(&fa);
    if (pid == 0) {
        _exit(child(model, engine, r, o));
    }
    int result;
    assert_int_equal(waitpid(pid, &result, 0), pid);
    assert_true(WIFEXITED(result));
    assert_int_equal(WEXITSTATUS(result), 0);
    must(pith_request_wait(r, PITH_FOREVER));
    pith_request_release(r);
    pith_engine_release(engine);
    pith_model_release(model);
    pith_source_release(s);
    pith_host_release(host);
    pith_options_release(o);
    assert_int_equal(fa.live_blocks, 0);
    assert_string_equal(fa.complaint, "");
    failing_alloc_destroy(&fa);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_sources_give_the_same_model),
        cmocka_unit_test(a_readers_failure_comes_back),
        cmocka_unit_test(truncated_files_are_refused),
        cmocka_unit_test(hooks_run_in_the_hosts_floating_point_mode),
        cmocka_unit_test(progress_can_stop_a_load),
        cmocka_unit_test(a_callback_can_stop_a_run),
        cmocka_unit_test(all_memory_goes_through_the_hook_and_stays_in_the_plan),
        cmocka_unit_test(the_limit_is_held),
        cmocka_unit_test(every_allocation_may_fail),
        cmocka_unit_test(decoders_give_whole_characters),
        cmocka_unit_test(special_tokens_come_from_trusted_text_only),
        cmocka_unit_test(a_forked_child_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
