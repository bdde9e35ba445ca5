"""The tokens of a generation as they come: an iterator and an asynchronous iterator in one. Must not know: models,
engines."""

import asyncio
import weakref
from types import TracebackType
from typing import TYPE_CHECKING, Optional, Type

from ._errors import ClosedError, StateError
from ._handle import interpreter_ends
from ._owner import Owner
from ._pump import Pump
from ._request import Request
from ._results import GenerateResult, Token

if TYPE_CHECKING:
    from typing_extensions import Self


class TokenStream(Owner):
    """`for token in stream` or `async for token in stream`, once; `with` or `async with` to end it on leaving half-way.

    A stream that is dropped ends its generation too. One thread or task at a time takes tokens (others wait); cancel
    and close may come from any thread. Ctrl-C while the main thread waits cancels the generation and raises
    KeyboardInterrupt. Raises ClosedError after close, and the PithError with which a generation failed. When the
    interpreter ends, so does the stream, without an exception.
    """

    def __init__(self, request: Request) -> None:
        self._request = request
        self._handle = request.handle
        self._pump: Optional[Pump] = None
        weakref.finalize(self, self._handle.close).atexit = False  # also while a thread waits with the request

    def __iter__(self) -> "Self":
        return self

    def __next__(self) -> Token:
        if self._pump is not None:
            raise StateError("this stream is read with 'async for': go on with that")
        try:
            token = self._request.next()
        except ClosedError:
            if not interpreter_ends():
                raise
            token = None
        if token is None:
            raise StopIteration
        return token

    def __aiter__(self) -> "Self":
        return self

    async def __anext__(self) -> Token:
        """Waits without holding up the event loop. When the waiting is canceled no token is lost: the next call has
        it."""
        if self._handle.closed:
            raise ClosedError("the stream is closed")
        if self._pump is None:
            self._pump = Pump(self._request)
        token = await self._pump.next()
        if token is None:
            raise StopAsyncIteration
        return token

    @property
    def prompt_tokens(self) -> int:
        """Tokens of the prompt."""
        return self._request.prompt_tokens()

    def cancel(self) -> None:
        """Ends the generation early; what was generated is still given. After close, nothing happens."""
        self._handle.cancel()

    def result(self) -> GenerateResult:
        """Waits for the end, and gives all of it, also what was read already."""
        self._request.wait()
        return self._request.result()

    async def aresult(self) -> GenerateResult:
        """As result; canceling the waiting cancels the generation."""
        try:
            return await asyncio.get_running_loop().run_in_executor(None, self.result)
        except asyncio.CancelledError:
            self.cancel()
            raise

    async def aclose(self) -> None:
        """As close, which waits for nothing but the step that is being computed."""
        self.close()

    async def __aenter__(self) -> "Self":
        return self

    async def __aexit__(
        self, kind: Optional[Type[BaseException]], value: Optional[BaseException], traceback: Optional[TracebackType]
    ) -> None:
        self.close()
