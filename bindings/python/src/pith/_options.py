"""The options of pith.h by name, for type checkers. Written by generate.py; the library checks them."""
from typing import Mapping, Optional, Sequence, TypedDict


class HostOptions(TypedDict, total=False):
    """Options of hosts; None stands for the default."""

    memory_limit: Optional[int]
    """[0] bytes the library may hold at once; 0: no limit"""
    cpu: Optional[str]
    """[''] highest instruction set to use: ref, avx2, ...; '': what PITH_CPU in the environment says, or else the
    best"""


class ModelOptions(TypedDict, total=False):
    """Options of models; None stands for the default."""

    exact: Optional[int]
    """[0] 1: float matrices take pith's own kernels: same bits everywhere"""
    load_threads: Optional[int]
    """[0] threads that read and pack weights; 0: all processors"""
    metadata_limit: Optional[int]
    """[1073741824] bytes a file's metadata may take"""
    blas_columns: Optional[int]
    """[0] fewest columns at which a float matrix goes to OpenBLAS; 0: as measured (the scalar level early, the
    vector levels never)"""
    vocabulary_family: Optional[str]
    """[''] of a tiktoken file, which does not say how text is cut and which tokens are special: the family it goes
    with: cl100k_base, qwen, glm4, ..."""


class EngineOptions(TypedDict, total=False):
    """Options of engines; None stands for the default."""

    threads: Optional[int]
    """[0] threads that compute; 0: all processors; 1: the caller's own, none is started"""
    context: Optional[int]
    """[0] most tokens of one sequence; 0: the model's own limit"""
    kv_tokens: Optional[int]
    """[0] tokens the KV cache holds for all sequences; 0: up to four contexts, at most 8192 (or context, if that is
    more); it bounds the context"""
    kv_type: Optional[str]
    """[f16] element type of the KV cache: f16, f32, q8_0 (half of f16)"""
    batch_tokens: Optional[int]
    """[512] most tokens computed in one step"""
    max_sequences: Optional[int]
    """[64] most sequences computed in one step"""
    queue_limit: Optional[int]
    """[256] requests that may wait; one more is PITH_E_BUSY"""


class RequestOptions(TypedDict, total=False):
    """Options of requests; None stands for the default."""

    max_tokens: Optional[int]
    """[256] tokens to generate at most; 0: until the context is full"""
    temperature: Optional[float]
    """[0.7] 0: greedy"""
    top_k: Optional[int]
    """[40] 0: off"""
    top_p: Optional[float]
    """[0.95] 1: off"""
    min_p: Optional[float]
    """[0] 0: off"""
    typical_p: Optional[float]
    """[1] 1: off"""
    repeat_penalty: Optional[float]
    """[1] 1: off"""
    frequency_penalty: Optional[float]
    """[0] 0: off"""
    presence_penalty: Optional[float]
    """[0] 0: off"""
    penalty_last_n: Optional[int]
    """[64] tokens the penalties look back at; 0: none, -1: all"""
    seed: Optional[int]
    """[0] same seed, same text"""
    stop: Optional[Sequence[str]]
    """[none] a text that ends generation and is not shown; may be added often"""
    stop_tokens: Optional[Sequence[int]]
    """[none] ids that end generation"""
    logit_bias: Optional[Mapping[int, float]]
    """[none] (id, what is added to its logit; -infinity forbids it)"""
    loop_guard: Optional[int]
    """[1] 1: end endless repetition with PITH_STOP_LOOP"""
    logprobs: Optional[int]
    """[0] 0: none; n (to 20): log-probability of each token, and the n most likely ones"""
    deadline_ms: Optional[int]
    """[0] milliseconds from submit to the end; 0: none"""
    add_bos: Optional[int]
    """[1] 1: start with BOS where the model wants it; 0: never; 2: always"""
    ignore_eog: Optional[int]
    """[0] 1: go on past end-of-text tokens"""
    show_special: Optional[int]
    """[0] 1: control tokens appear in the text"""
    pooling: Optional[str]
    """[mean] embed: mean, last, first, none (one vector a token)"""
    normalize: Optional[int]
    """[1] embed: 1: vectors of length 1"""
