"""The numbers of pith.h: statuses, scopes, fields, flags. Written by generate.py; they never change."""
from enum import IntEnum

#: The version of the header: major * 1000000 + minor * 1000 + patch.
VERSION = 1000
#: Ok.
OK = 0
#: An argument is wrong: NULL, out of range, or not for this call.
E_ARGUMENT = -1
#: An allocation failed, or would pass the host's limit.
E_MEMORY = -2
#: A file could not be opened or read.
E_IO = -3
#: A file is damaged or contradicts itself.
E_FORMAT = -4
#: Well formed, but not something this version knows.
E_UNSUPPORTED = -5
#: An option's key, scope or value is wrong.
E_OPTION = -6
#: The caller's buffer is too small; the size needed was returned.
E_BUFFER = -7
#: The engine's queue is full: try again later.
E_BUSY = -8
#: A hook of the host (progress) asked to stop.
E_CANCELED = -9
#: The time given has passed; the work goes on.
E_TIMEOUT = -10
#: The call does not fit the object's state.
E_STATE = -11
#: NaN or infinity appeared in the computation.
E_NUMERIC = -12
#: The object belongs to the parent process.
E_FORKED = -13
#: The operating system refused (a thread, a lock).
E_SYSTEM = -14
#: The input does not fit the context.
E_CONTEXT = -15
#: A defect in pith: please report it.
E_INTERNAL = -16
#: Host.
SCOPE_HOST = 1
#: Model.
SCOPE_MODEL = 2
#: Engine.
SCOPE_ENGINE = 3
#: Request.
SCOPE_REQUEST = 4
#: I64.
TYPE_I64 = 1
#: F64.
TYPE_F64 = 2
#: Str.
TYPE_STR = 3
#: Add_str.
TYPE_STRS = 4
#: Set_i64s.
TYPE_I64S = 5
#: Add_pair.
TYPE_PAIRS = 6
#: Name.
TEXT_NAME = 1
#: Meaning.
TEXT_MEANING = 2
#: Default.
TEXT_DEFAULT = 3
#: Range.
TEXT_RANGE = 4
#: Warning.
LOG_WARNING = 1
#: Info.
LOG_INFO = 2
#: Bytes held now.
HOST_MEMORY_USED = 1
#: Most bytes held at once so far.
HOST_MEMORY_PEAK = 2
#: Memory limit.
HOST_MEMORY_LIMIT = 3
#: Weights + vocabulary + KV cache + work.
PLAN_TOTAL = 1
#: Packed weights.
PLAN_WEIGHTS = 2
#: Tokenizer and metadata.
PLAN_VOCABULARY = 3
#: KV cache.
PLAN_KV = 4
#: Work space of a step.
PLAN_WORK = 5
#: Each running request with default options, on top of the total.
PLAN_REQUEST = 6
#: Most bytes while loading, on top of weights and vocabulary.
PLAN_LOADING = 7
#: Tokens.
MODEL_VOCABULARY = 1
#: Tokens of context it was trained for.
MODEL_CONTEXT = 2
#: Elements of an embedding vector.
MODEL_WIDTH = 3
#: Layers.
MODEL_LAYERS = 4
#: Elements of all tensors.
MODEL_PARAMETERS = 5
#: Bytes of its packed weights.
MODEL_BYTES = 6
#: Token ids; -1: none.
MODEL_BOS = 7
#: Eos.
MODEL_EOS = 8
#: General.name; "" when absent.
MODEL_NAME = 101
#: "llama"; "vocabulary-only": just that.
MODEL_FAMILY = 102
#: "GGUF v3".
MODEL_FORMAT = 103
#: "" when absent.
MODEL_CHAT_TEMPLATE = 104
#: Untrusted.
UNTRUSTED = 0
#: Trusted.
TRUSTED = 1
#: Start with BOS if the model wants it.
ADD_BOS = 2
#: Likewise EOS at the end.
ADD_EOS = 4
#: Requests waiting.
ENGINE_QUEUED = 1
#: Requests being computed.
ENGINE_RUNNING = 2
#: Pages of all KV caches.
ENGINE_PAGES = 3
#: Pages free.
ENGINE_PAGES_FREE = 4
#: Steps computed so far.
ENGINE_STEPS = 5
#: Tokens computed so far, prompts included.
ENGINE_TOKENS = 6
#: Threads.
ENGINE_THREADS = 7
#: Continue a text.
GENERATE = 1
#: A vector a text, or a token.
EMBED = 2
#: Text.
EVENT_TEXT = 1
#: End.
EVENT_END = 2
#: PITH_STOP_*; 0 before the end.
REQUEST_STOP = 1
#: Tokens of all inputs, from submit on.
REQUEST_PROMPT_TOKENS = 2
#: Tokens generated so far.
REQUEST_TOKENS = 3
#: Embed: how many vectors; after the end.
REQUEST_VECTORS = 4
#: Embed: elements of a vector.
REQUEST_WIDTH = 5
#: PITH_OK, or how the request failed.
REQUEST_STATUS = 6
#: Submit to the first step.
REQUEST_SECONDS_QUEUED = 101
#: First step to the first token.
REQUEST_SECONDS_PROMPT = 102
#: First token to the last.
REQUEST_SECONDS_GENERATE = 103
#: Of the event: whole, valid UTF-8.
VIEW_TEXT = 1
#: Of the event: the tokens' exact bytes, stop strings included.
VIEW_BYTES = 2
#: Of the event: int32_t ids.
VIEW_IDS = 3
#: After the end: the whole text.
VIEW_ALL_TEXT = 4
#: After the end: int32_t ids of all tokens generated, also a final end or stop token.
VIEW_ALL_IDS = 5
#: After the end: a float for each of them (logprobs).
VIEW_LOGPROBS = 6
#: After the end: the int32_t ids most likely at token `index`.
VIEW_TOP_IDS = 7
#: After the end: a float for each of those.
VIEW_TOP_LOGPROBS = 8
#: From submit on: int32_t ids of input `index`.
VIEW_PROMPT_IDS = 9
#: After the end: floats of vector `index`; for pooling none, tokens of all inputs in order.
VIEW_VECTOR = 10
#: After the end: all vectors, one after the other.
VIEW_VECTORS = 11


class StopReason(IntEnum):
    """Why a generation ended."""

    END = 1
    """The model ended its text."""
    TOKEN = 2
    """A token of stop_tokens."""
    STRING = 3
    """A text of stop."""
    LENGTH = 4
    """Max_tokens reached."""
    CONTEXT = 5
    """The context is full."""
    LOOP = 6
    """The loop guard."""
    DEADLINE = 7
    """Deadline_ms has passed."""
    CANCEL = 8
    """Canceled."""
    DONE = 9
    """Embed: all vectors are there."""
    ERROR = 10
    """It failed: see PITH_REQUEST_STATUS and pith_request_error_copy."""
