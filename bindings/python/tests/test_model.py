"""Opening models, from every kind of source; what they tell; hosts, plans, options."""

import copy
import io
import logging
import mmap
import os
import pathlib
import pickle
import threading
import zipfile

import pith
import pytest
from pith import _handle
from support import MODEL

BYTES = pathlib.Path(MODEL).read_bytes()
TEXT = "Once upon a time"


@pytest.fixture(scope="module")
def ids(model):
    return model.tokenize(TEXT)


def test_tells_what_it_is(model, ids):
    assert model.family == "llama" and model.format == "GGUF v3" and model.name == "tales"
    assert model.width > 0 and model.context_size > 0 and model.layers > 0 and model.parameters > 0 and model.memory > 0
    assert model.vocabulary_size > max(ids) and -1 <= model.bos < model.vocabulary_size and -1 <= model.eos
    assert "messages" in model.chat_template
    details = model.details()
    assert details["tensors"] and details["parameters"] == model.parameters
    assert "tales" in repr(model) and pith.build()["families"]


def opens(source, ids, **more):
    with pith.Model.open(source, **more) as model:
        assert model.tokenize(TEXT) == ids
        assert model.generate(TEXT, max_tokens=3).text


def test_paths(ids, tmp_path):
    opens(MODEL, ids)
    opens(pathlib.Path(MODEL), ids)
    odd = tmp_path / "é🙂 \udcff.gguf"  # a name that is not UTF-8 on disk
    odd.write_bytes(BYTES)
    opens(odd, ids)


def test_descriptors(ids, tmp_path):
    file = tmp_path / "assets"
    file.write_bytes(b"x" * 12345 + BYTES + b"y" * 777)
    fd = os.open(file, os.O_RDONLY)
    try:
        opens(pith.FileRange(fd, 12345, len(BYTES)), ids)
        os.lseek(fd, 3, os.SEEK_SET)  # still the caller's
        with pytest.raises(pith.FormatError):
            pith.Model.open(pith.FileRange(fd, 12344, len(BYTES)))
        for offset, length in ((-1, 0), (0, -1), (2**64, 0), (0, 2**64), (2**63 - 1, 2**63 - 1)):
            with pytest.raises(pith.PithError):
                pith.Model.open(pith.FileRange(fd, offset, length))
    finally:
        os.close(fd)
    with open(MODEL, "rb") as whole:
        opens(whole.fileno(), ids)
    for wrong in (-1, 2**31, 2**70, 9999):
        with pytest.raises((pith.ArgumentError, pith.FileError)):
            pith.Model.open(wrong)


