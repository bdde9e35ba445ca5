/* The inside of a request: its inputs (each one sequence), its output, and where it stands.
 *
 * Who may touch what: before submit, the caller's thread. Afterwards everything but the sampler is guarded by the
 * engine's lock; the sampler, and a sequence's pages while `in_step`, belong to whoever runs the step. */
#ifndef PITH_ENGINE_REQUEST_H
#define PITH_ENGINE_REQUEST_H

#include "base/os.h"
#include "engine/engine.h"
#include "engine/lane.h"

typedef enum pith__sequence_state {
    PITH__SEQ_WAITING,
    PITH__SEQ_RUNNING,
    PITH__SEQ_DONE
} pith__sequence_state;

/* One input and what it became: the token ids so far, and how many of them are in the KV cache. */
typedef struct pith__sequence pith__sequence;
struct pith__sequence {
    pith__sequence *next; /* in the lane's list of running ones */
    pith_request *request;
    pith__token_list ids; /* prompt, then what was generated */
    uint64_t prompt;      /* how many of them are the prompt */
    uint64_t computed;    /* how many are in the cache */
    uint32_t *pages;
    uint32_t n_pages;
    pith__sequence_state state;
    bool sealed;     /* BOS and EOS are decided */
    bool text_last;  /* the last piece was text */
    uint64_t vector; /* embed: index of its first vector */
};

typedef enum pith__request_state {
    PITH__REQ_NEW,
    PITH__REQ_SUBMITTED,
    PITH__REQ_DONE
} pith__request_state;

/* Where an event ends in the output's arrays. */
typedef struct pith__event {
    uint64_t text, bytes, ids;
} pith__event;

typedef struct pith__output {
    char *text;  /* whole UTF-8, as shown */
    char *bytes; /* exact bytes of all tokens */
    int32_t *ids;
    float *logprobs;
    int32_t *top_ids; /* n a token */
    float *top_logprobs;
    pith__event *events;
    float *vectors;
    uint64_t n_text, n_bytes, n_ids, n_events, n_vectors;
    uint64_t cap_text, cap_bytes, cap_ids, cap_events;
    uint64_t shown; /* bytes of `bytes` that went into text */
    uint64_t keep;  /* bytes of `bytes` that the stop strings allow to be shown */
} pith__output;

struct pith_request {
    pith_request *next; /* in the engine's list of submitted ones */
    pith_engine *engine;
    pith__lane *lane;
    pith_model *model;
    int32_t kind;
    pith__request_options options;
    _Atomic pith__request_state state; /* written under the lock; a cancel may come from any thread at any time */
    int32_t stop;                      /* PITH_STOP_* */
    int32_t status;                    /* how it failed */
    bool started;                      /* some sequence was admitted: it no longer counts as queued */
    bool in_step;                      /* the step being computed touches it */
    uint32_t waiters;
    pith__cond changed; /* new events, or the end, or out of the step */

    pith__sequence *inputs; /* n_inputs, the last one open until submit */
    uint64_t n_inputs, next_input, done_inputs;

    pith__sampler *sampler;
    pith__stopper *stopper;
    pith__loop_guard *guard;
    pith__decoder decoder;
    pith__output out;
    uint64_t token_capacity; /* longest token's bytes */
    char *token_bytes;

    pith__event read; /* how far the consumer has read */
    uint64_t read_events;
    char *view; /* the consumer's copy of the last event: bytes, text, ids */
    uint64_t view_capacity;
    pith__event view_size;
    bool view_current;

    uint64_t submit_ns, start_ns, first_ns, last_ns, deadline_ns;
    char error[PITH__ERROR_CAPACITY];
};

/* ---- Output (output.c); engine's lock held ---- */

/* Takes one generated token: bytes, stop strings, guards, events. Ends the request if something says so. */
void pith__output_token(pith_request *r, pith__sequence *s, int32_t id, float logprob, const int32_t *top_ids,
                        const float *top_logprobs);
/* Ends the request: shows what was held back, keeps the reason, wakes the waiters. Does nothing to one that has ended.
 */
void pith__request_finish(pith_request *r, int32_t stop);
/* Ends it as failed, with this thread's error text. */
void pith__request_fail(pith_request *r, int32_t status);
void pith__output_free(pith__mem *mem, pith__output *out);

/* ---- Pooling (pooling.c) ---- */

/* Makes room for all vectors, once the prompts are known. */
int32_t pith__pooling_begin(pith_request *r);
/* Takes the hidden state of position `position` of s. */
void pith__pooling_take(pith_request *r, const pith__sequence *s, uint64_t position, const float *hidden);
/* Finishes a sequence's vector; PITH_E_NUMERIC when it is not finite. */
int32_t pith__pooling_end(pith_request *r, const pith__sequence *s);

static inline pith__mem *pith__request_mem(const pith_request *r) {
    return &r->model->host->mem;
}

#endif
