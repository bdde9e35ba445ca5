"""Embedding and generation over a dataset, on the workers of a Ray cluster. Needs `pip install 'pith[ray]'`.

    import pith.ray, ray

    tales = ray.data.read_json("tales.jsonl")                                    # rows with a column "text"
    pith.ray.embed(tales, "/models/model.gguf", workers=4).write_parquet("vectors")   # and a column "embedding"
    pith.ray.generate(tales, "/models/model.gguf", workers=4, options={"max_tokens": 100})  # a column "generated"

Each worker is an actor that opens the model once; the path must lead to the file on every machine. A worker that is
lost is replaced and its unfinished batches are computed again, so every row comes back. Nothing else of the package
knows Ray.
"""

import os
from typing import TYPE_CHECKING, Any, Dict, List, Mapping, Optional

import ray

from ._engine import Engine
from ._model import Model

if TYPE_CHECKING:
    from ._options import EngineOptions, ModelOptions, RequestOptions

Batch = Dict[str, Any]


class _Worker:
    """What both kinds of actors do: open the model once, with an engine of as many threads as Ray gives the actor
    processors."""

    def __init__(
        self,
        model: str,
        column: str,
        output: str,
        options: "Optional[RequestOptions]" = None,
        engine: "Optional[EngineOptions]" = None,
        model_options: "Optional[ModelOptions]" = None,
    ) -> None:
        self.column = column
        self.output = output
        self.options: Mapping[str, Any] = options or {}
        self.model = Model.open(model, **(model_options or {}))
        self.engine = Engine(
            **(engine if engine and "threads" in engine else {"threads": _processors(), **(engine or {})})
        )

    def __call__(self, batch: Batch) -> Batch:
        """Takes a batch as columns, and gives it with one column more."""
        texts = [str(text) for text in batch[self.column]]
        return {**batch, self.output: self.work(texts)}

    def work(self, texts: List[str]) -> Any:
        raise NotImplementedError


class Embedder(_Worker):
    """An actor class for `Dataset.map_batches`: a column of vectors, float32, each of the model's width."""

    def work(self, texts: List[str]) -> Any:
        return self.model.embed(texts, engine=self.engine, **self.options).copy()  # Ray's own, so that the request goes


class Generator(_Worker):
    """An actor class for `Dataset.map_batches`: a column of continuations. The texts of a batch are computed
    together."""

    def work(self, texts: List[str]) -> Any:
        streams = [self.model.generate(text, stream=True, engine=self.engine, **self.options) for text in texts]
        return [stream.result().text for stream in streams]


def _processors() -> int:
    """Those that Ray has set aside for this actor; less than one counts as one, none as all of the machine."""
    context: Any = ray.get_runtime_context()
    assigned = context.get_assigned_resources().get("CPU", 0)
    return max(1, int(assigned)) if assigned else os.cpu_count() or 1


def _map(
    actor: Any,
    dataset: "ray.data.Dataset",
    workers: int,
    cpus: float,
    batch_size: int,
    arguments: Dict[str, Any],
    more: Mapping[str, Any],
) -> "ray.data.Dataset":
    from ray.data import ActorPoolStrategy

    return dataset.map_batches(
        actor,
        fn_constructor_kwargs=arguments,
        batch_size=batch_size,
        num_cpus=cpus,
        compute=ActorPoolStrategy(size=workers),
        **more,
    )


def embed(
    dataset: "ray.data.Dataset",
    model: str,
    *,
    column: str = "text",
    output: str = "embedding",
    workers: int = 1,
    cpus: float = 1,
    batch_size: int = 64,
    options: "Optional[RequestOptions]" = None,
    engine: "Optional[EngineOptions]" = None,
    model_options: "Optional[ModelOptions]" = None,
    **more: Any,
) -> "ray.data.Dataset":
    """The dataset with a column of vectors, float32, one a row.

    model: the file's path on every machine. column: the texts. output: the new column. workers: how many actors; cpus:
    processors of each, and threads of its engine. batch_size: rows computed together. options, engine,
    model_options: as keywords of Model.embed, Engine and Model.open. more: for Dataset.map_batches. Reading the
    dataset needs processors too: where the actors take all of the cluster's, nothing moves.
    """
    arguments = {
        "model": model,
        "column": column,
        "output": output,
        "options": options,
        "engine": engine,
        "model_options": model_options,
    }
    return _map(Embedder, dataset, workers, cpus, batch_size, arguments, more)


def generate(
    dataset: "ray.data.Dataset",
    model: str,
    *,
    column: str = "text",
    output: str = "generated",
    workers: int = 1,
    cpus: float = 1,
    batch_size: int = 16,
    options: "Optional[RequestOptions]" = None,
    engine: "Optional[EngineOptions]" = None,
    model_options: "Optional[ModelOptions]" = None,
    **more: Any,
) -> "ray.data.Dataset":
    """The dataset with a column of continuations. As embed; batch_size must not pass the engine's queue_limit (256)."""
    arguments = {
        "model": model,
        "column": column,
        "output": output,
        "options": options,
        "engine": engine,
        "model_options": model_options,
    }
    return _map(Generator, dataset, workers, cpus, batch_size, arguments, more)


__all__ = ["Embedder", "Generator", "embed", "generate"]
