/* Requests before and after the engine has them: making, filling, submitting, releasing. Waiting is in wait.c. */
#include "engine/request.h"
#include "base/checked.h"
#include "engine/engine_state.h"
#include <string.h>

/* ---- Making and freeing ---- */

static int32_t copy_array(pith__mem *mem, const void *from, uint64_t count, uint64_t size, void **out) {
    *out = NULL;
    if (count == 0) {
        return PITH_OK;
    }
    PITH_TRY(pith__mem_calloc(mem, out, count, size, "options of a request"));
    memcpy(*out, from, count * size);
    return PITH_OK;
}

static int32_t check_biases(const pith_request *r) {
    for (uint64_t i = 0; i < r->options.sampler.n_biases; i++) {
        int32_t id = r->options.sampler.biases[i].id;
        if (id < 0 || (uint32_t)id >= r->model->hparams.vocab) {
            return pith__fail(PITH_E_OPTION, "logit_bias names token %d; this model has tokens 0 to %u", id,
                              r->model->hparams.vocab - 1);
        }
    }
    return PITH_OK;
}

static int32_t create_generator(pith_request *r, const pith__request_options *o) {
    pith__mem *mem = pith__request_mem(r);
    PITH_TRY(check_biases(r));
    PITH_TRY(pith__sampler_create(mem, r->engine->host->kernels, &o->sampler, r->model->hparams.vocab, &r->sampler));
    if (o->n_stops > 0) {
        PITH_TRY(pith__stopper_create(mem, o->stops, o->n_stops, &r->stopper));
    }
    if (o->loop_guard) {
        PITH_TRY(pith__loop_guard_create(mem, PITH__LOOP_PERIOD, PITH__LOOP_LENGTH, &r->guard));
    }
    if (!r->model->tokenizer) {
        return PITH_OK;
    }
    pith__decoder_init(&r->decoder, r->model->tokenizer, o->show_special);
    r->token_capacity = pith__tokenizer_max_bytes(r->model->tokenizer);
    return PITH_NEW_ARRAY(mem, &r->token_bytes, r->token_capacity, "bytes of a token");
}

static int32_t create_parts(pith_request *r, const pith__request_options *o) {
    pith__mem *mem = pith__request_mem(r);
    r->options.stops = NULL; /* the stopper has its own copy; so has the sampler of the biases */
    r->options.n_stops = 0;
    r->options.stop_tokens = NULL;
    PITH_TRY(copy_array(mem, o->stop_tokens, o->n_stop_tokens, sizeof(*o->stop_tokens),
                        (void **)(uintptr_t)&r->options.stop_tokens));
    PITH_TRY(PITH_NEW_ARRAY(mem, &r->inputs, 1, "input of a request"));
    r->inputs[0].request = r;
    r->n_inputs = 1;
    if (r->kind == PITH_GENERATE) {
        PITH_TRY(create_generator(r, o));
    }
    r->options.sampler.biases = NULL;
    return PITH_OK;
}

/* Needs no lock: the engine has let go of the request. */
static void free_request(pith_request *r) {
    pith__mem *mem = pith__request_mem(r);
    pith_model *model = r->model;
    pith_engine *engine = r->engine;
    for (uint64_t i = 0; i < r->n_inputs; i++) {
        pith__token_list_free(mem, &r->inputs[i].ids);
        pith__mem_free(mem, r->inputs[i].pages);
    }
    pith__mem_free(mem, r->inputs);
    pith__mem_free(mem, (void *)(uintptr_t)r->options.stop_tokens);
    pith__sampler_release(r->sampler);
    pith__stopper_release(r->stopper);
    pith__loop_guard_release(r->guard);
    pith__mem_free(mem, r->token_bytes);
    pith__output_free(mem, &r->out);
    pith__mem_free(mem, r->view);
    pith__cond_destroy(&r->changed);
    pith__mem_free(mem, r);
    pith__engine_release(engine);
    pith__model_release(model);
}

static int32_t join_lane(pith_request *r) {
    pith__mutex_lock(&r->engine->lock);
    int32_t status = pith__engine_lane(r->engine, r->model, &r->lane);
    pith__mutex_unlock(&r->engine->lock);
    return status;
}

static int32_t check_kind(const pith_model *model, int32_t kind) {
    uint32_t needed = kind == PITH_GENERATE ? PITH__CAN_GENERATE : kind == PITH_EMBED ? PITH__CAN_EMBED : 0;
    if (needed == 0) {
        return pith__fail(PITH_E_ARGUMENT, "%d is not a kind of request; PITH_GENERATE and PITH_EMBED are", kind);
    }
    if (!(model->family->capabilities & needed)) {
        return pith__fail(PITH_E_UNSUPPORTED, "a %s model cannot %s", model->family->name,
                          kind == PITH_GENERATE ? "generate" : "embed");
    }
    return PITH_OK;
}

