"""What comes out: tokens, whole generations, vectors, plans. Immutable; only an array of vectors still uses native
memory."""

import ctypes as C
import functools
import sys
from typing import TYPE_CHECKING, Any, List, NamedTuple, Tuple, Union

from ._constants import StopReason

if TYPE_CHECKING:
    from typing import TypeAlias

    import numpy as np
    import numpy.typing as npt

    #: Vectors as `embed` gives them: a float32 array, or lists where there is no NumPy.
    Vectors: TypeAlias = Union["npt.NDArray[np.float32]", Any]


class Token(NamedTuple):
    """A step of a stream: new tokens, mostly one, and the text they complete. str() of it is the text."""

    text: str
    """New text, always whole; "" while a character or a possible stop text is incomplete."""
    ids: Tuple[int, ...]
    """Ids of the new tokens: mostly one; none where held-back text comes out at the end."""
    bytes: bytes
    """The tokens' exact bytes, those of stop texts included; not always whole UTF-8."""

    def __str__(self) -> str:
        return self.text


class TokenSpan(NamedTuple):
    """A token, and where its text begins and ends, in bytes of the text's UTF-8."""

    id: int
    begin: int
    end: int


class Likely(NamedTuple):
    """A token that was likely at some place, and the natural logarithm of its probability."""

    id: int
    logprob: float


class GenerateResult(NamedTuple):
    """All of a finished generation. str() of it is the text."""

    text: str
    """The whole text, without the prompt."""
    ids: List[int]
    """Ids of all tokens generated, also a final end or stop token."""
    stop: StopReason
    """Why it ended."""
    prompt_tokens: int
    """Tokens of the prompt."""
    seconds_queued: float
    """From submission to the first step."""
    seconds_prompt: float
    """From the first step to the first token."""
    seconds_generate: float
    """From the first token to the last."""
    logprobs: List[float]
    """The natural logarithm of each token's probability, with the option logprobs; else empty."""
    top: List[List[Likely]]
    """The tokens likeliest at each place, with the option logprobs; else empty."""

    def __str__(self) -> str:
        return self.text


class Plan(NamedTuple):
    """Bytes of memory that a model and an engine will take, told before anything is loaded."""

    total: int
    """Weights, vocabulary, KV cache and work space together."""
    weights: int
    """Packed weights."""
    vocabulary: int
    """Tokenizer and metadata."""
    kv: int
    """KV cache."""
    work: int
    """Work space of a step."""
    request: int
    """Each running request with default options, on top of the total."""
    loading: int
    """The most bytes while loading, on top of weights and vocabulary."""


_FLOAT32 = "<f4" if sys.byteorder == "little" else ">f4"


class VectorMemory:
    """Vectors in native memory, for NumPy, which keeps this object as the base of its array."""

    def __init__(self, keep: object, address: int, count: int, width: int) -> None:
        self._keep = keep
        read_only = True
        self.__array_interface__ = {
            "version": 3,
            "typestr": _FLOAT32,
            "shape": (count, width),
            "data": (address, read_only),
        }


@functools.lru_cache(maxsize=None)
def numpy() -> Any:
    """NumPy, or None."""
    try:
        import numpy
    except ImportError:
        return None
    return numpy


def lists_of(address: int, count: int, width: int) -> List[List[float]]:
    """Copies vectors out of native memory."""
    rows = (C.c_float * width * count).from_address(address)
    return [row[:] for row in rows]
