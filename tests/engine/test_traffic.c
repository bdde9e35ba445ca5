/* Traffic: thirty-two clients at once on the bundled model, with long prompts, cancels, deadlines and releases at
 * random among them; whoever finishes has exactly what it would have had alone. Also eight threads on one model and
 * engine, for the thread sanitizer. */
#include "engine/harness.h"
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define TALES "examples/models/tales-q8_0.gguf"
enum {
    CLIENTS = 32,
    LONG_PROMPT = 900,
    TOKENS = 24
};
static int n_clients = CLIENTS, prompt_length = LONG_PROMPT;

typedef struct client {
    rig *r;
    int number;
    uint32_t random;
    outcome got;
    bool finished;
    double longest_gap;
} client;

static outcome alone[CLIENTS];
static client clients[CLIENTS];
static int32_t long_prompt[LONG_PROMPT];

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static uint32_t next_random(uint32_t *state) {
    *state = *state * 1664525u + 1013904223u;
    return *state >> 16;
}

/* Every fourth client has the long prompt, the others a short one of their own. */
static pith_request *make_request(rig *r, int number, int64_t deadline_ms) {
    pith_options *o;
    pith_request *request;
    char text[64];
    OK(pith_options_create(PITH_SCOPE_REQUEST, &o));
    OK(pith_options_set_i64(o, PITH_KEY_MAX_TOKENS, TOKENS));
    OK(pith_options_set_f64(o, PITH_KEY_TEMPERATURE, number % 3 ? 0.8 : 0));
    OK(pith_options_set_i64(o, PITH_KEY_SEED, number));
    OK(pith_options_set_i64(o, PITH_KEY_LOGPROBS, 5));
    OK(pith_options_set_i64(o, PITH_KEY_DEADLINE_MS, deadline_ms));
    OK(pith_request_create(r->engine, r->model, PITH_GENERATE, o, &request));
    pith_options_release(o);
    if (number % 4 == 0) {
        OK(pith_request_add_tokens(request, long_prompt, (uint64_t)(prompt_length - number)));
    } else {
        snprintf(text, sizeof(text), "There was once a child number %d, who", number);
        OK(pith_request_add_text(request, text, PITH_MEASURE, 0));
    }
    return request;
}

static void submit_patiently(pith_request *request) {
    int32_t status;
    const struct timespec pause = {0, 2000000};
    while ((status = pith_request_submit(request)) == PITH_E_BUSY) {
        nanosleep(&pause, NULL);
    }
    OK(status);
}

/* A client that gives up in one of several ways. */
static void give_up(client *c) {
    int32_t event;
    pith_request *request = make_request(c->r, c->number, c->random % 3 == 1 ? 5 : 0);
    submit_patiently(request);
    uint32_t events = next_random(&c->random) % 4;
    for (uint32_t i = 0; i < events; i++) {
        OK(pith_request_next(request, PITH_FOREVER, &event));
    }
    if (c->random % 3 == 0) {
        OK(pith_request_cancel(request));
        OK(pith_request_next(request, 0, &event));
    }
    pith_request_release(request);
}

static void finish(client *c) {
    int32_t event = 0;
    pith_request *request = make_request(c->r, c->number, 0);
    submit_patiently(request);
    double last = 0;
    while (event != PITH_EVENT_END) {
        OK(pith_request_next(request, PITH_FOREVER, &event));
        double t = now();
        if (last > 0 && t - last > c->longest_gap) {
            c->longest_gap = t - last;
        }
        last = t;
    }
    rig_collect(request, &c->got);
    c->finished = true;
}

static void *client_thread(void *arg) {
    client *c = arg;
    while (next_random(&c->random) % 3 != 0) {
        give_up(c);
    }
    finish(c);
    return NULL;
}

static void run_alone(rig *r, int count) {
    for (int i = 0; i < count; i++) {
        pith_request *request = make_request(r, i, 0);
        submit_patiently(request);
        rig_collect(request, &alone[i]);
    }
}

static void run_clients(int count, const setup *s) {
    rig r;
    pthread_t threads[CLIENTS];
    double gap = 0;
    int64_t pages, free_pages;
    rig_open_path(&r, s, TALES);
    run_alone(&r, count);
    double start = now();
    for (int i = 0; i < count; i++) {
        clients[i] = (client){.r = &r, .number = i, .random = 77u * (uint32_t)i + 1};
        assert_int_equal(pthread_create(&threads[i], NULL, client_thread, &clients[i]), 0);
    }
    for (int i = 0; i < count; i++) {
        pthread_join(threads[i], NULL);
    }
    for (int i = 0; i < count; i++) {
        char what[32];
        snprintf(what, sizeof(what), "client %d", i);
        assert_true(clients[i].finished);
        outcome_equal(&alone[i], &clients[i].got, what);
        gap = clients[i].longest_gap > gap ? clients[i].longest_gap : gap;
    }
    OK(pith_engine_get_i64(r.engine, PITH_ENGINE_PAGES, &pages));
    OK(pith_engine_get_i64(r.engine, PITH_ENGINE_PAGES_FREE, &free_pages));
    assert_int_equal(pages, free_pages);
    print_message(
        "%d clients, %d with prompts of about %d tokens: all as alone in %.2f s; longest gap between tokens %.0f ms\n",
        count, (count + 3) / 4, prompt_length, now() - start, 1000 * gap);
    rig_close(&r);
}

static void clients_get_what_they_would_alone(void **state) {
    const setup s = {.threads = 2, .kv_tokens = 8192};
    (void)state;
    run_clients(n_clients, &s);
}

/* Without a scheduler thread the clients' own threads drive the engine, taking turns. */
static void clients_drive_themselves(void **state) {
    const setup s = {.threads = 1, .kv_tokens = 8192};
    (void)state;
    run_clients(8, &s);
}

int main(void) {
    const char *level = getenv("PITH_CPU");
    if (level && strcmp(level, "ref") == 0) { /* scalar code would take minutes */
        n_clients = 12;
        prompt_length = 120;
    }
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(clients_get_what_they_would_alone),
        cmocka_unit_test(clients_drive_themselves),
    };
    for (int i = 0; i < LONG_PROMPT; i++) {
        long_prompt[i] = (int32_t)(40u + 7919u * (uint32_t)i % 3000u);
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
