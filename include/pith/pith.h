/* pith.h - run transformer language models inside your program: generate, embed, tokenize.
 *
 * TEN MINUTES
 *
 *     pith_model *model;
 *     pith_request *request;
 *     int32_t event;
 *     const void *text;
 *     uint64_t size;
 *
 *     if (pith_model_open_path("model.gguf", &model) != PITH_OK) { ...pith_error_copy() says why... }
 *     pith_request_create(NULL, model, PITH_GENERATE, NULL, &request);
 *     pith_request_add_text(request, "Once upon a time", PITH_MEASURE, PITH_UNTRUSTED);
 *     pith_request_submit(request);
 *     while (pith_request_next(request, PITH_FOREVER, &event) == PITH_OK && event == PITH_EVENT_TEXT) {
 *         pith_request_view(request, PITH_VIEW_TEXT, 0, &text, &size);
 *         fwrite(text, 1, size, stdout);
 *     }
 *     pith_request_release(request);
 *     pith_model_release(model);
 *
 * THE OBJECTS
 *   host     where memory, log lines and threads come from, and how much memory may be used. NULL = malloc, silence, no limit.
 *   source   where a model's bytes come from: a path, a file descriptor, memory, or your own reader.
 *   options  numbered settings for one of the above or below. NULL = defaults.
 *   plan     what a model and an engine will take in memory, told before anything is loaded.
 *   model    weights and vocabulary. Immutable; any number of threads and engines share it.
 *   engine   workers, the KV cache and the schedule. Requests of many threads, for one or several models, are computed together.
 *            NULL = the model's own engine, made at first use with default options.
 *   request  one piece of work: generate a continuation, or embed texts. Belongs to the thread that works with it.
 *   decoder  turns a stream of token ids into whole UTF-8.
 *
 * RULES THAT HOLD EVERYWHERE
 *   Results    Every function returns a status: PITH_OK (0), or one of PITH_E_* (negative), unless its comment says otherwise. When it
 *              fails, its out-parameters hold NULL or 0 and pith_error_copy() on the same thread gives a sentence that says
 *              what was wrong and what to do.
 *   Text       is UTF-8, given as pointer and length in bytes; PITH_MEASURE as length means that it ends with a zero byte. Invalid
 *              UTF-8 is allowed in.
 *   Buffers    of the caller: (buffer, capacity, &size). Too small: PITH_E_BUFFER, *size tells what is needed, nothing is written.
 *              A NULL buffer with capacity 0 asks for the size: that returns PITH_E_BUFFER too, unless the size is 0. Texts are
 *              written without a closing zero; only those of pith_error_copy and pith_request_error_copy have one.
 *   Views      are borrowed pointers into an object; each function says for how long.
 *   Ownership  What a _create, _open or _from_ function gives is yours to _release, once. Release takes NULL. Children retain their
 *              parents: any order of releases is safe. Options are copied when used.
 *   Threads    Options, sources, decoders and requests: one thread at a time (pith_request_cancel: any thread). All else: any thread
 *              at any time. The library calls your code only through the hooks you set (allocator, log, executor, reader, progress) and
 *              the callback of pith_request_run, which runs on the thread that called it.
 *   Fork       In the child, engines and requests of the parent answer PITH_E_FORKED (releasing them is fine); models stay usable.
 *   Promises   The library never exits, aborts, prints, or changes signal handlers, locale, floating-point mode or BLAS settings.
 *   Numbers    of statuses, keys, fields and kinds never change and are never reused.
 *
 * This is version 0: the ABI may still change; CHANGELOG.md names every break. From 1.0 it is append-only.
 */
#ifndef PITH_H
#define PITH_H

#include <stdint.h>

#if defined(_WIN32)
#if defined(PITH_BUILD)
#define PITH_API __declspec(dllexport)
#else
#define PITH_API
#endif
#elif defined(__GNUC__)
#define PITH_API __attribute__((visibility("default")))
#else
#define PITH_API
#endif

