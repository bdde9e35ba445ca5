/* The schedule: which sequences run, what a step computes, and what becomes of its results.
 *
 * Order: requests are served first come, first served; within a step, sequences that generate come first, prompts fill
 * what is left, cut so that a step stays short. Admission takes a sequence's pages for its whole life, so that a
 * running sequence never runs out of them. Invariant: none of these choices changes a result, only when it comes. */
#include "base/format.h"
#include "engine/engine_state.h"

/* A step with a long prompt should not keep others (or a deadline) waiting for more than about this long. */
#define STEP_SECONDS_SHARED 0.1
#define STEP_SECONDS_ALONE  0.5
#define FIRST_CHUNK         64u
#define SMALLEST_CHUNK      16u

/* ---- Admission ---- */

static bool is_over(const pith__sequence *s) {
    return s->request->state == PITH__REQ_DONE || s->state == PITH__SEQ_DONE;
}

static void retire(pith__lane *lane, pith__sequence *s) {
    pith__sequence **link = &lane->running;
    while (*link != s) {
        link = &(*link)->next;
    }
    *link = s->next;
    lane->n_running--;
    pith__pages_give(&lane->pages, s->pages, s->n_pages);
    s->state = PITH__SEQ_DONE;
}

void pith__engine_drop(pith_request *r) {
    for (uint64_t i = 0; i < r->n_inputs; i++) {
        if (r->inputs[i].state == PITH__SEQ_RUNNING) {
            retire(r->lane, &r->inputs[i]);
        }
    }
    pith_request **link = &r->engine->requests;
    while (*link && *link != r) {
        link = &(*link)->next;
    }
    if (*link) {
        *link = r->next;
    }
}

/* Ended requests leave, late ones end. */
static void sweep(pith_engine *e) {
    pith_request *next;
    uint64_t now = pith__clock_ns();
    for (pith_request *r = e->requests; r; r = next) {
        next = r->next;
        if (r->deadline_ns != 0 && now >= r->deadline_ns) {
            pith__request_finish(r, PITH_STOP_DEADLINE);
        }
        if (r->state == PITH__REQ_DONE) {
            pith__engine_drop(r);
        }
    }
}

static bool admit_sequence(const pith_engine *e, pith__sequence *s) {
    pith__lane *lane = s->request->lane;
    if (lane->n_running >= e->options.max_sequences || !pith__pages_take(&lane->pages, s->n_pages, s->pages)) {
        return false;
    }
    pith__sequence **link = &lane->running;
    while (*link) {
        link = &(*link)->next;
    }
    *link = s;
    s->next = NULL;
    s->state = PITH__SEQ_RUNNING;
    lane->n_running++;
    return true;
}

/* First come, first served in each lane: where one has to wait, those behind it wait too. */
static void admit(pith_engine *e) {
    for (pith__lane *lane = e->lanes; lane; lane = lane->next) {
        bool room = true;
        for (pith_request *r = e->requests; r && room; r = r->next) {
            while (r->lane == lane && room && r->next_input < r->n_inputs) {
                room = admit_sequence(e, &r->inputs[r->next_input]);
                if (room) {
                    r->next_input++;
                    r->start_ns = r->started ? r->start_ns : pith__clock_ns();
                    r->started = true;
                }
            }
        }
    }
}

/* ---- The batch ---- */

static void add_entry(pith__lane *lane, uint32_t n, pith__sequence *s, uint64_t position) {
    bool last = position + 1 == s->ids.count;
    bool embed = s->request->kind == PITH_EMBED;
    lane->entries[n] = (pith__batch_entry){
        .token = s->ids.ids[position],
        .place = {(uint32_t)position, s->pages},
        .wants_hidden = embed,
        .wants_logits = last && !embed,
    };
    lane->sequences[n] = s;
    s->request->in_step = true;
}

