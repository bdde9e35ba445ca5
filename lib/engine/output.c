/* From generated tokens to events: exact bytes, stop strings, whole UTF-8, the loop guard, and the ways to end.
 *
 * Invariant: text only grows, is valid UTF-8 at every event, and never shows a byte of a stop string. Everything here
 * runs under the engine's lock; a failed allocation ends the request, not the engine. */
#include "base/format.h"
#include "engine/request.h"
#include <string.h>

static int32_t reserve(pith__mem *mem, void **array, uint64_t *capacity, uint64_t wanted, uint64_t size) {
    if (wanted <= *capacity) {
        return PITH_OK;
    }
    uint64_t grown = wanted + wanted / 2 + 64;
    PITH_TRY(pith__mem_resize(mem, array, grown, size, "output of a request"));
    *capacity = grown;
    return PITH_OK;
}

/* Everything one token may need, taken at once, so that the steps after it cannot fail half-way. Text can be three
 * times the bytes, when each is replaced by U+FFFD. */
static int32_t reserve_token(pith_request *r, uint64_t bytes) {
    pith__mem *mem = pith__request_mem(r);
    pith__output *o = &r->out;
    uint64_t old_ids = o->cap_ids, n = r->options.logprobs;
    PITH_TRY(reserve(mem, (void **)&o->bytes, &o->cap_bytes, o->n_bytes + bytes, 1));
    PITH_TRY(reserve(mem, (void **)&o->text, &o->cap_text, o->n_text + 3 * (o->n_bytes + bytes - o->shown), 1));
    PITH_TRY(reserve(mem, (void **)&o->events, &o->cap_events, o->n_events + 2, sizeof(*o->events)));
    if (n > 0 &&
        o->n_ids + 1 > old_ids) { /* the three grow with the ids; first, so that cap_ids stays true on failure */
        uint64_t grown = o->n_ids + 1 + (o->n_ids + 1) / 2 + 64;
        PITH_TRY(PITH_GROW_ARRAY(mem, &o->logprobs, grown, "log-probabilities"));
        PITH_TRY(PITH_GROW_ARRAY(mem, &o->top_ids, grown * n, "log-probabilities"));
        PITH_TRY(PITH_GROW_ARRAY(mem, &o->top_logprobs, grown * n, "log-probabilities"));
    }
    return reserve(mem, (void **)&o->ids, &o->cap_ids, o->n_ids + 1, sizeof(*o->ids));
}

void pith__output_free(pith__mem *mem, pith__output *o) {
    pith__mem_free(mem, o->text);
    pith__mem_free(mem, o->bytes);
    pith__mem_free(mem, o->ids);
    pith__mem_free(mem, o->logprobs);
    pith__mem_free(mem, o->top_ids);
    pith__mem_free(mem, o->top_logprobs);
    pith__mem_free(mem, o->events);
    pith__mem_free(mem, o->vectors);
    memset(o, 0, sizeof(*o));
}

/* Moves what may be shown from bytes to text; at the end also an incomplete sequence. The room is there. */
static void show(pith__output *o, bool all) {
    uint64_t len = o->keep - o->shown;
    const char *from = len > 0 ? o->bytes + o->shown : NULL;
    if (!all && len > 0) {
        len = pith__utf8_complete(from, len);
    }
    if (len > 0) {
        o->n_text += pith__utf8_sanitize(from, len, o->text + o->n_text, o->cap_text - o->n_text);
        o->shown += len;
    }
}

static void push_event(pith_request *r) {
    pith__output *o = &r->out;
    o->events[o->n_events++] = (pith__event){o->n_text, o->n_bytes, o->n_ids};
    pith__cond_broadcast(&r->changed);
}

void pith__request_finish(pith_request *r, int32_t stop) {
    if (r->state == PITH__REQ_DONE) {
        return;
    }
    uint64_t before = r->out.n_text;
    if (r->kind == PITH_GENERATE && r->out.n_ids > 0) {
        if (stop != PITH_STOP_STRING) {
            r->out.keep = r->out.n_bytes;
        }
        show(&r->out, true);
        if (r->out.n_text > before) {
            push_event(r); /* reserve_token keeps room for this one */
        }
    }
    r->state = PITH__REQ_DONE;
    r->stop = stop;
    r->last_ns = pith__clock_ns();
    pith__cond_broadcast(&r->changed);
}

