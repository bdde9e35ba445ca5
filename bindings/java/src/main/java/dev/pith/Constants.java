package dev.pith;

/** The numbers of pith.h: statuses, scopes, fields, flags. Written by constants.py; they never change and are never reused. */
public final class Constants {
    private Constants() {}

    /** The version these classes are of: major * 1000000 + minor * 1000 + patch. */
    public static final int VERSION = 1000;

    /** Ok. */
    public static final int OK = 0;

    /** An argument is wrong: NULL, out of range, or not for this call. */
    public static final int E_ARGUMENT = -1;

    /** An allocation failed, or would pass the host's limit. */
    public static final int E_MEMORY = -2;

    /** A file could not be opened or read. */
    public static final int E_IO = -3;

    /** A file is damaged or contradicts itself. */
    public static final int E_FORMAT = -4;

    /** Well formed, but not something this version knows. */
    public static final int E_UNSUPPORTED = -5;

    /** An option's key, scope or value is wrong. */
    public static final int E_OPTION = -6;

    /** The caller's buffer is too small; the size needed was returned. */
    public static final int E_BUFFER = -7;

    /** The engine's queue is full: try again later. */
    public static final int E_BUSY = -8;

    /** A hook of the host (progress) asked to stop. */
    public static final int E_CANCELED = -9;

    /** The time given has passed; the work goes on. */
    public static final int E_TIMEOUT = -10;

    /** The call does not fit the object's state. */
    public static final int E_STATE = -11;

    /** NaN or infinity appeared in the computation. */
    public static final int E_NUMERIC = -12;

    /** The object belongs to the parent process. */
    public static final int E_FORKED = -13;

    /** The operating system refused (a thread, a lock). */
    public static final int E_SYSTEM = -14;

    /** The input does not fit the context. */
    public static final int E_CONTEXT = -15;

    /** A defect in pith: please report it. */
    public static final int E_INTERNAL = -16;

    /** Host. */
    public static final int SCOPE_HOST = 1;

    /** Model. */
    public static final int SCOPE_MODEL = 2;

    /** Engine. */
    public static final int SCOPE_ENGINE = 3;

    /** Request. */
    public static final int SCOPE_REQUEST = 4;

    /** Bytes held now. */
    public static final int HOST_MEMORY_USED = 1;

    /** Most bytes held at once so far. */
    public static final int HOST_MEMORY_PEAK = 2;

    /** Memory limit. */
    public static final int HOST_MEMORY_LIMIT = 3;

    /** Weights + vocabulary + KV cache + work. */
    public static final int PLAN_TOTAL = 1;

    /** Packed weights. */
    public static final int PLAN_WEIGHTS = 2;

    /** Tokenizer and metadata. */
    public static final int PLAN_VOCABULARY = 3;

    /** KV cache. */
    public static final int PLAN_KV = 4;

    /** Work space of a step. */
    public static final int PLAN_WORK = 5;

    /** Each running request with default options, on top of the total. */
    public static final int PLAN_REQUEST = 6;

    /** Most bytes while loading, on top of weights and vocabulary. */
    public static final int PLAN_LOADING = 7;

    /** Tokens. */
    public static final int MODEL_VOCABULARY = 1;

    /** Tokens of context it was trained for. */
    public static final int MODEL_CONTEXT = 2;

    /** Elements of an embedding vector. */
    public static final int MODEL_WIDTH = 3;

    /** Layers. */
    public static final int MODEL_LAYERS = 4;

    /** Elements of all tensors. */
    public static final int MODEL_PARAMETERS = 5;

    /** Bytes of its packed weights. */
    public static final int MODEL_BYTES = 6;

    /** Token ids; -1: none. */
    public static final int MODEL_BOS = 7;

    /** Eos. */
    public static final int MODEL_EOS = 8;

    /** General.name; "" when absent. */
    public static final int MODEL_NAME = 101;

    /** "llama"; "vocabulary-only": just that. */
    public static final int MODEL_FAMILY = 102;

    /** "GGUF v3". */
    public static final int MODEL_FORMAT = 103;

    /** "" when absent. */
    public static final int MODEL_CHAT_TEMPLATE = 104;

    /** Untrusted. */
    public static final int UNTRUSTED = 0;

