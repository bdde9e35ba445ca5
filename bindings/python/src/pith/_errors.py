"""Exceptions: a class for each status of pith.h, all under PithError, each also the builtin that Python programs
would expect.

Must not know: the library. _library.py makes them from its sentences.
"""

from typing import Dict, Type

from . import _constants as k


class PithError(Exception):
    """Something failed in pith; the text says what was wrong and what to do."""

    #: The status of pith.h: one of E_* of pith.constants.
    status: int = k.E_INTERNAL


class ArgumentError(PithError, ValueError):
    """An argument is wrong: out of range, or not for this call."""

    status = k.E_ARGUMENT


class OutOfMemoryError(PithError, MemoryError):
    """An allocation failed, or would pass the host's memory_limit."""

    status = k.E_MEMORY


class FileError(PithError, OSError):
    """A file could not be opened or read."""

    status = k.E_IO


class FormatError(PithError, ValueError):
    """A file is damaged or contradicts itself."""

    status = k.E_FORMAT


class UnsupportedError(PithError):
    """Well formed, but not something this version, or this model, can do."""

    status = k.E_UNSUPPORTED


class OptionError(PithError, ValueError):
    """An option's name or value is wrong."""

    status = k.E_OPTION


class BufferSizeError(PithError, BufferError):
    """A buffer is too small. The package sizes its buffers itself, so programs do not meet it."""

    status = k.E_BUFFER


class BusyError(PithError):
    """The engine's queue is full: try again later."""

    status = k.E_BUSY


class CanceledError(PithError):
    """The work was canceled."""

    status = k.E_CANCELED


class WaitTimeoutError(PithError, TimeoutError):
    """The time given has passed; the work goes on."""

    status = k.E_TIMEOUT


class StateError(PithError, RuntimeError):
    """The call does not fit the object's state."""

    status = k.E_STATE


class ClosedError(StateError):
    """The object was closed."""


class NumericError(PithError, ArithmeticError):
    """NaN or infinity appeared in the computation."""

    status = k.E_NUMERIC


class ForkedError(PithError, RuntimeError):
    """The object belongs to the parent process; models stay usable in the child."""

    status = k.E_FORKED


class SystemRefusedError(PithError, OSError):
    """The operating system refused a thread or a lock."""

    status = k.E_SYSTEM


class ContextError(PithError, ValueError):
    """The input does not fit the context."""

    status = k.E_CONTEXT


class InternalError(PithError, RuntimeError):
    """A defect in pith: please report it."""

    status = k.E_INTERNAL


#: The class of each status.
BY_STATUS: Dict[int, Type[PithError]] = {cls.status: cls for cls in PithError.__subclasses__()}
