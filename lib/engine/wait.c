/* Waiting for a request: next, wait, run, cancel. With a scheduler thread waiters sleep; without one (threads 1) a
 * waiter that finds nobody driving runs the engine's steps itself until its own request has something to tell.
 *
 * Invariant: whoever stops driving while others wait wakes one of them to go on. */
#include "engine/engine_state.h"
#include <string.h>

static uint64_t deadline_of(uint64_t timeout_ms) {
    uint64_t now = pith__clock_ns();
    return timeout_ms > (UINT64_MAX - now) / 1000000u ? UINT64_MAX : now + timeout_ms * 1000000u;
}

static bool has_event(const pith_request *r) {
    return r->read_events < r->out.n_events || r->state == PITH__REQ_DONE;
}

static bool is_done(const pith_request *r) {
    return r->state == PITH__REQ_DONE;
}

/* Somebody else may have to drive now. */
static void hand_over(pith_engine *e, const pith_request *self) {
    for (pith_request *r = e->requests; r; r = r->next) {
        if (r != self && r->waiters > 0) {
            pith__cond_broadcast(&r->changed);
            return;
        }
    }
}

/* One step on this thread. The request's own step may have ended it or not; the caller looks. */
static void drive(pith_request *r) {
    pith_engine *e = r->engine;
    e->driving = true;
    bool worked = pith__engine_step(e);
    e->driving = false;
    if (!worked && r->state != PITH__REQ_DONE) { /* cannot be: a submitted request is always work, sooner or later */
        pith__request_fail(r, pith__fail(PITH_E_INTERNAL, "the engine has no work, but the request waits"));
    }
}

static void sleep_until(pith_request *r, uint64_t deadline) {
    uint64_t until = r->deadline_ns != 0 && r->deadline_ns < deadline ? r->deadline_ns : deadline;
    pith__cond_wait_until(&r->changed, &r->engine->lock, until);
    if (r->deadline_ns != 0 && pith__clock_ns() >= r->deadline_ns) {
        pith__request_finish(r, PITH_STOP_DEADLINE);
    }
}

/* With the lock held. */
static int32_t wait_for(pith_request *r, bool (*ready)(const pith_request *), uint64_t timeout_ms) {
    pith_engine *e = r->engine;
    uint64_t deadline = deadline_of(timeout_ms);
    r->waiters++;
    /* With timeout 0 the deadline has passed, but a look still does one step where nobody else drives: a host that only
     * looks would wait for ever otherwise. */
    bool look = true;
    while (!ready(r) && (look || pith__clock_ns() < deadline)) {
        look = false;
        if (!e->has_scheduler && !e->driving) {
            drive(r);
        } else if (timeout_ms > 0) {
            sleep_until(r, deadline);
        }
    }
    r->waiters--;
    if (!e->has_scheduler && !e->driving) {
        hand_over(e, r);
    }
    return ready(r) ? PITH_OK
                    : pith__fail(PITH_E_TIMEOUT, "nothing new within %llu ms; the request goes on",
                                 (unsigned long long)timeout_ms);
}

/* With the lock held. */
static int32_t check_submitted(const pith_request *r) {
    if (r->state == PITH__REQ_NEW) {
        return pith__fail(PITH_E_STATE, "the request was not submitted yet");
    }
    return PITH_OK;
}

/* Copies the next event for the consumer: the output's arrays may move as they grow. */
static int32_t take_event(pith_request *r) {
    const pith__event *end = &r->out.events[r->read_events];
    pith__event size = {end->text - r->read.text, end->bytes - r->read.bytes, end->ids - r->read.ids};
    uint64_t wanted = size.ids * sizeof(int32_t) + size.text + size.bytes;
    if (wanted > r->view_capacity) {
        PITH_TRY(pith__mem_resize(pith__request_mem(r), (void **)&r->view, wanted + 64, 1, "event of a request"));
        r->view_capacity = wanted + 64;
    }
    char *at = r->view;
    if (size.ids > 0) {
        memcpy(at, r->out.ids + r->read.ids, size.ids * sizeof(int32_t));
        at += size.ids * sizeof(int32_t);
    }
    if (size.text > 0) {
        memcpy(at, r->out.text + r->read.text, size.text);
        at += size.text;
    }
    if (size.bytes > 0) {
        memcpy(at, r->out.bytes + r->read.bytes, size.bytes);
    }
    r->view_size = size;
    r->view_current = true;
    r->read = *end;
    r->read_events++;
    return PITH_OK;
}

static int32_t report_end(pith_request *r, int32_t *event) {
    if (r->status != PITH_OK) {
        return pith__error_adopt(r->status, r->error);
    }
    *event = PITH_EVENT_END;
    return PITH_OK;
}

static int32_t next_event(pith_request *r, uint64_t timeout_ms, int32_t *event) {
    PITH_TRY(check_submitted(r));
    r->view_current = false;
    PITH_TRY(wait_for(r, has_event, timeout_ms));
    if (r->read_events < r->out.n_events) {
        PITH_TRY(take_event(r));
        *event = PITH_EVENT_TEXT;
        return PITH_OK;
    }
    return report_end(r, event);
}

int32_t pith__request_next(pith_request *r, uint64_t timeout_ms, int32_t *event) {
    *event = 0;
    PITH_TRY(pith__engine_check(r->engine));
    pith__mutex_lock(&r->engine->lock);
    int32_t status = next_event(r, timeout_ms, event);
    pith__mutex_unlock(&r->engine->lock);
    return status;
}

static int32_t wait_end(pith_request *r, uint64_t timeout_ms) {
    int32_t event;
    PITH_TRY(check_submitted(r));
    PITH_TRY(wait_for(r, is_done, timeout_ms));
    return report_end(r, &event);
}

int32_t pith__request_wait(pith_request *r, uint64_t timeout_ms) {
    PITH_TRY(pith__engine_check(r->engine));
    pith__mutex_lock(&r->engine->lock);
    int32_t status = wait_end(r, timeout_ms);
    pith__mutex_unlock(&r->engine->lock);
    return status;
}

int32_t pith__request_run(pith_request *r, pith_event_fn callback, void *user) {
    if (r->state == PITH__REQ_NEW) {
        PITH_TRY(pith__request_submit(r));
    }
    for (;;) {
        int32_t event;
        PITH_TRY(pith__request_next(r, PITH_FOREVER, &event));
        if (callback && callback(user, r, event) != 0) {
            return pith__request_cancel(r);
        }
        if (event == PITH_EVENT_END) {
            return PITH_OK;
        }
    }
}

int32_t pith__request_cancel(pith_request *r) {
    PITH_TRY(pith__engine_check(r->engine));
    pith__mutex_lock(&r->engine->lock);
    pith__request_finish(r, PITH_STOP_CANCEL);
    if (!r->in_step) {
        pith__engine_drop(r); /* its pages are free at once; a step that uses them gives them back at its end */
    }
    pith__mutex_unlock(&r->engine->lock);
    return PITH_OK;
}
