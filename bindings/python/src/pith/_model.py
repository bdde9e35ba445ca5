"""Models: opening them, text and tokens, and the work they do."""

import ctypes as C
import json
from typing import (
    TYPE_CHECKING,
    Any,
    Callable,
    Dict,
    Iterable,
    List,
    Mapping,
    Optional,
    Sequence,
    Tuple,
    TypeVar,
    Union,
    overload,
)

from . import _constants as k
from ._decoder import Decoder
from ._errors import PithError
from ._handle import Handle
from ._host import Host, default_host
from ._interrupt import interruptible
from ._library import check, copy_view, get_i64, lib, make, sized
from ._owner import Owner, handle_of
from ._request import Request
from ._results import GenerateResult, Plan, TokenSpan, VectorMemory, lists_of, numpy
from ._settings import NativeOptions
from ._signatures import pith_progress_fn
from ._source import ModelSource, Opened
from ._stream import TokenStream
from ._text import Piece, Prompt, encode_ids, listed, pieces_of

if TYPE_CHECKING:
    from typing import Literal

    from typing_extensions import Self, Unpack

    from ._engine import Engine
    from ._options import EngineOptions, ModelOptions, RequestOptions
    from ._results import Vectors

T = TypeVar("T")
Progress = Callable[[float], object]


