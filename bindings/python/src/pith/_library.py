"""Loads libpith and gives its functions their types; turns statuses into exceptions.

The library is the one in this package, or the one that PITH_LIBRARY names. Every function releases the interpreter's
lock while it runs. Must not know: what the functions do.
"""

import ctypes as C
import os
from typing import Any

from . import _constants as k
from ._errors import BY_STATUS, PithError
from ._signatures import SIGNATURES

PATH = os.environ.get("PITH_LIBRARY") or os.path.join(os.path.dirname(os.path.abspath(__file__)), "libpith.so.0")
_SENTENCE = 1024


def _load() -> C.CDLL:
    try:
        library = C.CDLL(PATH)
    except OSError as error:
        raise ImportError(
            f"pith's library cannot be loaded: {error}. Install the package from its wheel or with 'pip "
            "install', or name a libpith.so in the environment variable PITH_LIBRARY."
        ) from error
    for name, (result, arguments) in SIGNATURES.items():
        try:
            function = getattr(library, name)
        except AttributeError:
            raise ImportError(f"{PATH} has no {name}: it is not a libpith of this package's version") from None
        function.restype = result
        function.argtypes = arguments
    _check_version(library.pith_version())
    return library


def _check_version(version: int) -> None:
    """Before 1.0 every minor version may break the ABI."""
    if version // 1000 != k.VERSION // 1000:
        raise ImportError(f"{PATH} is version {version_text(version)}; this package needs {version_text(k.VERSION)}")


def version_text(version: int) -> str:
    return f"{version // 1000000}.{version // 1000 % 1000}.{version % 1000}"


lib: Any = _load()


def failure(status: int) -> PithError:
    """The exception for a status that a call on this thread has just returned."""
    text = C.create_string_buffer(_SENTENCE)
    lib.pith_error_copy(text, _SENTENCE, None)
    error = BY_STATUS.get(status, PithError)(text.value.decode("utf-8", "replace"))
    error.status = status
    return error


def check(status: int) -> None:
    if status != k.OK:
        raise failure(status)


def make(function: Any, *arguments: Any) -> int:
    """Calls a function whose last parameter takes a new object, and returns its address."""
    out = C.c_void_p()
    check(function(*arguments, C.byref(out)))
    assert out.value is not None
    return out.value


def get_i64(function: Any, address: Any, field: int) -> int:
    value = C.c_int64()
    check(function(address, field, C.byref(value)))
    return value.value


def sized(function: Any, *arguments: Any) -> bytes:
    """Calls a function that fills a buffer with bytes: (..., buffer, capacity, &size)."""
    size = C.c_uint64(4096)
    while True:
        buffer = C.create_string_buffer(size.value)
        status = function(*arguments, buffer, len(buffer), C.byref(size))
        if status != k.E_BUFFER:
            check(status)
            return C.string_at(buffer, size.value)


def copy_view(address: Any, size: int) -> bytes:
    """The bytes of a view, which may be empty and then lies nowhere."""
    return C.string_at(address, size) if size else b""
