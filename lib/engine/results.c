/* Reading a request: numbers, times, views. */
#include "engine/engine_state.h"

static int32_t need_end(const pith_request *r) {
    if (r->state != PITH__REQ_DONE) {
        return pith__fail(PITH_E_STATE, "the request has not ended yet: this is for after PITH_EVENT_END");
    }
    return PITH_OK;
}

static uint64_t prompt_tokens(const pith_request *r) {
    uint64_t n = 0;
    for (uint64_t i = 0; i < r->n_inputs; i++) {
        n += r->inputs[i].prompt;
    }
    return n;
}

static int32_t get_i64(const pith_request *r, int32_t field, int64_t *value) {
    switch (field) {
    case PITH_REQUEST_STOP:
        *value = r->stop;
        return PITH_OK;
    case PITH_REQUEST_PROMPT_TOKENS:
        *value = (int64_t)prompt_tokens(r);
        return PITH_OK;
    case PITH_REQUEST_TOKENS:
        *value = (int64_t)r->out.n_ids;
        return PITH_OK;
    case PITH_REQUEST_VECTORS:
        PITH_TRY(need_end(r));
        *value = (int64_t)r->out.n_vectors;
        return PITH_OK;
    case PITH_REQUEST_WIDTH:
        *value = r->model->hparams.width;
        return PITH_OK;
    case PITH_REQUEST_STATUS:
        *value = r->status;
        return PITH_OK;
    default:
        return pith__fail(PITH_E_ARGUMENT, "a request has no number %d; PITH_REQUEST_* lists them", field);
    }
}

int32_t pith__request_get_i64(const pith_request *r, int32_t field, int64_t *value) {
    PITH_TRY(pith__engine_check(r->engine));
    pith__mutex_lock(&r->engine->lock);
    int32_t status = get_i64(r, field, value);
    pith__mutex_unlock(&r->engine->lock);
    return status;
}

/* 0 for a stretch that did not happen (yet). */
static double seconds(uint64_t from, uint64_t to) {
    return from != 0 && to > from ? (double)(to - from) * 1e-9 : 0;
}

static int32_t get_f64(const pith_request *r, int32_t field, double *value) {
    switch (field) {
    case PITH_REQUEST_SECONDS_QUEUED:
        *value = seconds(r->submit_ns, r->start_ns);
        return PITH_OK;
    case PITH_REQUEST_SECONDS_PROMPT:
        *value = seconds(r->start_ns, r->first_ns ? r->first_ns : r->last_ns);
        return PITH_OK;
    case PITH_REQUEST_SECONDS_GENERATE:
        *value = seconds(r->first_ns, r->last_ns);
        return PITH_OK;
    default:
        return pith__fail(PITH_E_ARGUMENT, "a request has no time %d; PITH_REQUEST_SECONDS_* lists them", field);
    }
}

int32_t pith__request_get_f64(const pith_request *r, int32_t field, double *value) {
    PITH_TRY(pith__engine_check(r->engine));
    pith__mutex_lock(&r->engine->lock);
    int32_t status = get_f64(r, field, value);
    pith__mutex_unlock(&r->engine->lock);
    return status;
}

static int32_t give(const void *data, uint64_t size, const void **out, uint64_t *out_size) {
    *out = size > 0 ? data : "";
    *out_size = size;
    return PITH_OK;
}

static int32_t event_view(const pith_request *r, int32_t view, const void **data, uint64_t *size) {
    if (!r->view_current) {
        return pith__fail(PITH_E_STATE,
                          "there is no current event: this view is for between a PITH_EVENT_TEXT and the next call");
    }
    const char *ids = r->view, *text = ids + r->view_size.ids * sizeof(int32_t);
    switch (view) {
    case PITH_VIEW_IDS:
        return give(ids, r->view_size.ids * sizeof(int32_t), data, size);
    case PITH_VIEW_TEXT:
        return give(text, r->view_size.text, data, size);
    default:
        return give(text + r->view_size.text, r->view_size.bytes, data, size);
    }
}

static int32_t check_index(uint64_t index, uint64_t count, const char *what) {
    if (index >= count) {
        return pith__fail(PITH_E_ARGUMENT, "%s %llu of %llu: the index counts from 0", what, (unsigned long long)index,
                          (unsigned long long)count);
    }
    return PITH_OK;
}

static int32_t top_view(const pith_request *r, int32_t view, uint64_t index, const void **data, uint64_t *size) {
    uint64_t n = r->options.logprobs;
    PITH_TRY(check_index(index, n > 0 ? r->out.n_ids : 0, "the likeliest tokens at token"));
    if (view == PITH_VIEW_TOP_IDS) {
        return give(r->out.top_ids + index * n, n * sizeof(int32_t), data, size);
    }
    return give(r->out.top_logprobs + index * n, n * sizeof(float), data, size);
}

static int32_t final_view(const pith_request *r, int32_t view, uint64_t index, const void **data, uint64_t *size) {
    const pith__output *o = &r->out;
    uint64_t width = r->model->hparams.width;
    PITH_TRY(need_end(r));
    switch (view) {
    case PITH_VIEW_ALL_TEXT:
        return give(o->text, o->n_text, data, size);
    case PITH_VIEW_ALL_IDS:
        return give(o->ids, o->n_ids * sizeof(int32_t), data, size);
    case PITH_VIEW_LOGPROBS:
        return give(o->logprobs, r->options.logprobs > 0 ? o->n_ids * sizeof(float) : 0, data, size);
    case PITH_VIEW_TOP_IDS:
    case PITH_VIEW_TOP_LOGPROBS:
        return top_view(r, view, index, data, size);
    case PITH_VIEW_VECTOR:
        PITH_TRY(check_index(index, r->stop == PITH_STOP_DONE ? o->n_vectors : 0, "vector"));
        return give(o->vectors + index * width, width * sizeof(float), data, size);
    case PITH_VIEW_VECTORS:
        return give(o->vectors, r->stop == PITH_STOP_DONE ? o->n_vectors * width * sizeof(float) : 0, data, size);
    default:
        return pith__fail(PITH_E_ARGUMENT, "a request has no view %d; PITH_VIEW_* lists them", view);
    }
}

static int32_t prompt_view(const pith_request *r, uint64_t index, const void **data, uint64_t *size) {
    if (r->state == PITH__REQ_NEW) {
        return pith__fail(PITH_E_STATE, "the prompt's ids are settled by submit");
    }
    PITH_TRY(check_index(index, r->n_inputs, "input"));
    return give(r->inputs[index].ids.ids, r->inputs[index].prompt * sizeof(int32_t), data, size);
}

int32_t pith__request_view(const pith_request *r, int32_t view, uint64_t index, const void **data, uint64_t *size) {
    PITH_TRY(pith__engine_check(r->engine));
    pith__mutex_lock(&r->engine->lock);
    int32_t status;
    if (view == PITH_VIEW_TEXT || view == PITH_VIEW_BYTES || view == PITH_VIEW_IDS) {
        status = event_view(r, view, data, size);
    } else if (view == PITH_VIEW_PROMPT_IDS) {
        status = prompt_view(r, index, data, size);
    } else {
        status = final_view(r, view, index, data, size);
    }
    pith__mutex_unlock(&r->engine->lock);
    return status;
}

const char *pith__request_error(const pith_request *r) {
    return r->error;
}
