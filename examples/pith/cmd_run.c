/* pith run: continues a text, streaming it as it comes, or as one JSON object at the end. */
#include "commands.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    PROMPT,
    PROMPT_FILE,
    TRUSTED,
    JSON,
    TIMINGS
};

static const char *stop_name(int64_t stop) {
    static const char *const names[] = {"none", "end",      "token",  "string", "length", "context",
                                        "loop", "deadline", "cancel", "done",   "error"};
    return stop >= 0 && stop <= PITH_STOP_ERROR ? names[stop] : "unknown";
}

/* ---- input ---- */

static bool add_prompt(pith_request *request, const invocation *in) {
    bytes prompt = {NULL, 0};
    const char *text = in->values[PROMPT] ? in->values[PROMPT] : "";
    uint64_t length = strlen(text);
    if (in->values[PROMPT_FILE]) {
        if (!read_all(in->values[PROMPT_FILE], &prompt)) {
            return false;
        }
        text = prompt.data;
        length = prompt.size;
    }
    int32_t status = PITH_OK;
    if (length > 0) { /* an input without pieces is BOS alone */
        status = pith_request_add_text(request, text, length, in->values[TRUSTED] ? PITH_TRUSTED : PITH_UNTRUSTED);
    }
    free(prompt.data);
    return !failed(status, "the prompt");
}

/* ---- work ---- */

static void show_event(const pith_request *request) {
    const void *text;
    uint64_t size;
    if (pith_request_view(request, PITH_VIEW_TEXT, 0, &text, &size) == PITH_OK) {
        fwrite(text, 1, size, stdout);
        fflush(stdout);
    }
}

/* Pulls events until the end; looks for Ctrl-C between them. */
static bool generate(pith_request *request, bool show) {
    int32_t event = 0;
    if (failed(pith_request_submit(request), "cannot start")) {
        return false;
    }
    while (event != PITH_EVENT_END) {
        if (interrupted()) {
            pith_request_cancel(request);
        }
        int32_t status = pith_request_next(request, 100, &event);
        if (status != PITH_E_TIMEOUT && failed(status, "generation failed")) {
            return false;
        }
        if (show && event == PITH_EVENT_TEXT) {
            show_event(request);
        }
    }
    return true;
}

/* ---- results ---- */

static int64_t number(const pith_request *request, int32_t field) {
    int64_t value;
    pith_request_get_i64(request, field, &value);
    return value;
}

static double seconds(const pith_request *request, int32_t field) {
    double value;
    pith_request_get_f64(request, field, &value);
    return value;
}

static double rate(int64_t count, double seconds) {
    return count > 0 && seconds > 0 ? (double)count / seconds : 0;
}

typedef struct timings {
    int64_t prompt_tokens, tokens;
    double load, queued, prompt, generation, prompt_rate, generation_rate;
} timings;

static timings measure(const pith_request *request, const session *s) {
    timings t = {
        .prompt_tokens = number(request, PITH_REQUEST_PROMPT_TOKENS),
        .tokens = number(request, PITH_REQUEST_TOKENS),
        .load = s->load_seconds,
        .queued = seconds(request, PITH_REQUEST_SECONDS_QUEUED),
        .prompt = seconds(request, PITH_REQUEST_SECONDS_PROMPT),
        .generation = seconds(request, PITH_REQUEST_SECONDS_GENERATE),
    };
    t.prompt_rate = rate(t.prompt_tokens, t.prompt);
    t.generation_rate = rate(t.tokens - 1, t.generation); /* the first token is the prompt's */
    return t;
}

static void print_timings(const timings *t) {
    printf("{\"load_seconds\": %.6f, \"queue_seconds\": %.6f, \"prompt_tokens\": %lld, \"prompt_seconds\": %.6f, "
           "\"prompt_tokens_per_second\": %.3f, \"generated_tokens\": %lld, \"generation_seconds\": %.6f, "
           "\"generation_tokens_per_second\": %.3f}",
           t->load, t->queued, (long long)t->prompt_tokens, t->prompt, t->prompt_rate, (long long)t->tokens,
           t->generation, t->generation_rate);
}

