"""Decoders: token ids, as they come, into whole text."""

import ctypes as C
import operator
from typing import TYPE_CHECKING

from . import _constants as k
from ._errors import ArgumentError
from ._exclusive import Exclusive
from ._handle import Handle
from ._library import check, copy_view, lib, make
from ._owner import Owner
from ._text import MAX_ID

if TYPE_CHECKING:
    from ._model import Model


class Decoder(Owner):
    """Made by `model.decoder()`. An incomplete character waits for the next id. One thread at a time; others wait."""

    def __init__(self, model: "Model", special: bool = False) -> None:
        with model._handle as address:
            decoder = make(lib.pith_decoder_create, address, k.TRUSTED if special else k.UNTRUSTED)
        self._handle = Handle(self, "the decoder", decoder, lib.pith_decoder_release)
        self._exclusive = Exclusive(self._handle)

    def feed(self, token: int) -> str:
        """The text that an id completes, often all of its own, sometimes "". Raises ArgumentError for an id out of
        range."""
        number = operator.index(token)
        if not 0 <= number <= MAX_ID:
            raise ArgumentError(f"token id {number} is negative or too large")
        return self._exclusive.use(lambda address: _feed(address, number))

    def flush(self) -> str:
        """The rest, with U+FFFD for what stays incomplete. The next id begins a new text."""
        return self._exclusive.use(lambda address: _feed(address, -1))


def _feed(address: int, number: int) -> str:
    text, size = C.c_void_p(), C.c_uint64()
    check(lib.pith_decoder_feed(address, number, C.byref(text), C.byref(size)))
    return copy_view(text.value, size.value).decode("utf-8", "replace")
