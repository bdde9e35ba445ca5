"""One thread at a time with a native object that the library takes for that: requests and decoders."""

import os
import threading
from typing import Callable, TypeVar

from ._errors import ForkedError, StateError
from ._handle import Handle

T = TypeVar("T")


class Exclusive:
    """Guards a handle. Other threads wait their turn; in the child of a fork, where a thread that is not there may
    have it, ForkedError is raised."""

    def __init__(self, handle: Handle) -> None:
        self._handle = handle
        self._lock = threading.RLock()
        self._busy = False
        self._process = os.getpid()

    def use(self, work: Callable[[int], T]) -> T:
        """Calls `work` with the object's address. Raises ClosedError."""
        if self._process != os.getpid():
            raise ForkedError(
                "this object belongs to the parent process: make a new one from the model, which stays usable"
            )
        with self._lock, self._handle as address:
            if self._busy:  # a signal handler or a finalizer came in between
                raise StateError("this very thread is using the object already")
            self._busy = True
            try:
                return work(address)
            finally:
                self._busy = False
