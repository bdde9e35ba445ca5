"""The library's log lines, as records of the logger "pith".

The hook only notes a line: it may be called with locks of the library held, where no other code of Python's may run.
Lines are told to `logging` by whoever leaves the library next (_handle.py). Must not know: hosts, models.
"""

import contextlib
import ctypes as C
import logging
from collections import deque
from typing import Deque, Tuple

from . import _constants as k
from ._signatures import pith_log_fn

logger = logging.getLogger("pith")
logger.addHandler(logging.NullHandler())
_LEVELS = {k.LOG_WARNING: logging.WARNING, k.LOG_INFO: logging.INFO}

#: Noted and not told yet; past the bound the oldest go.
LINES: Deque[Tuple[int, bytes]] = deque(maxlen=1000)


def _note(user: object, level: int, line: int, length: int) -> None:
    with contextlib.suppress(BaseException):  # nothing may be thrown into C
        LINES.append((level, C.string_at(line, length)))


HOOK = pith_log_fn(_note)
# The library's threads may outlive this module while the interpreter ends: the hook's code must stay where it is.
C.pythonapi.Py_IncRef(C.py_object(HOOK))


def tell() -> None:
    """What a handler throws stays here: handlers have a way of their own to report failures. Lines that handlers
    cause wait."""
    for _ in range(len(LINES)):
        try:
            level, line = LINES.popleft()
        except IndexError:
            return  # another thread was faster
        with contextlib.suppress(Exception):
            logger.log(_LEVELS.get(level, logging.INFO), "%s", line.decode("utf-8", "replace"))