class Model(Owner):
    """Weights and vocabulary. Immutable: any number of threads and engines share one, and no call holds the
    interpreter's lock.

    Its memory is native, often most of the process's: close it. Streams, decoders and arrays made from it go on, and
    keep that memory, when it is closed.
    """

    def __init__(self, address: int) -> None:
        """For the class itself; programs use `Model.open`."""
        if not isinstance(address, _Address):
            raise TypeError("open a model with pith.Model.open(path)")
        self._handle = Handle(self, "the model", address, lib.pith_model_release)

    @classmethod
    def open(
        cls,
        source: ModelSource,
        *,
        host: Optional[Host] = None,
        progress: Optional[Progress] = None,
        **options: "Unpack[ModelOptions]",
    ) -> "Self":
        """Opens a model: checks the whole file, reads and packs its weights.

        source: a path, an open descriptor, a FileRange, the file's bytes (also an mmap; they must not change
        meanwhile), a binary file that can seek, or a list of these: the parts of a split file. Of a split file that
        is named by the path of its first part the others are found. It is needed no more when this returns.
        host: what the model's memory is counted and limited by.
        progress: called with how far the load is, from 0 to 1, on a thread of its own where the main thread opens;
        what it throws ends the load and comes out of here. Ctrl-C ends a load too.

        Raises FileError, FormatError, UnsupportedError, OutOfMemoryError, OptionError; and what a file object throws.
        """
        return _open(
            source, host, options, progress, lambda *addresses: cls(_Address(make(lib.pith_model_open, *addresses)))
        )

    @staticmethod
    def plan(
        source: ModelSource,
        *,
        host: Optional[Host] = None,
        engine: "Optional[EngineOptions]" = None,
        **options: "Unpack[ModelOptions]",
    ) -> Plan:
        """Tells what opening a model and running an engine with these options will take. Nothing stays loaded.

        Parameters and exceptions are those of `open`; engine: its options, as a dict.
        """
        return _open(
            source, host, options, None, lambda on, opened, settings: _plan(on, opened, settings, engine or {})
        )

    # ---- what it is ----

    @property
    def name(self) -> str:
        """The name in the file; "" when absent."""
        return self._text(k.MODEL_NAME)

    @property
    def family(self) -> str:
        """The family, such as "llama"; "vocabulary-only" of a file without weights."""
        return self._text(k.MODEL_FAMILY)

    @property
    def format(self) -> str:
        """The file's format, such as "GGUF v3"."""
        return self._text(k.MODEL_FORMAT)

    @property
    def chat_template(self) -> str:
        """The chat template in the file; "" when absent."""
        return self._text(k.MODEL_CHAT_TEMPLATE)

    @property
    def vocabulary_size(self) -> int:
        """Tokens of its vocabulary."""
        return self._get(k.MODEL_VOCABULARY)

    @property
    def context_size(self) -> int:
        """Tokens of context it was trained for."""
        return self._get(k.MODEL_CONTEXT)

    @property
    def width(self) -> int:
        """Elements of an embedding vector."""
        return self._get(k.MODEL_WIDTH)

    @property
    def layers(self) -> int:
        """How many layers it has."""
        return self._get(k.MODEL_LAYERS)

    @property
    def parameters(self) -> int:
        """Elements of all tensors."""
        return self._get(k.MODEL_PARAMETERS)

    @property
    def memory(self) -> int:
        """Bytes of its packed weights."""
        return self._get(k.MODEL_BYTES)

    @property
    def bos(self) -> int:
        """The id of the token that begins a text; -1: none."""
        return self._get(k.MODEL_BOS)

    @property
    def eos(self) -> int:
        """The id of the token that ends a text; -1: none."""
        return self._get(k.MODEL_EOS)

    def details(self) -> Dict[str, Any]:
        """All that the file holds: metadata (long arrays cut to a count), tensors, hyperparameters, the kernels
        chosen."""
        with self._handle as address:
            details: Dict[str, Any] = json.loads(sized(lib.pith_model_json, address))
            return details

    def _get(self, field: int) -> int:
        with self._handle as address:
            return get_i64(lib.pith_model_get_i64, address, field)

    def _text(self, field: int) -> str:
        text, size = C.c_void_p(), C.c_uint64()
        with self._handle as address:
            check(lib.pith_model_get_str(address, field, C.byref(text), C.byref(size)))
            return copy_view(text.value, size.value).decode("utf-8", "replace")

    def __repr__(self) -> str:
        if self.closed:
            return "<pith.Model, closed>"
        return f"<pith.Model {self.name or self.family!r}, {self.parameters} parameters>"

    # ---- text and tokens ----

    def tokenize(self, text: Prompt, *, trusted: bool = False, bos: bool = False, eos: bool = False) -> List[int]:
        """Token ids of a text, or of pieces that follow each other.

        Control tokens such as <|im_end|> are made only from trusted pieces, or with trusted=True from a text; never
        say so of what a user typed. bos, eos: add these tokens where the model wants them. Bytes may hold broken UTF-8.
        """
        return self._tokenize(text, trusted, bos, eos, offsets=False)[0]

    def tokenize_spans(
        self, text: Prompt, *, trusted: bool = False, bos: bool = False, eos: bool = False
    ) -> List[TokenSpan]:
        """As tokenize, with where each token's text begins and ends, in bytes of the pieces' UTF-8 laid end to end."""
        ids, offsets = self._tokenize(text, trusted, bos, eos, offsets=True)
        return [TokenSpan(token, offsets[2 * i], offsets[2 * i + 1]) for i, token in enumerate(ids)]

    def _tokenize(
        self, text: Prompt, trusted: bool, bos: bool, eos: bool, offsets: bool
    ) -> "Tuple[List[int], List[int]]":
        pieces = pieces_of(text)
        if not all(isinstance(piece, Piece) for piece in pieces):
            raise TypeError("these are token ids already")
        flags = (k.ADD_BOS if bos else 0) | (k.ADD_EOS if eos else 0)
        with self._handle as address:
            return _tokenize(address, pieces, trusted, flags, offsets)

    def detokenize(self, ids: Iterable[int], *, special: bool = False) -> str:
        """The text of ids; what is not UTF-8 becomes U+FFFD. special: control tokens are shown. ArgumentError: no
        such id."""
        return self.detokenize_bytes(ids, special=special).decode("utf-8", "replace")

    def detokenize_bytes(self, ids: Iterable[int], *, special: bool = False) -> bytes:
        """The exact bytes of ids."""
        numbers = encode_ids(ids)
        with self._handle as address:
            return sized(lib.pith_detokenize, address, numbers, len(numbers), k.TRUSTED if special else k.UNTRUSTED)

    def decoder(self, *, special: bool = False) -> Decoder:
        """Turns a stream of ids into whole text. special: control tokens are shown."""
        return Decoder(self, special)

    # ---- work ----

    @overload
    def generate(
        self,
        prompt: Prompt,
        *,
        stream: "Literal[False]" = False,
        engine: "Optional[Engine]" = None,
        **options: "Unpack[RequestOptions]",
    ) -> GenerateResult: ...

    @overload
    def generate(
        self,
        prompt: Prompt,
        *,
        stream: "Literal[True]",
        engine: "Optional[Engine]" = None,
        **options: "Unpack[RequestOptions]",
    ) -> TokenStream: ...

    def generate(
        self,
        prompt: Prompt,
        *,
        stream: bool = False,
        engine: "Optional[Engine]" = None,
        **options: "Unpack[RequestOptions]",
    ) -> Union[GenerateResult, TokenStream]:
        """Continues a text. With stream=True, gives its tokens as they come: for `for` or `async for`.

        prompt: a text, from which no control token is made; token ids; or pieces of these that follow each other, of
        which `pith.trusted(...)` may make control tokens. engine: by default the model's own, on all processors.
        options: max_tokens, temperature, top_p, seed, stop, ...: see `pith.option_help("request")`.
        Ctrl-C cancels what the main thread waits for.

        Raises OptionError, ContextError (the prompt is too long), BusyError (the queue is full: try again later),
        OutOfMemoryError, UnsupportedError (a vocabulary alone).
        """
        made = TokenStream(Request(self, engine, k.GENERATE, [pieces_of(prompt)], options))
        if stream:
            return made
        with made:
            return made.result()

    def embed(
        self,
        texts: Union[Prompt, Sequence[Prompt]],
        *,
        engine: "Optional[Engine]" = None,
        **options: "Unpack[RequestOptions]",
    ) -> "Vectors":
        """The vectors of texts, computed together.

        Returns a float32 array of shape (texts, width), for a single str or bytes of shape (width,); with
        pooling="none" (tokens of all texts, width). Vectors have length 1 unless normalize=0. Without NumPy it is
        lists of floats. The array is the request's own memory: nothing is copied, it cannot be written to, and it
        keeps the model's memory while it lives, also after close; take `array.copy()` of what is to live longer.

        Raises as generate; CanceledError when the interpreter ends meanwhile.
        """
        single = isinstance(texts, (str, bytes, bytearray, memoryview, Piece))
        many: List[Any] = (
            [texts] if single else listed(texts, "embed takes a text, or a list with a text or a list of ids each")
        )
        inputs = [pieces_of(text) for text in many]
        rows = self._embed(inputs, engine, options)
        return rows[0] if single and options.get("pooling") != "none" else rows

    def _embed(self, inputs: Sequence[List[Any]], engine: "Optional[Engine]", options: Mapping[str, Any]) -> "Vectors":
        if not inputs:
            return numpy().empty((0, self.width), "float32") if numpy() else []
        request = Request(self, engine, k.EMBED, inputs, options)
        try:
            request.wait()
            address, count, width = request.vectors()
            if numpy() and address is not None:
                request.handle.kept_at_exit = True
                return numpy().asarray(VectorMemory(request, address, count, width))
            return lists_of(address, count, width) if address is not None else self._embed([], engine, options)
        finally:
            if not request.handle.kept_at_exit:
                request.handle.close()


