"""Text and token ids on their way into the library. Must not know: handles, models."""

import ctypes as C
import operator
from array import array
from collections.abc import Mapping, Set
from typing import Any, Iterable, List, NamedTuple, Sequence, Union

from ._errors import ArgumentError

Text = Union[str, bytes, bytearray, memoryview]
MAX_ID = 2**31 - 1


class Piece(NamedTuple):
    """A piece of a prompt. Control tokens such as <|im_end|> are made from it only when it is trusted."""

    text: Text
    trusted: bool = False


def trusted(text: Text) -> Piece:
    """A piece whose control tokens count. Never mark what a user typed."""
    return Piece(text, True)


#: One input: a text; a piece; token ids; or a sequence of texts, pieces and sequences of ids, which follow each other.
Prompt = Union[Text, Piece, Sequence[int], Sequence[Union[Text, Piece, Sequence[int]]]]


_TEXTS = (str, bytes, bytearray, memoryview, Piece)


def encode(text: Text) -> bytes:
    """UTF-8 of a text: an unpaired surrogate goes in as U+FFFD, a pair of two as the character it means; bytes as
    they are."""
    if isinstance(text, str):
        try:
            return text.encode("utf-8")
        except UnicodeEncodeError:
            return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace").encode("utf-8")
    if isinstance(text, (bytes, bytearray, memoryview)):
        return bytes(text)
    raise TypeError(f"a text is a str or bytes, not {type(text).__name__}")


def encode_ids(ids: Iterable[Any]) -> "C.Array[C.c_int32]":
    """An int32 array of ids; of what is no whole number TypeError, of what does not fit ArgumentError."""
    if isinstance(ids, (str, bytes, bytearray, memoryview)):
        raise TypeError(f"token ids are whole numbers, not {type(ids).__name__}")
    numbers = array("q")
    try:
        numbers.extend(operator.index(i) for i in ids)
        if numbers and not (-MAX_ID - 1 <= min(numbers) and max(numbers) <= MAX_ID):
            raise OverflowError
    except OverflowError:
        raise ArgumentError("a token id does not fit 32 bits: this is none of this vocabulary") from None
    return (C.c_int32 * len(numbers))(*numbers)


def pieces_of(prompt: Prompt) -> List[Union[Piece, "C.Array[C.c_int32]"]]:
    """A prompt as pieces whose text is bytes, and arrays of ids."""
    if isinstance(prompt, _TEXTS):
        return [_piece(prompt)]
    parts = listed(prompt, "a prompt is a text, token ids, or a list of texts, pieces and lists of ids")
    if parts and hasattr(parts[0], "__index__") and not hasattr(parts[0], "__iter__"):
        return [encode_ids(parts)]
    return [_piece(part) if isinstance(part, _TEXTS) else _ids(part) for part in parts]


def listed(items: Any, wanted: str) -> List[Any]:
    """What a caller gave as a sequence, in its order; mappings and sets have none that was meant."""
    if not hasattr(items, "__iter__") or isinstance(items, (Mapping, Set)):
        raise TypeError(f"{wanted}, not {type(items).__name__}")
    return list(items)


def _ids(part: Any) -> "C.Array[C.c_int32]":
    """A piece that is no text; often it is a message of a chat that was meant."""
    return encode_ids(
        listed(part, "a piece of a prompt is a text, a pith.Piece or token ids; write the messages of a chat as pieces")
    )


def _piece(part: Any) -> Piece:
    return Piece(encode(part.text), bool(part.trusted)) if isinstance(part, Piece) else Piece(encode(part), False)
