"""A native request: made, filled and submitted at once. One thread at a time works with it, others wait; cancel and
close may come from any thread at any time.

Waiting looks up every POLL_MS: that is when Python handles signals, so that Ctrl-C ends the request.
"""

import contextlib
import ctypes as C
import os
from array import array
from typing import TYPE_CHECKING, Any, Callable, List, Mapping, Optional, Sequence, Tuple, TypeVar

from . import _constants as k
from ._constants import StopReason
from ._errors import CanceledError, PithError
from ._engine import Engine
from ._exclusive import Exclusive
from ._handle import Handle
from ._interrupt import interruptible
from ._library import check, copy_view, failure, get_i64, lib, make
from ._owner import handle_of
from ._results import GenerateResult, Likely, Token
from ._settings import NativeOptions
from ._text import Piece

if TYPE_CHECKING:
    from ._model import Model

T = TypeVar("T")
POLL_MS = 50
_next = lib.pith_request_next
_view = lib.pith_request_view
_string_at = C.string_at
_OK, _TIMEOUT, _END = k.OK, k.E_TIMEOUT, k.EVENT_END
_TEXT, _BYTES, _IDS = k.VIEW_TEXT, k.VIEW_BYTES, k.VIEW_IDS


class Request:
    """`inputs`: of each input its pieces, as _text.pieces_of gives them."""

    def __init__(
        self,
        model: "Model",
        engine: Optional[Engine],
        kind: int,
        inputs: Sequence[List[Any]],
        options: Mapping[str, Any],
    ) -> None:
        # Out-parameters, for one thread at a time.
        self._event, self._data, self._size = C.c_int32(), C.c_void_p(), C.c_uint64()
        self._outs = C.byref(self._event), C.byref(self._data), C.byref(self._size)
        self.handle = self._create_interruptibly(model, engine, kind, options)
        self._exclusive = Exclusive(self.handle)
        try:
            self._exclusive.use(lambda address: _fill(address, inputs))
        except BaseException:
            self.handle.close()
            raise

    def _create_interruptibly(
        self, model: "Model", engine: Optional[Engine], kind: int, options: Mapping[str, Any]
    ) -> Handle:
        """An engine that takes a model says so to the log hook; with the model it took last it is silent."""

        def create() -> Handle:
            return self._create(model, engine, kind, options)

        taker = engine if isinstance(engine, Engine) else model
        takes = (model._handle, os.getpid())
        if taker._took == takes:
            return create()
        handle = interruptible(create, lambda: None)
        taker._took = takes
        return handle

    def _create(self, model: "Model", engine: Optional[Engine], kind: int, options: Mapping[str, Any]) -> Handle:
        name = "the stream" if kind == k.GENERATE else "the request"
        with NativeOptions(k.SCOPE_REQUEST, options) as settings, contextlib.ExitStack() as parents:
            model_address = parents.enter_context(model._handle)
            chosen = None if engine is None else parents.enter_context(handle_of(engine, Engine, "engine"))
            address = make(lib.pith_request_create, chosen, model_address, kind, settings)
            return Handle(self, name, address, lib.pith_request_release, lib.pith_request_cancel)

    def _waiting(self, work: Callable[[int], T]) -> T:
        """As Exclusive.use; an exception that comes from outside, such as KeyboardInterrupt, cancels the request."""
        try:
            return self._exclusive.use(work)
        except PithError:
            raise
        except BaseException:
            self.handle.cancel()
            raise

    def next(self) -> Optional[Token]:
        """Waits for the next event; None at the end."""
        return self._waiting(self._next)

    def _next(self, address: int) -> Optional[Token]:
        event = self._outs[0]
        status = _next(address, POLL_MS, event)
        while status == _TIMEOUT:
            self._cancel_if_closed(address)
            status = _next(address, POLL_MS, event)
        if status != _OK:
            raise failure(status)
        if self._event.value == _END:
            return None
        return self._token(address)

    def _token(self, address: int) -> Token:
        """Of the event that was just taken. Written out: this is what a token costs."""
        data, size = self._data, self._size
        _, data_out, size_out = self._outs
        parts = []
        for view in (_TEXT, _IDS, _BYTES):
            status = _view(address, view, 0, data_out, size_out)
            if status != _OK:
                raise failure(status)
            length = size.value
            parts.append(_string_at(data.value or 0, length) if length else b"")
        text, ids, exact = parts
        return Token(text.decode("utf-8", "replace"), tuple(memoryview(ids).cast("i")), exact)

    def wait(self) -> None:
        """Waits for the end, leaving events unread."""
        self._waiting(self._wait)

    def _wait(self, address: int) -> None:
        status = lib.pith_request_wait(address, POLL_MS)
        while status == _TIMEOUT:
            self._cancel_if_closed(address)
            status = lib.pith_request_wait(address, POLL_MS)
        check(status)

    def _cancel_if_closed(self, address: int) -> None:
        if self.handle.closed:
            lib.pith_request_cancel(address)

    # ---- results ----

    def _locate(self, address: int, view: int, index: int = 0) -> Tuple[Optional[int], int]:
        check(_view(address, view, index, self._outs[1], self._outs[2]))
        return self._data.value, self._size.value

    def _copy(self, address: int, view: int, index: int = 0) -> bytes:
        return copy_view(*self._locate(address, view, index))

    def prompt_tokens(self) -> int:
        """Tokens of all inputs."""
        return self._exclusive.use(lambda address: get_i64(lib.pith_request_get_i64, address, k.REQUEST_PROMPT_TOKENS))

    def result(self) -> GenerateResult:
        """All of a generation; after the end."""
        return self._exclusive.use(self._result)

    def _result(self, address: int) -> GenerateResult:
        logprobs = _floats(self._copy(address, k.VIEW_LOGPROBS))
        return GenerateResult(
            text=self._copy(address, k.VIEW_ALL_TEXT).decode("utf-8", "replace"),
            ids=_ints(self._copy(address, k.VIEW_ALL_IDS)),
            stop=StopReason(get_i64(lib.pith_request_get_i64, address, k.REQUEST_STOP)),
            prompt_tokens=get_i64(lib.pith_request_get_i64, address, k.REQUEST_PROMPT_TOKENS),
            seconds_queued=_seconds(address, k.REQUEST_SECONDS_QUEUED),
            seconds_prompt=_seconds(address, k.REQUEST_SECONDS_PROMPT),
            seconds_generate=_seconds(address, k.REQUEST_SECONDS_GENERATE),
            logprobs=logprobs,
            top=[self._likely(address, index) for index in range(len(logprobs))],
        )

    def _likely(self, address: int, index: int) -> List[Likely]:
        ids = _ints(self._copy(address, k.VIEW_TOP_IDS, index))
        return [Likely(*pair) for pair in zip(ids, _floats(self._copy(address, k.VIEW_TOP_LOGPROBS, index)))]

    def vectors(self) -> Tuple[Optional[int], int, int]:
        """Address, count and width of all vectors, which live until the request is closed; after the end."""
        return self._exclusive.use(self._vectors)

    def _vectors(self, address: int) -> Tuple[Optional[int], int, int]:
        if get_i64(lib.pith_request_get_i64, address, k.REQUEST_STOP) == StopReason.CANCEL:
            raise CanceledError("the request was canceled")
        where, size = self._locate(address, k.VIEW_VECTORS)
        width = get_i64(lib.pith_request_get_i64, address, k.REQUEST_WIDTH)
        return where, size // (4 * width), width


def _fill(address: int, inputs: Sequence[List[Any]]) -> None:
    for index, pieces in enumerate(inputs):
        if index > 0:
            check(lib.pith_request_next_input(address))
        for piece in pieces:
            if isinstance(piece, Piece):
                if piece.text:
                    check(
                        lib.pith_request_add_text(
                            address, piece.text, len(piece.text), k.TRUSTED if piece.trusted else k.UNTRUSTED
                        )
                    )
            else:
                check(lib.pith_request_add_tokens(address, piece, len(piece)))
    check(lib.pith_request_submit(address))


def _ints(data: bytes) -> List[int]:
    return array("i", data).tolist()


def _floats(data: bytes) -> List[float]:
    return array("f", data).tolist()


def _seconds(address: int, field: int) -> float:
    value = C.c_double()
    check(lib.pith_request_get_f64(address, field, C.byref(value)))
    return value.value
