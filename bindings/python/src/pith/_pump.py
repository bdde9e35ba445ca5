"""Tokens for an asynchronous reader: a thread waits for them and wakes the event loop once for all that have come
meanwhile.

Must not know: the stream, so that a stream can be dropped while the thread waits; that closes the request, and ends
the thread.
"""

import asyncio
import threading
from collections import deque
from typing import Deque, Optional

from ._request import Request
from ._results import Token


class Pump:
    """For one event loop, on which it must be made and read."""

    def __init__(self, request: Request) -> None:
        self._request = request
        self._loop = asyncio.get_running_loop()
        self._ready: Deque[Token] = deque()
        self._news = asyncio.Event()
        self._told = False  # the loop will look, but has not yet
        self._ended = False
        self._failure: Optional[BaseException] = None
        threading.Thread(target=self._work, name="pith-stream", daemon=True).start()

    def _work(self) -> None:
        try:
            token = self._request.next()
            while token is not None:
                self._ready.append(token)
                self._tell()
                token = self._request.next()
        except BaseException as failure:
            self._failure = failure
        self._ended = True
        self._tell()

    def _tell(self) -> None:
        if self._told:
            return
        self._told = True
        try:
            self._loop.call_soon_threadsafe(self._hear)
        except RuntimeError:  # the loop is closed: nobody reads any more
            self._request.handle.cancel()

    def _hear(self) -> None:
        self._told = False
        self._news.set()

    async def next(self) -> Optional[Token]:
        """The next token, None at the end. When the waiting is canceled no token is lost."""
        while not self._ready:
            if self._ended:
                if self._ready:  # came just before the end
                    break
                if self._failure is not None:
                    raise self._failure
                return None
            self._news.clear()
            await self._news.wait()
        return self._ready.popleft()