    /** Trusted. */
    public static final int TRUSTED = 1;

    /** Start with BOS if the model wants it. */
    public static final int ADD_BOS = 2;

    /** Likewise EOS at the end. */
    public static final int ADD_EOS = 4;

    /** Requests waiting. */
    public static final int ENGINE_QUEUED = 1;

    /** Requests being computed. */
    public static final int ENGINE_RUNNING = 2;

    /** Pages of all KV caches. */
    public static final int ENGINE_PAGES = 3;

    /** Pages free. */
    public static final int ENGINE_PAGES_FREE = 4;

    /** Steps computed so far. */
    public static final int ENGINE_STEPS = 5;

    /** Tokens computed so far, prompts included. */
    public static final int ENGINE_TOKENS = 6;

    /** Threads. */
    public static final int ENGINE_THREADS = 7;

    /** Continue a text. */
    public static final int GENERATE = 1;

    /** A vector a text, or a token. */
    public static final int EMBED = 2;

    /** Text. */
    public static final int EVENT_TEXT = 1;

    /** End. */
    public static final int EVENT_END = 2;

    /** PITH_STOP_*; 0 before the end. */
    public static final int REQUEST_STOP = 1;

    /** Tokens of all inputs, from submit on. */
    public static final int REQUEST_PROMPT_TOKENS = 2;

    /** Tokens generated so far. */
    public static final int REQUEST_TOKENS = 3;

    /** Embed: how many vectors; after the end. */
    public static final int REQUEST_VECTORS = 4;

    /** Embed: elements of a vector. */
    public static final int REQUEST_WIDTH = 5;

    /** PITH_OK, or how the request failed. */
    public static final int REQUEST_STATUS = 6;

    /** The model ended its text. */
    public static final int STOP_END = 1;

    /** A token of PITH_KEY_STOP_TOKENS. */
    public static final int STOP_TOKEN = 2;

    /** A text of PITH_KEY_STOP. */
    public static final int STOP_STRING = 3;

    /** PITH_KEY_MAX_TOKENS reached. */
    public static final int STOP_LENGTH = 4;

    /** The context is full. */
    public static final int STOP_CONTEXT = 5;

    /** The loop guard. */
    public static final int STOP_LOOP = 6;

    /** PITH_KEY_DEADLINE_MS has passed. */
    public static final int STOP_DEADLINE = 7;

    /** Canceled. */
    public static final int STOP_CANCEL = 8;

    /** Embed: all vectors are there. */
    public static final int STOP_DONE = 9;

    /** It failed: see PITH_REQUEST_STATUS and pith_request_error_copy. */
    public static final int STOP_ERROR = 10;

    /** Submit to the first step. */
    public static final int REQUEST_SECONDS_QUEUED = 101;

    /** First step to the first token. */
    public static final int REQUEST_SECONDS_PROMPT = 102;

    /** First token to the last. */
    public static final int REQUEST_SECONDS_GENERATE = 103;

    /** Of the event: whole, valid UTF-8. */
    public static final int VIEW_TEXT = 1;

    /** Of the event: the tokens' exact bytes, stop strings included. */
    public static final int VIEW_BYTES = 2;

    /** Of the event: int32_t ids. */
    public static final int VIEW_IDS = 3;

    /** After the end: the whole text. */
    public static final int VIEW_ALL_TEXT = 4;

    /** After the end: int32_t ids of all tokens generated, also a final end or stop token. */
    public static final int VIEW_ALL_IDS = 5;

    /** After the end: a float for each of them (PITH_KEY_LOGPROBS). */
    public static final int VIEW_LOGPROBS = 6;

    /** After the end: the int32_t ids most likely at token `index`. */
    public static final int VIEW_TOP_IDS = 7;

    /** After the end: a float for each of those. */
    public static final int VIEW_TOP_LOGPROBS = 8;

    /** From submit on: int32_t ids of input `index`. */
    public static final int VIEW_PROMPT_IDS = 9;

    /** After the end: floats of vector `index`; for pooling none, tokens of all inputs in order. */
    public static final int VIEW_VECTOR = 10;

    /** After the end: all vectors, one after the other. */
    public static final int VIEW_VECTORS = 11;
}
