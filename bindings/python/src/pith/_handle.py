"""A native object and its guard: it counts the calls that use it, refuses new ones once it is closed, and frees it
when the last has left. So closing from another thread, from a signal handler or by the garbage collector is safe at
any time.

Invariant: no locks. Appending to, popping from and looking at a list are atomic, and each side first writes and then
looks: a call notes itself before it asks whether the handle is closed, closing marks it before asking whether a call
is there. So a signal handler, a finalizer or the child of a fork can come in between anywhere and never wait for
anybody.

The safety net: an owner that is collected closes its handle, and so does the end of the interpreter. No native
object is released while the thread is inside the library, as it would be in a hook that runs with the library's
locks held; that is made up for when the thread leaves. Must not know: what kinds of objects there are.
"""

import atexit
import os
import threading
import time
import weakref
from collections import deque
from types import TracebackType
from typing import Any, Callable, Deque, List, Optional, Set, Type

from . import _log
from ._errors import ClosedError

_EXIT_SECONDS = 2.0


class _Inside(threading.local):
    """How many native calls this thread is in."""

    depth = 0


_inside = _Inside()
_later: "Deque[Handle]" = deque()  # to be closed by the next thread that leaves the library
_open: "Set[Handle]" = set()
_ended: List[bool] = []  # not empty once the interpreter ends


def open_count() -> int:
    """How many native objects are not freed yet."""
    return len(_open)


def interpreter_ends() -> bool:
    """Whether everything is being closed because the interpreter ends."""
    return bool(_ended)


class Handle:
    """Takes an address over. `with handle as address:` keeps the object for that long, or raises ClosedError."""

    __slots__ = (
        "_address",
        "_name",
        "_release",
        "_cancel",
        "_users",
        "_unfreed",
        "closed",
        "kept_at_exit",
        "__weakref__",
    )

    def __init__(
        self,
        owner: object,
        name: str,
        address: int,
        release: Callable[[int], None],
        cancel: Optional[Callable[[int], Any]] = None,
    ) -> None:
        """`owner` closes the handle when it is collected, so the handle must not know it; `cancel` is called before
        closing."""
        self._address = address
        self._name = name
        self._release = release
        self._cancel = cancel
        self._users: List[None] = []
        self._unfreed = [None]  # popped by the one who frees
        self.closed = False
        self.kept_at_exit = False  # others may still look at its memory while the interpreter ends
        _open.add(self)
        weakref.finalize(owner, self.close).atexit = False

    def __enter__(self) -> int:
        self._users.append(None)
        if self.closed:
            self._leave()
            raise ClosedError(f"{self._name} is closed")
        _inside.depth += 1
        return self._address

    def __exit__(
        self, kind: Optional[Type[BaseException]], value: Optional[BaseException], traceback: Optional[TracebackType]
    ) -> None:
        self._leave()
        _inside.depth -= 1
        if (_later or _log.LINES) and _inside.depth == 0:
            _catch_up()

    def _leave(self) -> None:
        self._users.pop()
        if self.closed and not self._users:
            self._free()

    def cancel(self) -> None:
        """Ends what the object is doing, if it can be ended. Nothing happens when it is closed."""
        if self._cancel is not None and not self.closed:
            try:
                with self as address:
                    self._cancel(address)
            except ClosedError:
                pass

    def close(self) -> None:
        """Lets go of the object; again is fine. Waits for no other thread."""
        if self.closed:
            return
        if _inside_library():
            self.closed = True  # who waits with it looks up at times, and sees that
            _later.append(self)
            return
        self.cancel()
        self.closed = True
        self._free_if_unused()

    def _free_if_unused(self) -> None:
        if not self._users:
            self._free()

    def _free(self) -> None:
        try:
            self._unfreed.pop()
        except IndexError:
            return
        _open.discard(self)
        self._release(self._address)


def _inside_library() -> bool:
    """Also true on the library's own threads, where only hooks run."""
    return _inside.depth > 0 or threading.get_ident() not in getattr(threading, "_active", ())


def _catch_up() -> None:
    _log.tell()
    while _later:
        try:
            handle = _later.popleft()
        except IndexError:
            return  # another thread was faster
        handle._free_if_unused()


def _end() -> None:
    """Before the interpreter goes: ends all work and the library's threads, which could otherwise call a hook too
    late."""
    _ended.append(True)
    for handle in list(_open):
        handle.cancel()
    until = time.monotonic() + _EXIT_SECONDS
    while _close_all() and time.monotonic() < until:
        time.sleep(0.005)  # threads that are in a call leave it now, and free what they used


def _close_all() -> bool:
    """True when some are still in use."""
    for handle in list(_open):
        if not handle.kept_at_exit:
            handle.close()
    return any(not handle.kept_at_exit for handle in list(_open))


atexit.register(_end)
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_open.clear)  # a child need not end its parent's work
