"""What every object with native memory has: close, a context manager, and no pickling."""

from types import TracebackType
from typing import TYPE_CHECKING, Any, Optional, Tuple, Type

from ._handle import Handle

if TYPE_CHECKING:
    from typing_extensions import Self


def handle_of(what: object, kind: "Type[Owner]", name: str) -> Handle:
    """The handle of an argument, which may be anything."""
    if not isinstance(what, kind):
        raise TypeError(f"{name} is a pith.{kind.__name__}, not {type(what).__name__}")
    return what._handle


class Owner:
    """Frees its native memory on close, at the end of `with`, or some time after it was dropped."""

    _handle: Handle
    #: Of models and engines: the model for which a request was made last, and in which process (_request.py).
    _took: Optional[Tuple[Handle, int]] = None

    @property
    def closed(self) -> bool:
        """Whether it was closed."""
        return self._handle.closed

    def close(self) -> None:
        """Lets go of the native object; again is fine. It is freed when the last call that uses it has ended. Any
        thread."""
        self._handle.close()

    def __enter__(self) -> "Self":
        return self

    def __exit__(
        self, kind: Optional[Type[BaseException]], value: Optional[BaseException], traceback: Optional[TracebackType]
    ) -> None:
        self.close()

    def __reduce__(self) -> Any:
        name = type(self).__name__
        raise TypeError(
            f"a {name} cannot be pickled or copied: it is native memory of this process. "
            "Open the model in each process."
        )
