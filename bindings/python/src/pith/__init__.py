"""pith: run transformer language models inside your program, on the CPU: generate, embed, tokenize.

    import pith

    with pith.Model.open("model.gguf") as model:
        for token in model.generate("Once upon a time", stream=True):
            print(token, end="", flush=True)

Models, engines and hosts may be used by any thread at any time; streams and decoders by one at a time. Whatever
fails raises a PithError that says what was wrong and what to do. Log lines go to the logger "pith". Everything with
native memory has `close` and works with `with`; it may be closed in any order.
"""

import json as _json
from typing import Any as _Any
from typing import Dict as _Dict

from . import _constants as constants
from ._constants import StopReason
from ._decoder import Decoder
from ._engine import Engine
from ._errors import (
    ArgumentError,
    BufferSizeError,
    BusyError,
    CanceledError,
    ClosedError,
    ContextError,
    FileError,
    ForkedError,
    FormatError,
    InternalError,
    NumericError,
    OptionError,
    OutOfMemoryError,
    PithError,
    StateError,
    SystemRefusedError,
    UnsupportedError,
    WaitTimeoutError,
)
from ._host import Host, default_host
from ._library import lib as _lib
from ._library import sized as _sized
from ._library import version_text as _version_text
from ._model import Model
from ._options import EngineOptions, HostOptions, ModelOptions, RequestOptions
from ._results import GenerateResult, Likely, Plan, Token, TokenSpan
from ._settings import effective_options, option_help
from ._source import FileRange, ModelSource
from ._stream import TokenStream
from ._text import Piece, Prompt, trusted

__version__: str = _version_text(_lib.pith_version())


def build() -> _Dict[str, _Any]:
    """What the library is: version, numerics revision, layout, CPU levels of this machine, families, tensor types."""
    told: _Dict[str, _Any] = _json.loads(_sized(_lib.pith_build_json))
    return told


__all__ = [
    "ArgumentError",
    "BufferSizeError",
    "BusyError",
    "CanceledError",
    "ClosedError",
    "ContextError",
    "Decoder",
    "Engine",
    "EngineOptions",
    "FileError",
    "FileRange",
    "ForkedError",
    "FormatError",
    "GenerateResult",
    "Host",
    "HostOptions",
    "InternalError",
    "Likely",
    "Model",
    "ModelOptions",
    "ModelSource",
    "NumericError",
    "OptionError",
    "OutOfMemoryError",
    "Piece",
    "PithError",
    "Plan",
    "Prompt",
    "RequestOptions",
    "StateError",
    "StopReason",
    "SystemRefusedError",
    "Token",
    "TokenSpan",
    "TokenStream",
    "UnsupportedError",
    "WaitTimeoutError",
    "build",
    "constants",
    "default_host",
    "effective_options",
    "option_help",
    "trusted",
]