void pith__request_fail(pith_request *r, int32_t status) {
    if (r->state == PITH__REQ_DONE) {
        return;
    }
    pith__format(r->error, sizeof(r->error), "%s", pith__error_text());
    r->status = status;
    pith__request_finish(r, PITH_STOP_ERROR);
}

static bool is_stop_token(const pith_request *r, int32_t id) {
    for (uint64_t i = 0; i < r->options.n_stop_tokens; i++) {
        if (r->options.stop_tokens[i] == id) {
            return true;
        }
    }
    return false;
}

static void keep_logprobs(pith_request *r, float logprob, const int32_t *top_ids, const float *top_logprobs) {
    uint32_t n = r->options.logprobs;
    if (n > 0) {
        r->out.logprobs[r->out.n_ids] = logprob;
        memcpy(r->out.top_ids + r->out.n_ids * n, top_ids, n * sizeof(*top_ids));
        memcpy(r->out.top_logprobs + r->out.n_ids * n, top_logprobs, n * sizeof(*top_logprobs));
    }
}

/* Appends the token's bytes and asks the stop strings; true when one is complete. */
static bool feed_bytes(pith_request *r, uint64_t len) {
    pith__output *o = &r->out;
    if (len > 0) {
        memcpy(o->bytes + o->n_bytes, r->token_bytes, len);
        o->n_bytes += len;
    }
    if (!r->stopper) {
        o->keep = o->n_bytes;
        return false;
    }
    uint64_t consumed;
    return pith__stopper_feed(r->stopper, r->token_bytes, len, &consumed, &o->keep);
}

/* The reason to end if this token itself says so (its bytes are then not shown), or 0. */
static int32_t stop_of_token(const pith_request *r, int32_t id) {
    if (is_stop_token(r, id)) {
        return PITH_STOP_TOKEN;
    }
    bool end = !r->options.ignore_eog && r->model->tokenizer && pith__tokenizer_is_eog(r->model->tokenizer, id);
    return end ? PITH_STOP_END : 0;
}

/* The reason to end after this token, or 0. */
static int32_t stop_after(pith_request *r, const pith__sequence *s, int32_t id, bool string) {
    int32_t stop = stop_of_token(r, id);
    if (stop != 0) {
        return stop;
    }
    if (string) {
        return PITH_STOP_STRING;
    }
    if (r->guard && pith__loop_guard_accept(r->guard, id)) {
        return PITH_STOP_LOOP;
    }
    if (r->options.max_tokens > 0 && r->out.n_ids >= r->options.max_tokens) {
        return PITH_STOP_LENGTH;
    }
    return s->ids.count > r->lane->context ? PITH_STOP_CONTEXT : 0;
}

void pith__output_token(pith_request *r, pith__sequence *s, int32_t id, float logprob, const int32_t *top_ids,
                        const float *top_logprobs) {
    uint64_t len = 0;
    if (r->model->tokenizer && stop_of_token(r, id) == 0) {
        len = pith__decoder_feed(&r->decoder, id, r->token_bytes);
    }
    int32_t status = reserve_token(r, len);
    if (status != PITH_OK) {
        pith__request_fail(r, status);
        return;
    }
    r->last_ns = pith__clock_ns();
    r->first_ns = r->first_ns ? r->first_ns : r->last_ns;
    keep_logprobs(r, logprob, top_ids, top_logprobs);
    r->out.ids[r->out.n_ids++] = id;
    s->ids.ids[s->ids.count++] = id; /* room was made when the sequence was admitted */
    bool string = feed_bytes(r, len);
    show(&r->out, false);
    push_event(r);
    int32_t stop = stop_after(r, s, id, string);
    if (stop != 0) {
        pith__request_finish(r, stop);
    }
}
