"""Engines: workers, the KV cache and the schedule."""

from typing import TYPE_CHECKING, Optional

from . import _constants as k
from ._handle import Handle
from ._host import Host, default_host
from ._library import get_i64, lib, make
from ._owner import Owner, handle_of
from ._settings import NativeOptions

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from ._options import EngineOptions


class Engine(Owner):
    """`Engine(threads=2, kv_tokens=4096)`: computes the requests of many threads, for one or several models, together.

    A model has one of its own for all processors; make another to your measure, and pass it to `generate` and
    `embed`. Any thread may use it. Streams go on when it is closed. Raises OptionError, OutOfMemoryError,
    SystemRefusedError.
    """

    def __init__(self, *, host: Optional[Host] = None, **options: "Unpack[EngineOptions]") -> None:
        stands_on = handle_of(default_host() if host is None else host, Host, "host")
        with NativeOptions(k.SCOPE_ENGINE, options) as settings, stands_on as address:
            self._handle = Handle(
                self, "the engine", make(lib.pith_engine_create, address, settings), lib.pith_engine_release
            )

    @property
    def queued(self) -> int:
        """Requests waiting."""
        return self._get(k.ENGINE_QUEUED)

    @property
    def running(self) -> int:
        """Requests being computed."""
        return self._get(k.ENGINE_RUNNING)

    @property
    def pages(self) -> int:
        """Pages of all KV caches."""
        return self._get(k.ENGINE_PAGES)

    @property
    def pages_free(self) -> int:
        """Those that hold nothing."""
        return self._get(k.ENGINE_PAGES_FREE)

    @property
    def steps(self) -> int:
        """Steps computed so far."""
        return self._get(k.ENGINE_STEPS)

    @property
    def tokens(self) -> int:
        """Tokens computed so far, prompts included."""
        return self._get(k.ENGINE_TOKENS)

    @property
    def threads(self) -> int:
        """Threads that compute."""
        return self._get(k.ENGINE_THREADS)

    def _get(self, field: int) -> int:
        with self._handle as address:
            return get_i64(lib.pith_engine_get_i64, address, field)
