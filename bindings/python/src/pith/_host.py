"""Hosts: what models and engines stand on. Every host the package makes tells its lines to the logger "pith"."""

from typing import TYPE_CHECKING, Dict

from . import _constants as k
from ._handle import Handle
from ._library import check, get_i64, lib, make
from ._log import HOOK
from ._owner import Owner
from ._settings import NativeOptions

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from ._options import HostOptions


class Host(Owner):
    """A memory limit, and the instruction set to use: `Host(memory_limit=2**30, cpu="avx2")`. Most programs need none.

    Any thread may use it. What was made with it keeps what it needs: closing a host early is fine.
    """

    def __init__(self, **options: "Unpack[HostOptions]") -> None:
        with NativeOptions(k.SCOPE_HOST, options) as settings:
            check(lib.pith_options_set_log(settings, HOOK, None))
            self._handle = Handle(self, "the host", make(lib.pith_host_create, settings), lib.pith_host_release)

    @property
    def memory_used(self) -> int:
        """Bytes of native memory held now."""
        return self._get(k.HOST_MEMORY_USED)

    @property
    def memory_peak(self) -> int:
        """The most bytes of native memory held at once so far."""
        return self._get(k.HOST_MEMORY_PEAK)

    @property
    def memory_limit(self) -> int:
        """The limit in bytes; 0: none."""
        return self._get(k.HOST_MEMORY_LIMIT)

    def _get(self, field: int) -> int:
        with self._handle as address:
            return get_i64(lib.pith_host_get_i64, address, field)


_default: Dict[str, Host] = {}


def default_host() -> Host:
    """The host of all that is made without one. It has no limit, and is never closed."""
    return _default.get("host") or _default.setdefault("host", Host())
