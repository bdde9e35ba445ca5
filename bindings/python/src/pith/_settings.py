"""Options as native objects: names and values go in as JSON, and the library checks them. Must not know: hosts,
models."""

import ctypes as C
import json
import math
import operator
from types import TracebackType
from typing import Any, Dict, Mapping, Optional, Type

from . import _constants as k
from ._library import check, lib, make, sized

SCOPES = {"host": k.SCOPE_HOST, "model": k.SCOPE_MODEL, "engine": k.SCOPE_ENGINE, "request": k.SCOPE_REQUEST}
_EXACT = 2**53  # past it JSON's numbers are not exact: whole numbers go as text


class NativeOptions:
    """`with NativeOptions(scope, values) as address:` makes an options object for that long; keeps no hook alive."""

    def __init__(self, scope: int, values: Mapping[str, Any]) -> None:
        self._address = make(lib.pith_options_create, scope)
        try:
            text = as_json(values)
            check(lib.pith_options_set_json(self._address, text, len(text)))
        except BaseException:
            lib.pith_options_release(self._address)
            raise

    def __enter__(self) -> int:
        return self._address

    def __exit__(
        self, kind: Optional[Type[BaseException]], value: Optional[BaseException], traceback: Optional[TracebackType]
    ) -> None:
        lib.pith_options_release(self._address)


def as_json(values: Mapping[str, Any]) -> bytes:
    if not isinstance(values, Mapping):
        raise TypeError(f"options are a mapping of names to values, not {type(values).__name__}")
    return json.dumps({_name(name): _plain(value) for name, value in values.items()}, allow_nan=False).encode("ascii")


def _name(name: Any) -> str:
    if not isinstance(name, str):
        raise TypeError(f"an option's name is a str, not {type(name).__name__}")
    return _whole(name)


def _whole(text: str) -> str:
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _plain(value: Any) -> Any:
    """What JSON can say: also of NumPy's numbers and of any mapping or sequence."""
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        return _whole(value)
    if isinstance(value, Mapping):
        return {str(key.__index__() if hasattr(key, "__index__") else key): _plain(item) for key, item in value.items()}
    if hasattr(value, "__iter__") and not isinstance(value, (bytes, bytearray, memoryview)):
        return [_plain(item) for item in value]
    if hasattr(value, "__index__"):
        number = operator.index(value)
        return number if -_EXACT <= number <= _EXACT else str(number)
    if hasattr(value, "__float__"):
        return _decimal(float(value))
    raise TypeError(f"an option takes a number, a str, a sequence, a mapping or None, not {type(value).__name__}")


def _decimal(value: float) -> Any:
    if math.isnan(value):
        raise ValueError("an option is NaN")
    return value if math.isfinite(value) else "infinity" if value > 0 else "-infinity"


def _scope(name: Any) -> int:
    if not isinstance(name, str) or name not in SCOPES:
        raise ValueError(f"there is no scope {name!r}; there are: {', '.join(SCOPES)}")
    return SCOPES[name]


def effective_options(scope: str, options: Optional[Mapping[str, Any]] = None) -> Dict[str, Any]:
    """All options of a scope with the values in effect; `options` are checked and taken over the defaults.

    scope: "host", "model", "engine" or "request". Raises OptionError for a name or value that is wrong. Any thread.
    """
    with NativeOptions(_scope(scope), {} if options is None else options) as address:
        values: Dict[str, Any] = json.loads(sized(lib.pith_options_get_json, address))
        return values


def option_help(scope: str) -> Dict[str, str]:
    """What each option of a scope means, with its default and range, in the library's own words.

    scope: "host", "model", "engine" or "request"; of others ValueError. Any thread.
    """
    number = _scope(scope)
    lines: Dict[str, str] = {}
    key = C.c_int32()
    while lib.pith_key_at(number, len(lines), C.byref(key)) == k.OK:
        name, *words = (
            lib.pith_key_text(key, kind).decode()
            for kind in (k.TEXT_NAME, k.TEXT_MEANING, k.TEXT_RANGE, k.TEXT_DEFAULT)
        )
        lines[name] = "{} ({}; default: {})".format(*words)
    return lines
