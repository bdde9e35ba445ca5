/* Requests: checks arguments, sets the floating-point mode around what may compute, forwards to the engine layer. With
 * an engine of one thread that is next, run and wait; submit and the add functions tokenize. */
#include "api/args.h"
#include "api/options_apply.h"

/* ---- creation ---- */

static int32_t create(pith_engine *engine, pith_model *model, int32_t kind, const pith__request_options *o,
                      pith_request **out) {
    if (engine) {
        return pith__request_create(engine, model, kind, o, out);
    }
    pith__engine_options defaults = pith__engine_options_of(NULL);
    PITH_TRY(pith__engine_of_model(model, &defaults, &engine));
    int32_t status = pith__request_create(engine, model, kind, o, out);
    pith__engine_release(engine);
    return status;
}

int32_t pith_request_create(pith_engine *engine, pith_model *model, int32_t kind, const pith_options *options,
                            pith_request **out) {
    PITH_OUT(out, NULL);
    PITH_REQUIRE(model);
    if (kind != PITH_GENERATE && kind != PITH_EMBED) {
        return pith__fail(PITH_E_ARGUMENT, "%s: there is no kind %d; kinds are PITH_GENERATE (1) and PITH_EMBED (2)",
                          __func__, kind);
    }
    PITH_TRY(pith__options_check(__func__, options, PITH_SCOPE_REQUEST));
    pith__request_options o = pith__request_options_of(options);
    pith__fpmode saved = pith__fpmode_enter();
    int32_t status = create(engine, model, kind, &o, out);
    pith__fpmode_leave(saved);
    return status;
}

void pith_request_release(pith_request *request) {
    pith__request_release(request);
}

/* ---- input ---- */

int32_t pith_request_add_text(pith_request *request, const char *text, uint64_t length, uint32_t flags) {
    PITH_REQUIRE(request);
    pith__str piece;
    PITH_TRY(pith__arg_text(__func__, "text", text, length, &piece));
    if (flags != PITH_UNTRUSTED && flags != PITH_TRUSTED) {
        return pith__fail(PITH_E_ARGUMENT, "%s: flags are 0x%x; they must be PITH_UNTRUSTED (0) or PITH_TRUSTED (1)",
                          __func__, flags);
    }
    pith__fpmode saved = pith__fpmode_enter();
    int32_t status = pith__request_add_text(request, piece, flags == PITH_TRUSTED);
    pith__fpmode_leave(saved);
    return status;
}

int32_t pith_request_add_tokens(pith_request *request, const int32_t *ids, uint64_t count) {
    PITH_REQUIRE(request);
    PITH_TRY(pith__arg_array(__func__, "ids", ids, count, sizeof(*ids)));
    return pith__request_add_tokens(request, ids, count);
}

int32_t pith_request_next_input(pith_request *request) {
    PITH_REQUIRE(request);
    return pith__request_next_input(request);
}

/* ---- work ---- */

int32_t pith_request_submit(pith_request *request) {
    PITH_REQUIRE(request);
    pith__fpmode saved = pith__fpmode_enter();
    int32_t status = pith__request_submit(request);
    pith__fpmode_leave(saved);
    return status;
}

int32_t pith_request_next(pith_request *request, uint64_t timeout_ms, int32_t *event) {
    PITH_OUT(event, 0);
    PITH_REQUIRE(request);
    pith__fpmode saved = pith__fpmode_enter();
    int32_t status = pith__request_next(request, timeout_ms, event);
    pith__fpmode_leave(saved);
    return status;
}

/* The caller's callback runs in the caller's floating-point mode, not in ours. */
typedef struct event_call {
    pith_event_fn callback;
    void *user;
    pith__fpmode saved;
} event_call;

static int32_t report_event(void *user, pith_request *request, int32_t event) {
    event_call *call = user;
    pith__fpmode_leave(call->saved);
    int32_t answer = call->callback(call->user, request, event);
    call->saved = pith__fpmode_enter();
    return answer;
}

int32_t pith_request_run(pith_request *request, pith_event_fn callback, void *user) {
    PITH_REQUIRE(request);
    event_call call = {callback, user, pith__fpmode_enter()};
    int32_t status = pith__request_run(request, callback ? report_event : NULL, &call);
    pith__fpmode_leave(call.saved);
    return status;
}

int32_t pith_request_wait(pith_request *request, uint64_t timeout_ms) {
    PITH_REQUIRE(request);
    pith__fpmode saved = pith__fpmode_enter();
    int32_t status = pith__request_wait(request, timeout_ms);
    pith__fpmode_leave(saved);
    return status;
}

int32_t pith_request_cancel(pith_request *request) {
    PITH_REQUIRE(request);
    return pith__request_cancel(request);
}

/* ---- results ---- */

int32_t pith_request_get_i64(const pith_request *request, int32_t field, int64_t *value) {
    PITH_OUT(value, 0);
    PITH_REQUIRE(request);
    if (field < PITH_REQUEST_STOP || field > PITH_REQUEST_STATUS) {
        return pith__unknown_field(__func__, field, "PITH_REQUEST_STOP (1) to PITH_REQUEST_STATUS (6)");
    }
    return pith__request_get_i64(request, field, value);
}

int32_t pith_request_get_f64(const pith_request *request, int32_t field, double *value) {
    PITH_OUT(value, 0);
    PITH_REQUIRE(request);
    if (field < PITH_REQUEST_SECONDS_QUEUED || field > PITH_REQUEST_SECONDS_GENERATE) {
        return pith__unknown_field(__func__, field,
                                   "PITH_REQUEST_SECONDS_QUEUED (101) to PITH_REQUEST_SECONDS_GENERATE (103)");
    }
    return pith__request_get_f64(request, field, value);
}

int32_t pith_request_view(const pith_request *request, int32_t view, uint64_t index, const void **data,
                          uint64_t *size) {
    PITH_OUT(data, NULL);
    PITH_OUT(size, 0);
    PITH_REQUIRE(request);
    if (view < PITH_VIEW_TEXT || view > PITH_VIEW_VECTORS) {
        return pith__fail(PITH_E_ARGUMENT,
                          "%s: there is no view %d; views are PITH_VIEW_TEXT (1) to PITH_VIEW_VECTORS (11)", __func__,
                          view);
    }
    return pith__request_view(request, view, index, data, size);
}

int32_t pith_request_error_copy(const pith_request *request, char *buffer, uint64_t capacity, uint64_t *size) {
    if (size) {
        *size = 0;
    }
    PITH_REQUIRE(request);
    return pith__copy_error(pith__request_error(request), buffer, capacity, size);
}
