"""Sources: where a model's bytes come from. Must not know: models."""

import contextlib
import ctypes as C
import io
import mmap
import os
import threading
from typing import IO, Any, Callable, List, NamedTuple, Sequence, Tuple, Union

from . import _constants as k
from ._errors import ArgumentError
from ._handle import Handle
from ._library import check, lib, make
from ._signatures import pith_read_fn


class FileRange(NamedTuple):
    """A model in a part of a file: `length` bytes from `offset` on of an open descriptor; length 0: to the file's
    end."""

    fd: int
    offset: int
    length: int = 0


Bytes = Union[bytes, bytearray, memoryview]
OnePart = Union[str, "os.PathLike[str]", int, FileRange, Bytes, IO[bytes]]
#: A path; an open descriptor (duplicated, yours to close); a range of one; the file's bytes (also an mmap); a binary
#: file that can seek; or a sequence of these: the parts of a split file, in order.
ModelSource = Union[OnePart, Sequence[OnePart]]
_U64 = 2**64


class Opened:
    """A native source and what it borrows, for the time of `with`, which gives the addresses of host and source.

    What Python code that reads for it throws is appended to `thrown`; the library then gives up with a failure.
    """

    def __init__(self, host: Handle, source: ModelSource, thrown: List[BaseException]) -> None:
        self._on = host
        self._source = source
        self._thrown = thrown
        self._cleanup = contextlib.ExitStack()
        self._kept: List[Any] = []

    def __enter__(self) -> Tuple[int, int]:
        with contextlib.ExitStack() as cleanup:
            self._host = cleanup.enter_context(self._on)
            parts = (
                list(self._source)
                if isinstance(self._source, (list, tuple)) and not isinstance(self._source, FileRange)
                else [self._source]
            )
            if not parts:
                raise ArgumentError("a model has no parts: give at least one")
            first, *others = (self._open(part, cleanup) for part in parts)
            for other in others:
                check(lib.pith_source_add_part(first, other))
            self._cleanup = cleanup.pop_all()
            return self._host, first

    def __exit__(self, *exception: Any) -> None:
        self._cleanup.close()
        self._kept.clear()

    def _open(self, part: Any, cleanup: contextlib.ExitStack) -> int:
        address = self._make(part)
        cleanup.callback(lib.pith_source_release, address)
        return address

    def _make(self, part: Any) -> int:
        if isinstance(part, (str, os.PathLike)):
            path = os.fsencode(part)
            return make(lib.pith_source_from_path, self._host, path, len(path))
        if isinstance(part, FileRange):
            return self._descriptor(*part)
        if isinstance(part, int) and not isinstance(part, bool):
            return self._descriptor(part, 0, 0)
        if isinstance(part, io.FileIO) or isinstance(getattr(part, "raw", None), io.FileIO):
            return self._descriptor(part.fileno(), 0, 0)
        if hasattr(part, "read") and hasattr(part, "seek") and not isinstance(part, mmap.mmap):
            return self._file(part)
        try:
            view = memoryview(part).cast("B")
        except TypeError:
            kind = type(part).__name__
            raise TypeError(
                f"a model is opened from a path, descriptor, bytes or binary file, not from {kind}"
            ) from None
        return self._memory(view)

    def _descriptor(self, fd: int, offset: int, length: int) -> int:
        if not (0 <= fd < 2**31 and 0 <= offset < _U64 and 0 <= length < _U64):
            raise ArgumentError(
                f"descriptor {fd}, offset {offset}, length {length}: none may be negative or past its type"
            )
        return make(lib.pith_source_from_fd, self._host, fd, offset, length)

    def _memory(self, view: memoryview) -> int:
        """In place where the memory has an address that ctypes may know: bytes, and all that is writable."""
        if isinstance(view.obj, bytes) and len(view.obj) == len(view):
            self._kept.append(view.obj)
            return make(lib.pith_source_from_memory, self._host, view.obj, len(view))
        if view.readonly or len(view) == 0:
            return self._reader(lambda offset, size: view[offset : offset + size], len(view))
        borrowed = (C.c_char * len(view)).from_buffer(view)
        self._kept.append(borrowed)
        return make(lib.pith_source_from_memory, self._host, C.addressof(borrowed), len(view))

    def _file(self, file: Any) -> int:
        lock = threading.Lock()

        def read(offset: int, size: int) -> Bytes:
            with lock:
                file.seek(offset)
                parts: List[bytes] = []
                while size > 0:
                    part = file.read(size)
                    if not isinstance(part, (bytes, bytearray, memoryview)):
                        raise TypeError("the file gives text: open it in binary mode")
                    if not part:
                        break
                    parts.append(bytes(part))
                    size -= len(part)
                return b"".join(parts)

        return self._reader(read, file.seek(0, os.SEEK_END))

    def _reader(self, read: Callable[[int, int], Bytes], length: int) -> int:
        """The library's threads call `read`; which may throw anything but into C."""

        def fill(user: object, out: int, size: int, offset: int) -> int:
            try:
                data = bytes(read(offset, size))
                if len(data) != size:
                    raise EOFError(f"{len(data)} bytes instead of {size} at {offset} of {length}")
                C.memmove(out, data, size)
                return k.OK
            except BaseException as error:
                self._thrown.append(error)
                return k.E_IO

        hook = pith_read_fn(fill)
        self._kept.append(hook)
        return make(lib.pith_source_from_reader, self._host, hook, None, length)