def test_memory(ids, tmp_path):
    opens(BYTES, ids)
    opens(bytearray(BYTES), ids)
    opens(memoryview(b"12345" + BYTES)[5:], ids)
    opens(memoryview(bytearray(b"12345" + BYTES))[5:], ids)
    with open(MODEL, "rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as mapped:
        opens(mapped, ids)
    with open(MODEL, "rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_COPY) as mapped:
        opens(mapped, ids)
    resized = bytearray(BYTES)
    opens(resized, ids)
    resized.clear()  # nothing holds it any more
    with pytest.raises(pith.PithError):
        pith.Model.open(b"")


def test_file_objects(ids, tmp_path):
    with open(MODEL, "rb") as buffered, open(MODEL, "rb", buffering=0) as raw:
        buffered.read(99)
        opens(buffered, ids)
        opens(raw, ids)
        assert not buffered.closed
    opens(io.BytesIO(BYTES), ids)
    archive = tmp_path / "models.zip"
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_STORED) as out:
        out.write(MODEL, "model.gguf")
    with zipfile.ZipFile(archive) as opened, opened.open("model.gguf") as member:
        opens(member, ids, load_threads=4)


class Broken(io.BytesIO):
    def __init__(self, answer):
        super().__init__(BYTES)
        self.answer = answer

    def read(self, size=-1):
        if isinstance(self.answer, BaseException):
            raise self.answer
        return self.answer


@pytest.mark.parametrize(
    "answer",
    [ValueError("mine"), KeyboardInterrupt("mine"), SystemExit("mine"), "text", b"", None, b"too much" * 10**6],
)
def test_what_a_file_object_throws_comes_out(answer):
    expected = type(answer) if isinstance(answer, BaseException) else (EOFError, TypeError)
    before = pith.default_host().memory_used
    with pytest.raises(expected):
        pith.Model.open(Broken(answer))
    assert pith.default_host().memory_used == before


def test_parts(ids, tmp_path):
    """A file that is not split is its own only part; parts that do not belong together are refused."""
    opens([MODEL], ids)
    with pytest.raises(pith.ArgumentError, match="1 parts, the source 2"):
        pith.Model.open([MODEL, BYTES])
    with pytest.raises(pith.ArgumentError):
        pith.Model.open([])


def test_says_what_is_wrong_with_a_file(tmp_path):
    with pytest.raises(pith.FileError, match="é🙂.gguf") as missing:
        pith.Model.open("/nowhere/é🙂.gguf")
    assert missing.value.status == pith.constants.E_IO and isinstance(missing.value, OSError)
    damaged = tmp_path / "damaged.gguf"
    damaged.write_bytes(b"GGUF is not all it takes")
    with pytest.raises(pith.PithError):
        pith.Model.open(damaged)
    for wrong in ("a\0b", ""):
        with pytest.raises(ValueError):
            pith.Model.open(wrong)
    for wrong in (None, 1.5, object(), True, ["a", None], {}):
        with pytest.raises((TypeError, pith.PithError)):
            pith.Model.open(wrong)
    with pytest.raises(TypeError):
        pith.Model(12345)


def test_a_host_limits_and_counts(ids):
    with pith.Host(memory_limit=100_000) as small:
        for _ in range(2):
            with pytest.raises(pith.OutOfMemoryError) as full:
                pith.Model.open(MODEL, host=small)
            assert isinstance(full.value, MemoryError) and small.memory_limit == 100_000
        assert small.memory_used < 10_000
    host = pith.Host()
    model = pith.Model.open(MODEL, host=host)
    plan = pith.Model.plan(MODEL, host=host, engine={"threads": 1})
    assert host.memory_peak >= host.memory_used >= plan.weights
    assert plan.total == plan.weights + plan.vocabulary + plan.kv + plan.work and plan.request > 0 and plan.loading >= 0
    assert pith.Model.plan(MODEL, engine={"kv_tokens": 64}).kv < plan.kv
    host.close()  # the model keeps what it needs
    assert model.tokenize(TEXT) == ids
    model.close()
    with pytest.raises(pith.ClosedError):
        host.memory_used


def test_progress_is_told_and_may_throw():
    seen = []
    pith.Model.open(MODEL, progress=seen.append).close()
    assert len(seen) > 1 and seen == sorted(seen) and seen[-1] == 1.0
    before = pith.default_host().memory_used
    for at in (0, len(seen) // 2, len(seen) - 1):
        mine, calls = LookupError("enough"), iter(range(1000))

        def stop(fraction, at=at, mine=mine, calls=calls):
            if next(calls) == at:
                raise mine

        with pytest.raises(LookupError) as thrown:
            pith.Model.open(MODEL, progress=stop)
        assert thrown.value is mine
    assert pith.default_host().memory_used == before
    with pytest.raises(TypeError):
        pith.Model.open(MODEL, progress="no function")


def test_progress_elsewhere_is_told_on_the_thread_that_opens():
    seen = []

    def open_it():
        pith.Model.open(MODEL, progress=lambda fraction: seen.append(threading.current_thread())).close()

    thread = threading.Thread(target=open_it)
    thread.start()
    thread.join()
    assert set(seen) == {thread}


def test_options_are_checked_by_the_library():
    with pytest.raises(pith.OptionError, match="temprature"):
        pith.effective_options("request", {"temprature": 1})
    for scope, wrong in (
        ("request", {"temperature": "hot"}),
        ("request", {"threads": 1}),
        ("engine", {"threads": -1}),
        ("engine", {"threads": 2**70}),
        ("model", {"exact": []}),
        ("host", {"cpu": "\0"}),
    ):
        with pytest.raises((pith.OptionError, pith.FormatError)):
            pith.effective_options(scope, wrong)
    for wrong in (
        {"temperature": float("nan")},
        {"temperature": object()},
        {1: 1},
        {"stop": b"bytes"},
        {"seed": 1j},
        None,
    ):
        with pytest.raises((TypeError, ValueError)):
            pith.effective_options("request", wrong if wrong is not None else 5)
    with pytest.raises(ValueError):
        pith.effective_options("nothing")
    told = pith.effective_options(
        "request",
        {
            "stop": ["\n\n", '"\\\1é🙂\udc00'],
            "seed": 2**63 - 1,
            "stop_tokens": (1, 2),
            "top_k": None,
            "logit_bias": {7: float("-inf")},
            "ignore_eog": True,
        },
    )
    assert (
        told["stop"] == ["\n\n", '"\\\1é🙂\ufffd'] and told["seed"] == str(2**63 - 1) and told["stop_tokens"] == [1, 2]
    )
    assert told["logit_bias"] == {"7": "-infinity"} and told["ignore_eog"] == 1 and told["top_k"] == 40
    assert "top_k" in pith.option_help("request") and set(pith.option_help("engine")) == set(
        pith.EngineOptions.__annotations__
    )
    for scope, kind in (("host", pith.HostOptions), ("model", pith.ModelOptions), ("request", pith.RequestOptions)):
        assert set(pith.effective_options(scope)) == set(kind.__annotations__)


def test_numpy_numbers_are_options():
    np = pytest.importorskip("numpy")
    told = pith.effective_options(
        "request", {"temperature": np.float32(0.5), "top_k": np.int64(3), "stop_tokens": np.array([1, 2])}
    )
    assert (told["temperature"], told["top_k"], told["stop_tokens"]) == (0.5, 3, [1, 2])


def test_log_lines_reach_logging(caplog):
    with caplog.at_level(logging.INFO, logger="pith"):
        with pith.Model.open(MODEL) as model:
            assert any("opened a llama model" in record.message for record in caplog.records)
            assert {record.name for record in caplog.records} == {"pith"}
            model.generate(TEXT, max_tokens=1)
    assert any("context of" in record.message for record in caplog.records)


def test_a_logging_handler_may_use_pith_and_throw(model):
    """Handlers run outside the library: with its locks held, this would hang."""
    told = []

    class Handler(logging.Handler):
        def emit(self, record):
            told.append(model.tokenize(record.getMessage()))
            with pith.Engine(threads=1) as engine:
                model.generate("a", engine=engine, max_tokens=1)
            raise ValueError("from a handler")

    handler, logger = Handler(), logging.getLogger("pith")
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    try:
        for _ in range(3):
            with pith.Model.open(MODEL) as other, pith.Engine(threads=1) as engine:
                assert other.generate("Once", max_tokens=2, engine=engine).ids
    finally:
        logger.removeHandler(handler)
        logger.setLevel(logging.NOTSET)
    assert told


def test_nothing_native_is_pickled_or_copied(model):
    with (
        model.decoder() as decoder,
        pith.Engine(threads=1) as engine,
        pith.Host() as host,
        model.generate("a", stream=True, max_tokens=1) as stream,
    ):
        for native in (model, decoder, engine, host, stream):
            for way in (pickle.dumps, copy.copy, copy.deepcopy):
                with pytest.raises(TypeError, match="cannot be pickled"):
                    way(native)
    assert pickle.loads(pickle.dumps(pith.OptionError("why"))).args == ("why",)
    assert _handle.open_count() >= 1