static uint32_t add_generating(pith__lane *lane) {
    uint32_t n = 0;
    for (pith__sequence *s = lane->running; s; s = s->next) {
        if (!is_over(s) && s->computed >= s->prompt) {
            add_entry(lane, n++, s, s->computed);
        }
    }
    return n;
}

/* How many prompt tokens fit the time a step should take, by what the last steps took. */
static uint32_t prompt_budget(const pith__lane *lane, bool shared) {
    if (lane->prompt_rate <= 0) {
        return FIRST_CHUNK;
    }
    double tokens = lane->prompt_rate * (shared ? STEP_SECONDS_SHARED : STEP_SECONDS_ALONE);
    return tokens > lane->work.rows ? lane->work.rows : tokens < SMALLEST_CHUNK ? SMALLEST_CHUNK : (uint32_t)tokens;
}

static uint32_t add_prompts(pith__lane *lane, uint32_t n, uint32_t budget) {
    for (pith__sequence *s = lane->running; s; s = s->next) {
        if (is_over(s) || s->computed >= s->prompt) {
            continue;
        }
        for (uint64_t at = s->computed; at < s->prompt && budget > 0 && n < lane->work.rows; at++, budget--) {
            add_entry(lane, n++, s, at);
        }
    }
    return n;
}

/* ---- Computing; without the lock ---- */

static void compute(pith_engine *e, pith__lane *lane, uint32_t n) {
    const pith_model *model = lane->model;
    pith__forward f = {
        .ops = {e->host->kernels, e->pool, lane->work.bad, lane->work.panel, model->options.blas_columns},
        .hparams = &model->hparams,
        .weights = &model->weights,
        .cache = &lane->cache,
        .entries = lane->entries,
        .n = n,
        .work = &lane->work,
    };
    model->family->forward(&f);
}

typedef struct sample_job {
    const pith_engine *engine;
    pith__lane *lane;
} sample_job;

static void sample_task(void *arg, uint32_t i) {
    const sample_job *job = arg;
    pith__lane *lane = job->lane;
    pith__pick *pick = &lane->picks[i];
    pith_request *r = lane->sequences[pick->entry]->request;
    uint32_t n = r->options.logprobs;
    float *logits = pith__row(lane->work.logits, lane->work.logits_index[pick->entry]);
    uint32_t vocab = lane->model->hparams.vocab;
    pick->status = PITH_OK;
    if (lane->work.bad[pick->entry]) {
        return;
    }
    if (n > 0) {
        pith__top_logprobs(job->engine->host->kernels, logits, vocab, n, pick->top_ids, pick->top_logprobs);
    }
    pick->status = pith__sampler_pick(r->sampler, logits, NULL, r->out.n_ids, &pick->id, n > 0 ? &pick->logprob : NULL);
    if (pick->status != PITH_OK) {
        pith__format(pick->error, sizeof(pick->error), "%s", pith__error_text());
    }
}

static uint32_t list_picks(pith__lane *lane, uint32_t n) {
    uint32_t picks = 0;
    for (uint32_t i = 0; i < n; i++) {
        if (lane->entries[i].wants_logits) {
            lane->picks[picks++].entry = i;
        }
    }
    return picks;
}

/* ---- Results; under the lock again ---- */

static void fail_numeric(pith_request *r) {
    pith__request_fail(r, pith__fail(PITH_E_NUMERIC,
                                     "NaN or infinity appeared in the computation: the weights are damaged, or their "
                                     "numbers too large for this model's types"));
}

/* An embed request's hidden states, in order of the entries. */
static void take_hidden(pith__lane *lane, uint32_t i) {
    pith__sequence *s = lane->sequences[i];
    if (s->request->state != PITH__REQ_DONE && s->request->kind == PITH_EMBED) {
        pith__pooling_take(s->request, s, lane->entries[i].place.position,
                           pith__row(lane->work.hidden, lane->work.hidden_index[i]));
    }
}