int32_t pith__request_create(pith_engine *engine, pith_model *model, int32_t kind, const pith__request_options *options,
                             pith_request **out) {
    pith_request *r;
    *out = NULL;
    PITH_TRY(pith__engine_check(engine));
    PITH_TRY(check_kind(model, kind));
    PITH_TRY(PITH_NEW(&model->host->mem, &r, "request"));
    int32_t status = pith__cond_init(&r->changed);
    if (status != PITH_OK) {
        pith__mem_free(&model->host->mem, r);
        return status;
    }
    r->engine = engine;
    r->model = model;
    r->kind = kind;
    r->options = *options;
    pith__engine_retain(engine);
    pith__model_retain(model);
    status = create_parts(r, options);
    if (status == PITH_OK) {
        status = join_lane(r);
    }
    if (status != PITH_OK) {
        free_request(r);
        return status;
    }
    *out = r;
    return PITH_OK;
}

void pith__request_release(pith_request *r) {
    if (!r || pith__engine_check(r->engine) != PITH_OK) {
        return; /* in a forked child the engine's locks may be held by nobody: its requests are left alone */
    }
    pith__mutex_lock(&r->engine->lock);
    if (r->state == PITH__REQ_SUBMITTED) {
        pith__request_finish(r, PITH_STOP_CANCEL);
    }
    while (r->in_step) {
        pith__cond_wait(&r->changed, &r->engine->lock);
    }
    pith__engine_drop(r);
    r->lane->requests--;
    pith__mutex_unlock(&r->engine->lock);
    free_request(r);
}

/* ---- Inputs ---- */

static pith__sequence *open_input(pith_request *r) {
    return &r->inputs[r->n_inputs - 1];
}

static int32_t check_new(const pith_request *r) {
    if (r->state != PITH__REQ_NEW) {
        return pith__fail(PITH_E_STATE,
                          "the request was submitted or canceled: it takes no input, and cannot be submitted again");
    }
    return PITH_OK;
}

static int32_t push_id(pith__mem *mem, pith__sequence *s, int32_t id) {
    if (s->ids.count == s->ids.capacity) {
        uint64_t grown = s->ids.capacity + s->ids.capacity / 2 + 16;
        PITH_TRY(PITH_GROW_ARRAY(mem, &s->ids.ids, grown, "input of a request"));
        s->ids.capacity = grown;
    }
    s->ids.ids[s->ids.count++] = id;
    return PITH_OK;
}

static int32_t add_bos(pith_request *r, pith__sequence *s) {
    const pith__tokenizer *t = r->model->tokenizer;
    bool wanted = r->options.add_bos == 2 || (r->options.add_bos == 1 && pith__tokenizer_adds_bos(t));
    if (s->ids.count > 0 || !wanted || pith__tokenizer_bos(t) < 0) {
        return PITH_OK;
    }
    return push_id(pith__request_mem(r), s, (int32_t)pith__tokenizer_bos(t));
}

int32_t pith__request_add_text(pith_request *r, pith__str text, bool trusted) {
    PITH_TRY(check_new(r));
    if (!r->model->tokenizer) {
        return pith__fail(PITH_E_UNSUPPORTED, "this model file has no vocabulary: give the input as token ids");
    }
    pith__sequence *s = open_input(r);
    const pith__span span = {text, trusted};
    uint64_t before = s->ids.count;
    PITH_TRY(add_bos(r, s));
    int32_t status = pith__tokenize(r->model->tokenizer, pith__request_mem(r), &span, 1, 0, &s->ids);
    if (status != PITH_OK) {
        s->ids.count = before;
        return status;
    }
    s->text_last = true;
    return PITH_OK;
}

int32_t pith__request_add_tokens(pith_request *r, const int32_t *ids, uint64_t count) {
    PITH_TRY(check_new(r));
    pith__sequence *s = open_input(r);
    uint64_t before = s->ids.count;
    for (uint64_t i = 0; i < count; i++) {
        int32_t status = PITH_OK;
        if (ids[i] < 0 || (uint32_t)ids[i] >= r->model->hparams.vocab) {
            status = pith__fail(PITH_E_ARGUMENT, "token %llu of the input is %d; this model has tokens 0 to %u",
                                (unsigned long long)i, ids[i], r->model->hparams.vocab - 1);
        } else {
            status = push_id(pith__request_mem(r), s, ids[i]);
        }
        if (status != PITH_OK) {
            s->ids.count = before;
            return status;
        }
    }
    s->text_last = count == 0 && s->text_last;
    return PITH_OK;
}

int32_t pith__request_next_input(pith_request *r) {
    PITH_TRY(check_new(r));
    if (r->kind != PITH_EMBED) {
        return pith__fail(PITH_E_UNSUPPORTED, "a generate request has one input: make a request for each text");
    }
    PITH_TRY(PITH_GROW_ARRAY(pith__request_mem(r), &r->inputs, r->n_inputs + 1, "inputs of a request"));
    memset(&r->inputs[r->n_inputs], 0, sizeof(r->inputs[0]));
    r->inputs[r->n_inputs].request = r;
    r->n_inputs++;
    return PITH_OK;
}