class _Address(int):
    """Shows that a model's address comes from the library."""


# ---- opening ----


def _open(
    source: ModelSource,
    host: Optional[Host],
    options: Mapping[str, Any],
    progress: Optional[Progress],
    work: Callable[[int, int, int], T],
) -> T:
    """Calls work(host, source, model options) with a native source. What Python code throws on the way ends it and
    comes out."""
    stopped: List[bool] = []
    thrown: List[BaseException] = []
    hook = _progress_hook(progress, stopped, thrown)
    stands_on = handle_of(default_host() if host is None else host, Host, "host")

    def opened() -> T:
        try:
            with (
                NativeOptions(k.SCOPE_MODEL, options) as settings,
                Opened(stands_on, source, thrown) as addresses,
            ):
                check(lib.pith_options_set_progress(settings, hook, None))
                return work(*addresses, settings)
        except PithError:
            for error in thrown:
                raise error from None
            raise

    return interruptible(opened, lambda: stopped.append(True))


def _progress_hook(progress: Optional[Progress], stopped: List[bool], thrown: List[BaseException]) -> Any:
    def go_on(user: object, fraction: float) -> int:
        try:
            if progress is not None and not stopped:
                progress(fraction)
            return 1 if stopped else 0
        except BaseException as error:
            thrown.append(error)
            return 1

    return pith_progress_fn(go_on)


_PLAN_FIELDS = (k.PLAN_TOTAL, k.PLAN_WEIGHTS, k.PLAN_VOCABULARY, k.PLAN_KV, k.PLAN_WORK, k.PLAN_REQUEST, k.PLAN_LOADING)


def _plan(host: int, source: int, settings: int, engine: Mapping[str, Any]) -> Plan:
    with NativeOptions(k.SCOPE_ENGINE, engine) as engine_settings:
        address = make(lib.pith_plan_create, host, source, settings, engine_settings)
    try:
        return Plan(*(get_i64(lib.pith_plan_get_i64, address, field) for field in _PLAN_FIELDS))
    finally:
        lib.pith_plan_release(address)


# ---- tokens ----


def _tokenize(
    address: int, pieces: Sequence[Any], trusted: bool, flags: int, offsets: bool
) -> "Tuple[List[int], List[int]]":
    texts = (C.c_char_p * len(pieces))(*(piece.text for piece in pieces))
    lengths = (C.c_uint64 * len(pieces))(*(len(piece.text) for piece in pieces))
    trust = (C.c_uint32 * len(pieces))(*(k.TRUSTED if trusted or piece.trusted else k.UNTRUSTED for piece in pieces))
    count = C.c_uint64(sum(lengths) + 8)  # mostly more than enough; else the library tells
    while True:
        capacity = count.value
        ids = (C.c_int32 * capacity)()
        places = (C.c_uint64 * (2 * capacity))() if offsets else None
        status = lib.pith_tokenize_spans(
            address, texts, lengths, trust, len(pieces), flags, ids, places, capacity, C.byref(count)
        )
        if status != k.E_BUFFER:
            check(status)
            return ids[: count.value], places[: 2 * count.value] if places is not None else []