#ifdef __cplusplus
extern "C" {
#endif

typedef struct pith_host pith_host;
typedef struct pith_options pith_options;
typedef struct pith_source pith_source;
typedef struct pith_plan pith_plan;
typedef struct pith_model pith_model;
typedef struct pith_engine pith_engine;
typedef struct pith_request pith_request;
typedef struct pith_decoder pith_decoder;

#define PITH_MEASURE UINT64_MAX /* as a text's length: "it ends with a zero byte, measure it" */
#define PITH_FOREVER UINT64_MAX /* as a timeout */

/* ------------------------------------------------------------------------------------------------------------------ *
 * Statuses
 * ------------------------------------------------------------------------------------------------------------------ */

#define PITH_OK 0
#define PITH_E_ARGUMENT (-1)    /* an argument is wrong: NULL, out of range, or not for this call */
#define PITH_E_MEMORY (-2)      /* an allocation failed, or would pass the host's limit */
#define PITH_E_IO (-3)          /* a file could not be opened or read */
#define PITH_E_FORMAT (-4)      /* a file is damaged or contradicts itself */
#define PITH_E_UNSUPPORTED (-5) /* well formed, but not something this version knows */
#define PITH_E_OPTION (-6)      /* an option's key, scope or value is wrong */
#define PITH_E_BUFFER (-7)      /* the caller's buffer is too small; the size needed was returned */
#define PITH_E_BUSY (-8)        /* the engine's queue is full: try again later */
#define PITH_E_CANCELED (-9)    /* a hook of the host (progress) asked to stop */
#define PITH_E_TIMEOUT (-10)    /* the time given has passed; the work goes on */
#define PITH_E_STATE (-11)      /* the call does not fit the object's state */
#define PITH_E_NUMERIC (-12)    /* NaN or infinity appeared in the computation */
#define PITH_E_FORKED (-13)     /* the object belongs to the parent process */
#define PITH_E_SYSTEM (-14)     /* the operating system refused (a thread, a lock) */
#define PITH_E_CONTEXT (-15)    /* the input does not fit the context */
#define PITH_E_INTERNAL (-16)   /* a defect in pith: please report it */

/* ------------------------------------------------------------------------------------------------------------------ *
 * Library
 * ------------------------------------------------------------------------------------------------------------------ */

/* Returns the version of the library that runs: major * 1000000 + minor * 1000 + patch. Any thread. Since 0.1. */
PITH_API uint32_t pith_version(void);

/* Writes what this build is, as a JSON object: version, numerics revision, layout number, CPU levels (those of this machine),
 * families, tensor types, OpenBLAS's own description or null. Statuses: OK, BUFFER, ARGUMENT, MEMORY. Any thread. Since 0.1. */
PITH_API int32_t pith_build_json(char *buffer, uint64_t capacity, uint64_t *size);

/* Returns the fixed name of a status ("PITH_E_FORMAT"), for logs; "PITH_E_UNKNOWN" for an unknown number. Never NULL. Since 0.1. */
PITH_API const char *pith_status_name(int32_t status);

/* Copies the sentence that explains the calling thread's last failed call, with a closing zero; *size (may be NULL) is its length
 * without the zero. Unlike other calls it cuts the text to `capacity` rather than refuse, so that a fixed buffer always does.
 * Statuses: OK, ARGUMENT (no buffer). Since 0.1. */
PITH_API int32_t pith_error_copy(char *buffer, uint64_t capacity, uint64_t *size);

/* ------------------------------------------------------------------------------------------------------------------ *
 * Options: settings by number
 *
 * An options object has one scope, and takes the keys of that scope only. A wrong key, type or value fails at the setter, with the
 * range in the message. The same names and ranges can be read back (pith_key_*), and options can be set from JSON, so that
 * bindings and command lines need no tables of their own.
 * ------------------------------------------------------------------------------------------------------------------ */

#define PITH_SCOPE_HOST 1
#define PITH_SCOPE_MODEL 2
#define PITH_SCOPE_ENGINE 3
#define PITH_SCOPE_REQUEST 4

/* Key                                     type     [default] meaning; ranges and the same words can be read with pith_key_* */
#define PITH_KEY_MEMORY_LIMIT 100       /* i64      [0] bytes the library may hold at once; 0: no limit */
#define PITH_KEY_CPU 101                /* str      [""] highest instruction set to use: ref, avx2, ...; "": what PITH_CPU in the
                                         *          environment says, or else the best */

#define PITH_KEY_EXACT 200              /* i64      [0] 1: float matrices take pith's own kernels: same bits everywhere */
#define PITH_KEY_LOAD_THREADS 201       /* i64      [0] threads that read and pack weights; 0: all processors */
#define PITH_KEY_METADATA_LIMIT 202     /* i64      [1073741824] bytes a file's metadata may take */
#define PITH_KEY_BLAS_COLUMNS 203       /* i64      [0] fewest columns at which a float matrix goes to OpenBLAS; 0: as measured
                                         *          (the scalar level early, the vector levels never) */
#define PITH_KEY_VOCABULARY_FAMILY 204  /* str      [""] of a tiktoken file, which does not say how text is cut and which tokens are
                                         *          special: the family it goes with: cl100k_base, qwen, glm4, ... */

#define PITH_KEY_THREADS 300            /* i64      [0] threads that compute; 0: all processors; 1: the caller's own, none is started */
#define PITH_KEY_CONTEXT 301            /* i64      [0] most tokens of one sequence; 0: the model's own limit */
#define PITH_KEY_KV_TOKENS 302          /* i64      [0] tokens the KV cache holds for all sequences; 0: up to four contexts, at most
                                         *          8192 (or PITH_KEY_CONTEXT, if that is more); it bounds the context */
#define PITH_KEY_KV_TYPE 303            /* str      [f16] element type of the KV cache: f16, f32, q8_0 (half of f16) */
#define PITH_KEY_BATCH_TOKENS 304       /* i64      [512] most tokens computed in one step */
#define PITH_KEY_MAX_SEQUENCES 305      /* i64      [64] most sequences computed in one step */
#define PITH_KEY_QUEUE_LIMIT 306        /* i64      [256] requests that may wait; one more is PITH_E_BUSY */

#define PITH_KEY_MAX_TOKENS 400         /* i64      [256] tokens to generate at most; 0: until the context is full */
#define PITH_KEY_TEMPERATURE 401        /* f64      [0.7] 0: greedy */
#define PITH_KEY_TOP_K 402              /* i64      [40] 0: off */
#define PITH_KEY_TOP_P 403              /* f64      [0.95] 1: off */
#define PITH_KEY_MIN_P 404              /* f64      [0] 0: off */
#define PITH_KEY_TYPICAL_P 405          /* f64      [1] 1: off */
#define PITH_KEY_REPEAT_PENALTY 406     /* f64      [1] 1: off */
#define PITH_KEY_FREQUENCY_PENALTY 407  /* f64      [0] 0: off */
#define PITH_KEY_PRESENCE_PENALTY 408   /* f64      [0] 0: off */
#define PITH_KEY_PENALTY_LAST_N 409     /* i64      [64] tokens the penalties look back at; 0: none, -1: all */
#define PITH_KEY_SEED 410               /* i64      [0] same seed, same text */
#define PITH_KEY_STOP 411               /* add_str  [none] a text that ends generation and is not shown; may be added often */
#define PITH_KEY_STOP_TOKENS 412        /* i64s     [none] ids that end generation */
#define PITH_KEY_LOGIT_BIAS 413         /* pair     [none] (id, what is added to its logit; -infinity forbids it) */
#define PITH_KEY_LOOP_GUARD 414         /* i64      [1] 1: end endless repetition with PITH_STOP_LOOP */
#define PITH_KEY_LOGPROBS 415           /* i64      [0] 0: none; n (to 20): log-probability of each token, and the n most likely ones */
#define PITH_KEY_DEADLINE_MS 416        /* i64      [0] milliseconds from submit to the end; 0: none */
#define PITH_KEY_ADD_BOS 417            /* i64      [1] 1: start with BOS where the model wants it; 0: never; 2: always */
#define PITH_KEY_IGNORE_EOG 418         /* i64      [0] 1: go on past end-of-text tokens */
#define PITH_KEY_SHOW_SPECIAL 419       /* i64      [0] 1: control tokens appear in the text */
#define PITH_KEY_POOLING 420            /* str      [mean] embed: mean, last, first, none (one vector a token) */
#define PITH_KEY_NORMALIZE 421          /* i64      [1] embed: 1: vectors of length 1 */

/* Creates options of one scope (PITH_SCOPE_*), all at their defaults. Statuses: OK, ARGUMENT, MEMORY. Since 0.1. */
PITH_API int32_t pith_options_create(int32_t scope, pith_options **out);
/* Creates a copy. Statuses: OK, ARGUMENT, MEMORY. Since 0.1. */
PITH_API int32_t pith_options_clone(const pith_options *options, pith_options **out);
PITH_API void pith_options_release(pith_options *options);

/* Set one value; what add_ functions gather is emptied by pith_options_clear. Statuses: OK, ARGUMENT (NULL), OPTION (unknown key,
 * other scope, other type, out of range, a text with a zero byte), MEMORY. Text and arrays are copied. Since 0.1. */
PITH_API int32_t pith_options_set_i64(pith_options *options, int32_t key, int64_t value);
PITH_API int32_t pith_options_set_f64(pith_options *options, int32_t key, double value);
PITH_API int32_t pith_options_set_str(pith_options *options, int32_t key, const char *text, uint64_t length);
PITH_API int32_t pith_options_add_str(pith_options *options, int32_t key, const char *text, uint64_t length);
PITH_API int32_t pith_options_set_i64s(pith_options *options, int32_t key, const int64_t *values, uint64_t count);
PITH_API int32_t pith_options_add_pair(pith_options *options, int32_t key, int64_t first, double second);
/* Puts one key back to its default. Statuses: OK, ARGUMENT, OPTION. Since 0.1. */
PITH_API int32_t pith_options_clear(pith_options *options, int32_t key);

/* Sets several keys from a JSON object, by their names: {"temperature": 0.7, "stop": ["\n\n"], "logit_bias": {"42": -1.5}}. Either
 * all are set or none; lists are replaced, null stands for the default; whole numbers past 2^53 are given as strings. Statuses: OK,
 * ARGUMENT, FORMAT (not JSON), OPTION (the message names the key), MEMORY. Since 0.1. */
PITH_API int32_t pith_options_set_json(pith_options *options, const char *json, uint64_t length);
/* Writes every key of the scope with the value in effect, as a JSON object that set_json takes. Statuses: OK, BUFFER, ARGUMENT,
 * MEMORY. Since 0.1. */
PITH_API int32_t pith_options_get_json(const pith_options *options, char *buffer, uint64_t capacity, uint64_t *size);

/* Looks a key up by its name ("top_p") within a scope. Statuses: OK, OPTION (no such key), ARGUMENT. Since 0.1. */
PITH_API int32_t pith_key_find(int32_t scope, const char *name, uint64_t length, int32_t *key);
/* Lists the keys of a scope: the index-th, in order of number; PITH_E_OPTION past the end. Since 0.1. */
PITH_API int32_t pith_key_at(int32_t scope, uint32_t index, int32_t *key);
/* What a key takes: PITH_TYPE_*, or a negative status. Since 0.1. */
PITH_API int32_t pith_key_type(int32_t key);
#define PITH_TYPE_I64 1
#define PITH_TYPE_F64 2
#define PITH_TYPE_STR 3
#define PITH_TYPE_STRS 4  /* add_str */
#define PITH_TYPE_I64S 5  /* set_i64s */
#define PITH_TYPE_PAIRS 6 /* add_pair */
/* Bounds and default of a number key, as doubles. Statuses: OK, OPTION (not a number key), ARGUMENT. Since 0.1. */
PITH_API int32_t pith_key_range(int32_t key, double *lowest, double *highest, double *normal);
/* A key's words: PITH_TEXT_NAME ("top_p"), PITH_TEXT_MEANING (one line), PITH_TEXT_DEFAULT, PITH_TEXT_RANGE. NULL for an unknown
 * key or kind; the text lives for ever. Since 0.1. */
PITH_API const char *pith_key_text(int32_t key, int32_t kind);
#define PITH_TEXT_NAME 1
#define PITH_TEXT_MEANING 2
#define PITH_TEXT_DEFAULT 3
#define PITH_TEXT_RANGE 4

/* ------------------------------------------------------------------------------------------------------------------ *
 * Host: memory, log, threads
 * ------------------------------------------------------------------------------------------------------------------ */

/* The allocator hook: like realloc, but told the old size and the alignment (a power of two, at least 16). ptr NULL: allocate;
 * new_size 0: free, return NULL. On failure return NULL and leave ptr as it is. Called from any thread. */
typedef void *(*pith_alloc_fn)(void *user, void *ptr, uint64_t old_size, uint64_t new_size, uint64_t alignment);
/* The log hook: one line of UTF-8 without a newline, length in bytes. Called from any thread; must not call pith. */
typedef void (*pith_log_fn)(void *user, int32_t level, const char *line, uint64_t length);
#define PITH_LOG_WARNING 1
#define PITH_LOG_INFO 2
/* The executor hook: call task(arg, i) once for every i below count, on any threads, in any order, and return when all have
 * returned. No task waits for another, so a plain loop is a valid executor. Called from the engine's threads. */
typedef void (*pith_task_fn)(void *arg, uint32_t index);
typedef void (*pith_executor_fn)(void *user, pith_task_fn task, void *arg, uint32_t count);
/* The progress hook of a load: `fraction` goes from 0 to 1. Return 0 to go on, anything else to stop with PITH_E_CANCELED. Called on
 * the thread that called pith_model_open. */
typedef int32_t (*pith_progress_fn)(void *user, double fraction);

/* Hooks live in options: allocator, log and executor in PITH_SCOPE_HOST, progress in PITH_SCOPE_MODEL. NULL takes one back. `user` is
 * passed through untouched. Statuses: OK, ARGUMENT, OPTION (other scope). Since 0.1. */
PITH_API int32_t pith_options_set_allocator(pith_options *options, pith_alloc_fn hook, void *user);
PITH_API int32_t pith_options_set_log(pith_options *options, pith_log_fn hook, void *user);
PITH_API int32_t pith_options_set_executor(pith_options *options, pith_executor_fn hook, void *user);
PITH_API int32_t pith_options_set_progress(pith_options *options, pith_progress_fn hook, void *user);

/* Creates a host from PITH_SCOPE_HOST options (or NULL). Statuses: OK, ARGUMENT, OPTION (a CPU level this machine lacks), MEMORY.
 * Since 0.1. */
PITH_API int32_t pith_host_create(const pith_options *options, pith_host **out);
PITH_API void pith_host_release(pith_host *host);
/* Reads a counter of a host (NULL: the default one). Statuses: OK, ARGUMENT. Since 0.1. */
PITH_API int32_t pith_host_get_i64(const pith_host *host, int32_t field, int64_t *value);
#define PITH_HOST_MEMORY_USED 1 /* bytes held now */
#define PITH_HOST_MEMORY_PEAK 2 /* most bytes held at once so far */
#define PITH_HOST_MEMORY_LIMIT 3

/* ------------------------------------------------------------------------------------------------------------------ *
 * Source: where a model's bytes come from
 * ------------------------------------------------------------------------------------------------------------------ */

/* Your own reader: fill `out` with exactly `size` bytes at `offset`, return PITH_OK, or a negative status. Called from several
 * threads at once while a model is opened; never later. */
typedef int32_t (*pith_read_fn)(void *user, void *out, uint64_t size, uint64_t offset);

/* Create a source from a file; from `length` bytes at `offset` of an open descriptor (duplicated; length 0: to its end); from memory
 * (borrowed until the source is released and every pith_model_open with it has returned); from a reader of `length` bytes.
 * `host` may be NULL; it must be the one that the model is then opened with. Nothing is read yet, but a path is opened. Statuses: OK,
 * ARGUMENT, IO, MEMORY. Since 0.1. */
PITH_API int32_t pith_source_from_path(pith_host *host, const char *path, uint64_t path_length, pith_source **out);
PITH_API int32_t pith_source_from_fd(pith_host *host, int32_t fd, uint64_t offset, uint64_t length, pith_source **out);
PITH_API int32_t pith_source_from_memory(pith_host *host, const void *bytes, uint64_t length, pith_source **out);
PITH_API int32_t pith_source_from_reader(pith_host *host, pith_read_fn read, void *user, uint64_t length, pith_source **out);
/* Adds the next part of a split file, in order; `part` is taken over (release it all the same). A path to a first part
 * ("...-00001-of-00003.gguf") finds its siblings by itself. Statuses: OK, ARGUMENT, STATE (the part is in use), MEMORY. Since 0.1. */
PITH_API int32_t pith_source_add_part(pith_source *source, pith_source *part);
PITH_API void pith_source_release(pith_source *source);

/* ------------------------------------------------------------------------------------------------------------------ *
 * Plan: memory, before it is taken
 * ------------------------------------------------------------------------------------------------------------------ */

/* Reads the file's head and computes what opening it and running an engine with these options will take. Nothing stays loaded.
 * Statuses: as pith_model_open. Since 0.1. */
PITH_API int32_t pith_plan_create(pith_host *host, pith_source *source, const pith_options *model_options,
                                  const pith_options *engine_options, pith_plan **out);
PITH_API void pith_plan_release(pith_plan *plan);
/* Reads a number of the plan, in bytes. The handles themselves (host, source, engine: a KiB or so) are not in it, nor are thread stacks
 * and OpenBLAS's own buffers. Statuses: OK, ARGUMENT. Since 0.1. */
PITH_API int32_t pith_plan_get_i64(const pith_plan *plan, int32_t field, int64_t *value);
#define PITH_PLAN_TOTAL 1      /* weights + vocabulary + KV cache + work */
#define PITH_PLAN_WEIGHTS 2    /* packed weights */
#define PITH_PLAN_VOCABULARY 3 /* tokenizer and metadata */
#define PITH_PLAN_KV 4         /* KV cache */
#define PITH_PLAN_WORK 5       /* work space of a step */
#define PITH_PLAN_REQUEST 6    /* each running request with default options, on top of the total */
#define PITH_PLAN_LOADING 7    /* most bytes while loading, on top of weights and vocabulary */

/* ------------------------------------------------------------------------------------------------------------------ *
 * Model
 * ------------------------------------------------------------------------------------------------------------------ */

/* Opens the model file at `path` (ends with a zero byte) with the default host and options. Statuses: as pith_model_open. Since 0.1. */
PITH_API int32_t pith_model_open_path(const char *path, pith_model **out);
/* Opens a model: checks the whole file, reads and packs its weights. A file that holds a vocabulary alone opens too, for the functions of
 * text and tokens; requests refuse it. Such files are GGUF without tensors, Hugging Face tokenizer.json (its truncation and padding are
 * left to you), SentencePiece .model, and tiktoken files (with PITH_KEY_VOCABULARY_FAMILY). `host` and `options` (PITH_SCOPE_MODEL) may be NULL. The source
 * may be released at once. Statuses: OK, ARGUMENT, IO, FORMAT, UNSUPPORTED, MEMORY, CANCELED, SYSTEM, OPTION (host NULL, and PITH_CPU
 * names a level that this machine lacks). Since 0.1. */
PITH_API int32_t pith_model_open(pith_host *host, pith_source *source, const pith_options *options, pith_model **out);
PITH_API void pith_model_release(pith_model *model);

/* Reads a number of a model. Statuses: OK, ARGUMENT. Since 0.1. */
PITH_API int32_t pith_model_get_i64(const pith_model *model, int32_t field, int64_t *value);
#define PITH_MODEL_VOCABULARY 1 /* tokens */
#define PITH_MODEL_CONTEXT 2    /* tokens of context it was trained for */
#define PITH_MODEL_WIDTH 3      /* elements of an embedding vector */
#define PITH_MODEL_LAYERS 4
#define PITH_MODEL_PARAMETERS 5 /* elements of all tensors */
#define PITH_MODEL_BYTES 6      /* bytes of its packed weights */
#define PITH_MODEL_BOS 7        /* token ids; -1: none */
#define PITH_MODEL_EOS 8
/* Reads a text of a model, as a view that lives until the model is released. Statuses: OK, ARGUMENT. Since 0.1. */
PITH_API int32_t pith_model_get_str(const pith_model *model, int32_t field, const char **text, uint64_t *length);
#define PITH_MODEL_NAME 101          /* general.name; "" when absent */
#define PITH_MODEL_FAMILY 102        /* "llama"; "vocabulary-only": just that */
#define PITH_MODEL_FORMAT 103        /* "GGUF v3" */
#define PITH_MODEL_CHAT_TEMPLATE 104 /* "" when absent */
/* Writes what the file holds as JSON: metadata (long arrays cut to a count), tensors (name, type, shape, bytes), hyperparameters as
 * understood, the kernels chosen. Statuses: OK, BUFFER, ARGUMENT, MEMORY. Since 0.1. */
PITH_API int32_t pith_model_json(const pith_model *model, char *buffer, uint64_t capacity, uint64_t *size);

/* ------------------------------------------------------------------------------------------------------------------ *
 * Text and tokens
 * ------------------------------------------------------------------------------------------------------------------ */

/* How text is tokenized: flags, added up. Control tokens such as <|im_end|> are made from text only where it is PITH_TRUSTED; never
 * mark what a user typed. */
#define PITH_UNTRUSTED 0
#define PITH_TRUSTED 1
#define PITH_ADD_BOS 2 /* start with BOS if the model wants it */
#define PITH_ADD_EOS 4 /* likewise EOS at the end */

/* Turns text into token ids. Writes *count ids. Statuses: OK, BUFFER (*count tells), ARGUMENT, UNSUPPORTED (a model without
 * vocabulary; also of the functions below), MEMORY. Since 0.1. */
PITH_API int32_t pith_tokenize(const pith_model *model, const char *text, uint64_t length, uint32_t flags, int32_t *ids,
                               uint64_t capacity, uint64_t *count);
/* The same for `spans` pieces of text in a row, each with its own PITH_TRUSTED or PITH_UNTRUSTED in trust[i]; tokens never reach
 * across pieces. offsets (may be NULL, else 2 * capacity elements): where each token's text begins and ends, in bytes of the pieces laid
 * end to end. White space that a vocabulary drops lies between tokens; where normalizing
 * rewrote the text, a range names the whole of what was rewritten. Statuses: OK, BUFFER, ARGUMENT, MEMORY. Since 0.1. */
PITH_API int32_t pith_tokenize_spans(const pith_model *model, const char *const *texts, const uint64_t *lengths,
                                     const uint32_t *trust, uint64_t spans, uint32_t flags, int32_t *ids, uint64_t *offsets,
                                     uint64_t capacity, uint64_t *count);
/* Turns ids into their bytes (exact: may hold broken UTF-8 if the ids say so). PITH_TRUSTED in flags shows control tokens as text.
 * Statuses: OK, BUFFER, ARGUMENT (an id out of range), MEMORY. Since 0.1. */
PITH_API int32_t pith_detokenize(const pith_model *model, const int32_t *ids, uint64_t count, uint32_t flags, char *buffer,
                                 uint64_t capacity, uint64_t *size);

/* Creates a decoder: ids in, whole UTF-8 out; an incomplete sequence waits for the next id, a broken one becomes U+FFFD. Flags as in
 * pith_detokenize. Statuses: OK, ARGUMENT, MEMORY. Since 0.1. */
PITH_API int32_t pith_decoder_create(const pith_model *model, uint32_t flags, pith_decoder **out);
/* Feeds one id (or -1: the end, which flushes; the next id begins a new text). The view lives until the next call. Statuses: OK,
 * ARGUMENT. Since 0.1. */
PITH_API int32_t pith_decoder_feed(pith_decoder *decoder, int32_t id, const char **text, uint64_t *length);
PITH_API void pith_decoder_release(pith_decoder *decoder);

/* ------------------------------------------------------------------------------------------------------------------ *
 * Engine
 * ------------------------------------------------------------------------------------------------------------------ */

/* Creates an engine from PITH_SCOPE_ENGINE options (or NULL). With PITH_KEY_THREADS 1 it starts no thread at all: the work is
 * done by the threads that wait for results. Statuses: OK, ARGUMENT, OPTION, MEMORY, SYSTEM. Since 0.1. */
PITH_API int32_t pith_engine_create(pith_host *host, const pith_options *options, pith_engine **out);
PITH_API void pith_engine_release(pith_engine *engine);
/* Reads a counter. Statuses: OK, ARGUMENT, FORKED. Since 0.1. */
PITH_API int32_t pith_engine_get_i64(const pith_engine *engine, int32_t field, int64_t *value);
#define PITH_ENGINE_QUEUED 1       /* requests waiting */
#define PITH_ENGINE_RUNNING 2      /* requests being computed */
#define PITH_ENGINE_PAGES 3        /* pages of all KV caches */
#define PITH_ENGINE_PAGES_FREE 4
#define PITH_ENGINE_STEPS 5        /* steps computed so far */
#define PITH_ENGINE_TOKENS 6       /* tokens computed so far, prompts included */
#define PITH_ENGINE_THREADS 7

/* ------------------------------------------------------------------------------------------------------------------ *
 * Request
 * ------------------------------------------------------------------------------------------------------------------ */

#define PITH_GENERATE 1 /* continue a text */
#define PITH_EMBED 2    /* a vector a text, or a token */

/* Creates a request. engine NULL: the model's own. options: PITH_SCOPE_REQUEST or NULL. Statuses: OK, ARGUMENT, MEMORY, SYSTEM,
 * FORKED, OPTION (an id outside the vocabulary), UNSUPPORTED (the model cannot do this kind). Since 0.1. */
PITH_API int32_t pith_request_create(pith_engine *engine, pith_model *model, int32_t kind, const pith_options *options,
                                     pith_request **out);
/* Adds a piece of the input, as text (flags: PITH_TRUSTED or PITH_UNTRUSTED) or as ids. Pieces follow each other; a token never
 * reaches across two pieces. An input without pieces is BOS alone. Statuses: OK, ARGUMENT, STATE (already submitted), MEMORY,
 * UNSUPPORTED (text for a model without vocabulary). Since 0.1. */
PITH_API int32_t pith_request_add_text(pith_request *request, const char *text, uint64_t length, uint32_t flags);
PITH_API int32_t pith_request_add_tokens(pith_request *request, const int32_t *ids, uint64_t count);
/* Ends one input and starts the next (PITH_EMBED: many texts in one request, computed together). Statuses: OK, STATE, MEMORY,
 * UNSUPPORTED (a generate request has one input). Since 0.1. */
PITH_API int32_t pith_request_next_input(pith_request *request);
/* Gives the request to the engine and returns at once. Statuses: OK, STATE (twice), BUSY (try again later), CONTEXT (the
 * input is too long), MEMORY (it could never fit the KV cache), FORKED. Since 0.1. */
PITH_API int32_t pith_request_submit(pith_request *request);
/* Waits for the next event, at most timeout_ms milliseconds (0: only looks). PITH_EVENT_TEXT: new tokens and text, see the views
 * (a text may be empty while a UTF-8 sequence or a possible stop string is incomplete). PITH_EVENT_END: all is done; further calls
 * repeat it. Statuses: OK, TIMEOUT, STATE (not submitted), FORKED; or the request's own failure. Since 0.1. */
PITH_API int32_t pith_request_next(pith_request *request, uint64_t timeout_ms, int32_t *event);
#define PITH_EVENT_TEXT 1
#define PITH_EVENT_END 2
/* Submits if need be, then calls `callback` (NULL: none) for each event on this thread until the end. If it returns anything but 0 the
 * request is canceled and ends. Statuses: as submit and next. Since 0.1. */
typedef int32_t (*pith_event_fn)(void *user, pith_request *request, int32_t event);
PITH_API int32_t pith_request_run(pith_request *request, pith_event_fn callback, void *user);
/* Waits for the end, leaving events unread. Statuses: as pith_request_next. Since 0.1. */
PITH_API int32_t pith_request_wait(pith_request *request, uint64_t timeout_ms);
/* Ends the request early: waiters return at once with PITH_EVENT_END, what was generated stays readable. From any thread, at any
 * time before release. Statuses: OK, ARGUMENT. Since 0.1. */
PITH_API int32_t pith_request_cancel(pith_request *request);
/* Cancels if need be and frees; waits for the step that is computing it, if there is one. No other thread may be using the
 * request. NULL is fine. */
PITH_API void pith_request_release(pith_request *request);

/* Reads a number. Statuses: OK, ARGUMENT, STATE (before the end, where said). Since 0.1. */
PITH_API int32_t pith_request_get_i64(const pith_request *request, int32_t field, int64_t *value);
#define PITH_REQUEST_STOP 1          /* PITH_STOP_*; 0 before the end */
#define PITH_REQUEST_PROMPT_TOKENS 2 /* tokens of all inputs, from submit on */
#define PITH_REQUEST_TOKENS 3        /* tokens generated so far */
#define PITH_REQUEST_VECTORS 4       /* embed: how many vectors; after the end */
#define PITH_REQUEST_WIDTH 5         /* embed: elements of a vector */
#define PITH_REQUEST_STATUS 6        /* PITH_OK, or how the request failed */
#define PITH_STOP_END 1      /* the model ended its text */
#define PITH_STOP_TOKEN 2    /* a token of PITH_KEY_STOP_TOKENS */
#define PITH_STOP_STRING 3   /* a text of PITH_KEY_STOP */
#define PITH_STOP_LENGTH 4   /* PITH_KEY_MAX_TOKENS reached */
#define PITH_STOP_CONTEXT 5  /* the context is full */
#define PITH_STOP_LOOP 6     /* the loop guard */
#define PITH_STOP_DEADLINE 7 /* PITH_KEY_DEADLINE_MS has passed */
#define PITH_STOP_CANCEL 8   /* canceled */
#define PITH_STOP_DONE 9     /* embed: all vectors are there */
#define PITH_STOP_ERROR 10   /* it failed: see PITH_REQUEST_STATUS and pith_request_error_copy */
/* Reads a time, in seconds. Statuses: OK, ARGUMENT. Since 0.1. */
PITH_API int32_t pith_request_get_f64(const pith_request *request, int32_t field, double *value);
#define PITH_REQUEST_SECONDS_QUEUED 101   /* submit to the first step */
#define PITH_REQUEST_SECONDS_PROMPT 102   /* first step to the first token */
#define PITH_REQUEST_SECONDS_GENERATE 103 /* first token to the last */

/* Views of results. *size is in bytes. `index` counts from 0. Event views live until the next call of next, run or release; the others
 * are for after the end, and live until release. Statuses: OK, ARGUMENT, STATE (not at its end). Since 0.1. */
PITH_API int32_t pith_request_view(const pith_request *request, int32_t view, uint64_t index, const void **data, uint64_t *size);
#define PITH_VIEW_TEXT 1          /* of the event: whole, valid UTF-8 */
#define PITH_VIEW_BYTES 2         /* of the event: the tokens' exact bytes, stop strings included */
#define PITH_VIEW_IDS 3           /* of the event: int32_t ids */
#define PITH_VIEW_ALL_TEXT 4      /* after the end: the whole text */
#define PITH_VIEW_ALL_IDS 5       /* after the end: int32_t ids of all tokens generated, also a final end or stop token */
#define PITH_VIEW_LOGPROBS 6      /* after the end: a float for each of them (PITH_KEY_LOGPROBS) */
#define PITH_VIEW_TOP_IDS 7       /* after the end: the int32_t ids most likely at token `index` */
#define PITH_VIEW_TOP_LOGPROBS 8  /* after the end: a float for each of those */
#define PITH_VIEW_PROMPT_IDS 9    /* from submit on: int32_t ids of input `index` */
#define PITH_VIEW_VECTOR 10       /* after the end: floats of vector `index`; for pooling none, tokens of all inputs in order */
#define PITH_VIEW_VECTORS 11      /* after the end: all vectors, one after the other */
/* Copies the sentence that explains a failed request, for hosts whose threads change. As pith_error_copy. Since 0.1. */
PITH_API int32_t pith_request_error_copy(const pith_request *request, char *buffer, uint64_t capacity, uint64_t *size);

#ifdef __cplusplus
}
#endif
#endif