/* ---- Submitting ---- */

/* An input that is still empty starts from BOS, or from whatever ends a text where there is no BOS. */
static int32_t start_empty(pith_request *r, pith__sequence *s) {
    const pith__tokenizer *t = r->model->tokenizer;
    int64_t id = t ? pith__tokenizer_bos(t) : -1;
    id = id < 0 && t ? pith__tokenizer_eos(t) : id;
    if (id < 0) {
        return pith__fail(PITH_E_ARGUMENT, "the input is empty, and this model has no BOS token to start from");
    }
    return push_id(pith__request_mem(r), s, (int32_t)id);
}

/* Tokens a sequence may come to, prompt included. */
static uint64_t longest(const pith_request *r, const pith__sequence *s) {
    if (r->kind == PITH_EMBED) {
        return s->prompt;
    }
    uint64_t room = (uint64_t)r->lane->context + 1 - s->prompt; /* the last token needs no place in the cache */
    uint64_t wanted = r->options.max_tokens;
    return s->prompt + (wanted == 0 || wanted > room ? room : wanted);
}

static int32_t reserve_sequence(pith_request *r, pith__sequence *s) {
    pith__mem *mem = pith__request_mem(r);
    uint64_t tokens = longest(r, s);
    uint64_t cached = tokens > r->lane->context ? r->lane->context : tokens;
    s->n_pages = (uint32_t)pith__div_up(cached, PITH__ATTN_BLOCK);
    if (s->ids.capacity < tokens) {
        PITH_TRY(PITH_GROW_ARRAY(mem, &s->ids.ids, tokens, "tokens of a request"));
        s->ids.capacity = tokens;
    }
    return PITH_NEW_ARRAY(mem, &s->pages, s->n_pages, "pages of a request");
}

static int32_t seal_input(pith_request *r, pith__sequence *s) {
    if (s->sealed) {
        return PITH_OK;
    }
    if (s->text_last && r->kind == PITH_EMBED) {
        PITH_TRY(pith__tokenize(r->model->tokenizer, pith__request_mem(r), NULL, 0, PITH__TOKENIZE_EOS, &s->ids));
    }
    s->text_last = false;
    if (s->ids.count == 0) {
        PITH_TRY(start_empty(r, s));
    }
    if (s->ids.count > r->lane->context) {
        return pith__fail(PITH_E_CONTEXT,
                          "the input is %llu tokens; the context holds %u (see the options context and kv_tokens)",
                          (unsigned long long)s->ids.count, r->lane->context);
    }
    s->prompt = s->ids.count;
    PITH_TRY(reserve_sequence(r, s));
    s->sealed = true;
    return PITH_OK;
}

static int32_t seal(pith_request *r) {
    for (uint64_t i = 0; i < r->n_inputs; i++) {
        PITH_TRY(seal_input(r, &r->inputs[i]));
    }
    if (r->kind == PITH_EMBED && !r->out.vectors) {
        PITH_TRY(pith__pooling_begin(r));
    }
    return PITH_OK;
}

static void show_prompt_to_sampler(pith_request *r) {
    for (uint64_t i = 0; r->sampler && i < r->inputs[0].prompt; i++) {
        pith__sampler_accept(r->sampler, r->inputs[0].ids.ids[i]);
    }
}

static int32_t enqueue(pith_request *r) {
    pith_engine *e = r->engine;
    uint64_t queued = 0;
    PITH_TRY(check_new(r)); /* it may have been canceled since */
    pith_request **link = &e->requests;
    for (; *link; link = &(*link)->next) {
        queued += (*link)->state == PITH__REQ_SUBMITTED && !(*link)->started;
    }
    if (queued >= e->options.queue_limit) {
        return pith__fail(PITH_E_BUSY, "%llu requests wait already (queue_limit is %u): try again later",
                          (unsigned long long)queued, e->options.queue_limit);
    }
    r->submit_ns = pith__clock_ns();
    r->deadline_ns = r->options.deadline_ms ? r->submit_ns + r->options.deadline_ms * UINT64_C(1000000) : 0;
    r->state = PITH__REQ_SUBMITTED;
    *link = r;
    r->next = NULL;
    show_prompt_to_sampler(r);
    pith__cond_signal(&e->work);
    return PITH_OK;
}

int32_t pith__request_submit(pith_request *r) {
    PITH_TRY(pith__engine_check(r->engine));
    PITH_TRY(check_new(r));
    PITH_TRY(seal(r));
    pith__mutex_lock(&r->engine->lock);
    int32_t status = enqueue(r);
    pith__mutex_unlock(&r->engine->lock);
    return status;
}