static void finish_input(pith__lane *lane, pith__sequence *s) {
    pith_request *r = s->request;
    int32_t status = pith__pooling_end(r, s);
    if (status != PITH_OK) {
        pith__request_fail(r, status);
        return;
    }
    retire(lane, s);
    if (++r->done_inputs == r->n_inputs) {
        pith__request_finish(r, PITH_STOP_DONE);
    }
}

static void advance(pith__lane *lane, uint32_t n) {
    for (uint32_t i = 0; i < n; i++) {
        pith__sequence *s = lane->sequences[i];
        s->computed = (uint64_t)lane->entries[i].place.position + 1;
        if (lane->work.bad[i]) {
            fail_numeric(s->request);
        }
        take_hidden(lane, i);
        if (s->request->kind == PITH_EMBED && s->computed == s->prompt && s->request->state != PITH__REQ_DONE) {
            finish_input(lane, s);
        }
    }
}

static void hand_out(pith__lane *lane, uint32_t picks) {
    for (uint32_t i = 0; i < picks; i++) {
        const pith__pick *pick = &lane->picks[i];
        pith__sequence *s = lane->sequences[pick->entry];
        if (s->request->state == PITH__REQ_DONE) {
            continue;
        }
        if (pick->status != PITH_OK) {
            pith__request_fail(s->request, pith__error_adopt(pick->status, pick->error));
            continue;
        }
        pith__sampler_accept(s->request->sampler, pick->id);
        pith__output_token(s->request, s, pick->id, pick->logprob, pick->top_ids, pick->top_logprobs);
    }
}

static void leave_step(pith__lane *lane, uint32_t n) {
    for (uint32_t i = 0; i < n; i++) {
        pith_request *r = lane->sequences[i]->request;
        if (r->in_step) {
            r->in_step = false;
            pith__cond_broadcast(&r->changed);
        }
    }
}

static void note_rate(pith__lane *lane, uint32_t prompt_tokens, uint64_t ns) {
    if (prompt_tokens < SMALLEST_CHUNK || ns == 0) {
        return;
    }
    double rate = (double)prompt_tokens * 1e9 / (double)ns;
    lane->prompt_rate = lane->prompt_rate > 0 ? 0.5 * (lane->prompt_rate + rate) : rate;
}

/* ---- A step ---- */

static bool has_work(const pith__lane *lane) {
    for (const pith__sequence *s = lane->running; s; s = s->next) {
        if (!is_over(s)) {
            return true;
        }
    }
    return false;
}

/* Lanes take turns: the first with work from `turn` on, or else from the start. */
static pith__lane *next_lane(pith_engine *e, bool *shared) {
    pith__lane *first = NULL, *after = NULL;
    bool passed = false;
    uint32_t busy = 0;
    for (pith__lane *lane = e->lanes; lane; lane = lane->next) {
        passed = passed || lane == e->turn;
        if (has_work(lane)) {
            busy++;
            first = first ? first : lane;
            after = after || !passed ? after : lane;
        }
    }
    pith__lane *found = after ? after : first;
    e->turn = found ? found->next : NULL;
    *shared = busy > 1;
    return found;
}

bool pith__engine_step(pith_engine *e) {
    bool shared;
    sweep(e);
    admit(e);
    pith__lane *lane = next_lane(e, &shared);
    if (!lane) {
        return false;
    }
    uint32_t generating = add_generating(lane);
    uint32_t n = add_prompts(lane, generating, prompt_budget(lane, shared || generating > 0));
    uint32_t picks = list_picks(lane, n);
    uint64_t start = pith__clock_ns();
    pith__mutex_unlock(&e->lock);

    compute(e, lane, n);
    sample_job job = {e, lane};
    pith__pool_run(e->pool, sample_task, &job, picks);

    pith__mutex_lock(&e->lock);
    e->steps++;
    e->tokens += n;
    note_rate(lane, n - generating, pith__clock_ns() - start);
    advance(lane, n);
    hand_out(lane, picks);
    leave_step(lane, n);
    return true;
}