/* [{"id": ..., "logprob": ..., "top": {"id": logprob, ...}}, ...] */
static void print_logprobs(const pith_request *request, const int32_t *ids, size_t count) {
    const void *logprobs, *top_ids, *top;
    uint64_t size;
    pith_request_view(request, PITH_VIEW_LOGPROBS, 0, &logprobs, &size);
    printf(", \"logprobs\": [");
    for (size_t i = 0; i < count; i++) {
        printf("%s{\"id\": %d, \"logprob\": %.9g, \"top\": {", i ? ", " : "", (int)ids[i],
               (double)((const float *)logprobs)[i]);
        pith_request_view(request, PITH_VIEW_TOP_IDS, i, &top_ids, &size);
        pith_request_view(request, PITH_VIEW_TOP_LOGPROBS, i, &top, &size);
        for (size_t k = 0; k < size / sizeof(float); k++) {
            printf("%s\"%d\": %.9g", k ? ", " : "", (int)((const int32_t *)top_ids)[k],
                   (double)((const float *)top)[k]);
        }
        printf("}}");
    }
    printf("]");
}

static void print_json(const pith_request *request, const session *s) {
    const void *text, *ids, *logprobs;
    uint64_t text_size, ids_size, logprobs_size;
    timings t = measure(request, s);
    pith_request_view(request, PITH_VIEW_ALL_TEXT, 0, &text, &text_size);
    pith_request_view(request, PITH_VIEW_ALL_IDS, 0, &ids, &ids_size);
    pith_request_view(request, PITH_VIEW_LOGPROBS, 0, &logprobs, &logprobs_size);
    printf("{\"text\": ");
    json_string(text, text_size);
    printf(", \"tokens\": ");
    json_ids(ids, ids_size / sizeof(int32_t));
    printf(", \"stop\": \"%s\"", stop_name(number(request, PITH_REQUEST_STOP)));
    if (logprobs_size > 0) {
        print_logprobs(request, ids, ids_size / sizeof(int32_t));
    }
    printf(", \"timings\": ");
    print_timings(&t);
    puts("}");
}

static void print_summary(const pith_request *request, const session *s) {
    timings t = measure(request, s);
    fprintf(stderr, "%s after %lld tokens; load %.2f s; prompt %lld tokens, %.1f a second; generation %.1f a second\n",
            stop_name(number(request, PITH_REQUEST_STOP)), (long long)t.tokens, t.load, (long long)t.prompt_tokens,
            t.prompt_rate, t.generation_rate);
}

static int finish(const pith_request *request, const session *s, const invocation *in) {
    if (in->values[JSON]) {
        print_json(request, s);
    } else {
        putchar('\n');
    }
    if (in->values[TIMINGS]) {
        fflush(stdout);
        print_summary(request, s);
    }
    return interrupted() ? EXIT_INTERRUPTED : EXIT_DONE;
}

static int run(const invocation *in) {
    session s = {0};
    pith_request *request = NULL;
    int code = EXIT_FAILED;
    watch_interrupt();
    if (open_model(&s, in->model, in->options[PITH_SCOPE_HOST], in->options[PITH_SCOPE_MODEL]) &&
        open_engine(&s, in->options[PITH_SCOPE_ENGINE]) &&
        !failed(pith_request_create(s.engine, s.model, PITH_GENERATE, in->options[PITH_SCOPE_REQUEST], &request),
                "request") &&
        add_prompt(request, in) && generate(request, !in->values[JSON])) {
        code = finish(request, &s, in);
    }
    pith_request_release(request);
    close_session(&s);
    return code;
}

static const int32_t scopes[] = {PITH_SCOPE_REQUEST, PITH_SCOPE_ENGINE, PITH_SCOPE_MODEL, PITH_SCOPE_HOST, 0};

const command command_run = {
    "run",
    "MODEL [--prompt TEXT] [--json] [flags]",
    "Continues a text. It is printed as it comes, without the prompt.",
    true,
    scopes,
    {[PROMPT] = {"prompt", "TEXT", "what to continue; empty: start from the model's begin-of-text token"},
     [PROMPT_FILE] = {"prompt-file", "FILE", "read the prompt from a file; -: from standard input"},
     [TRUSTED] = {"trusted", NULL, "make control tokens such as <|im_end|> from the prompt's text"},
     [JSON] = {"json", NULL, "print one JSON object at the end: text, tokens, stop, timings"},
     [TIMINGS] = {"timings", NULL, "print a line of counts and speeds to standard error"}},
    run,
};
