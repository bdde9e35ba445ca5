"""Ctrl-C during a native call that takes long or calls a hook: opening a model, making a request.

Python handles signals on the main thread between its own instructions, never inside a native call; and what a signal
handler raises at the start of a callback is lost in C. So the main thread waits, in slices, for another thread that
makes the call.
"""

import contextvars
import threading
from typing import Any, Callable, List, TypeVar

T = TypeVar("T")
_SLICE_SECONDS = 0.05


def interruptible(work: Callable[[], T], stop: Callable[[], Any]) -> T:
    """Returns what `work` returns and raises what it raises. A signal's exception calls `stop`, and is raised when
    work has ended; so `work` must give native memory an owner itself, as what it returns may be dropped."""
    if threading.current_thread() is not threading.main_thread():
        return work()
    results: List[T] = []
    failures: List[BaseException] = []

    def run() -> None:
        try:
            results.append(work())
        except BaseException as failure:
            failures.append(failure)

    thread = threading.Thread(target=contextvars.copy_context().run, args=(run,), name="pith-call")
    try:
        thread.start()
    except RuntimeError:  # the interpreter is ending, and starts no threads
        return work()
    except BaseException:  # the thread may run already
        stop()
        raise
    _wait(thread, stop)
    if failures:
        raise failures[0]
    return results[0]


def _wait(thread: threading.Thread, stop: Callable[[], Any]) -> None:
    """The thread has always ended when this returns or raises."""
    try:
        while thread.is_alive():
            thread.join(_SLICE_SECONDS)
    except BaseException:
        stop()
        _wait(thread, stop)
        raise
