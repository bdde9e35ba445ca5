"""Streams, results, asynchronous streams, embeddings."""

import asyncio
import gc
import signal
import threading
import time

import pith
import pytest
from pith import StopReason, _handle
from support import ENDLESS, MODEL, python

PROMPT = "Once upon a time"


def test_a_stream_is_its_result(model, engine):
    with model.generate(PROMPT, stream=True, engine=engine, max_tokens=40, seed=5) as stream:
        tokens = list(stream)
        assert next(stream, None) is None
        result = stream.result()
    assert "".join(map(str, tokens)) == result.text == str(result)
    assert [token for step in tokens for token in step.ids] == result.ids
    assert b"".join(token.bytes for token in tokens).decode() == result.text
    assert result.stop is StopReason.LENGTH and len(result.ids) == 40
    assert result.prompt_tokens == stream_prompt(model, engine) > 0
    assert result.seconds_queued >= 0 and result.seconds_prompt > 0 and result.seconds_generate > 0
    assert result.logprobs == [] and result.top == []
    assert model.generate(PROMPT, engine=engine, max_tokens=40, seed=5)[:3] == result[:3]


def stream_prompt(model, engine):
    with model.generate(PROMPT, stream=True, engine=engine, max_tokens=1) as stream:
        return stream.prompt_tokens


def test_logprobs(model, engine):
    result = model.generate(PROMPT, engine=engine, max_tokens=5, temperature=0, logprobs=3)
    assert len(result.logprobs) == len(result.top) == len(result.ids) == 5
    for token, logprob, top in zip(result.ids, result.logprobs, result.top):
        assert len(top) == 3 and top[0] == (token, logprob) and logprob <= 0 and top[0].logprob >= top[1].logprob


def test_prompts_of_every_kind(model, engine):
    ids = model.tokenize(PROMPT, bos=True)
    expected = model.generate(PROMPT, engine=engine, max_tokens=10).ids
    for prompt in (
        PROMPT.encode(),
        bytearray(PROMPT.encode()),
        pith.Piece(PROMPT),
        [PROMPT],
        ids,
        tuple(ids),
        [ids],
        [ids[:2], ids[2:]],
    ):
        assert model.generate(prompt, engine=engine, max_tokens=10).ids == expected
    for prompt in ("", [], [""]):  # the beginning token alone
        assert model.generate(prompt, engine=engine, max_tokens=2).ids


def test_stops(model, engine):
    text = model.generate(PROMPT, engine=engine, max_tokens=60, seed=1).text
    stop = text[20:24]
    result = model.generate(PROMPT, engine=engine, max_tokens=60, seed=1, stop=[stop, "never"])
    assert result.stop is StopReason.STRING and stop not in result.text and text.startswith(result.text)
    token = model.generate(PROMPT, engine=engine, max_tokens=9, seed=1).ids[8]
    assert model.generate(PROMPT, engine=engine, seed=1, stop_tokens=[token]).stop in (StopReason.TOKEN, StopReason.END)
    assert model.generate(PROMPT, engine=engine, deadline_ms=1, **ENDLESS).stop is StopReason.DEADLINE


def test_a_stream_dropped_half_way_ends(model):
    with pith.Engine(threads=2) as engine:
        before = _handle.open_count()
        stream = model.generate(PROMPT, stream=True, engine=engine, **ENDLESS)
        next(stream)
        assert engine.running == 1
        del stream
        gc.collect()
        assert _handle.open_count() == before
        assert engine.running == 0
        for token in model.generate(PROMPT, stream=True, engine=engine, **ENDLESS):
            break
        assert token.text is not None and engine.running == 0


def test_cancel_and_close_from_other_threads(model, engine):
    with model.generate(PROMPT, stream=True, engine=engine, **ENDLESS) as stream:
        next(stream)
        threading.Thread(target=stream.cancel).start()
        assert len(list(stream)) < 1000
        assert stream.result().stop is StopReason.CANCEL
    stream = model.generate(PROMPT, stream=True, engine=engine, **ENDLESS)
    closer = threading.Timer(0.1, stream.close)
    closer.start()
    start = time.monotonic()
    try:
        for _ in stream:
            pass
    except pith.ClosedError:
        pass
    assert time.monotonic() - start < 5
    closer.join()
    assert stream.closed


def test_many_threads_share_a_model(model, engine):
    expected = [model.generate(PROMPT, engine=engine, max_tokens=12, seed=seed).text for seed in range(8)]
    got = [None] * 8

    def work(seed):
        got[seed] = "".join(map(str, model.generate(PROMPT, stream=True, engine=engine, max_tokens=12, seed=seed)))

    threads = [threading.Thread(target=work, args=(seed,)) for seed in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert got == expected


def test_the_interpreter_runs_meanwhile(model):
    """No call holds the interpreter's lock: this thread naps and wakes in time while another one waits in C, in slices
    of 50 ms."""
    with pith.Engine(threads=2, max_sequences=1) as engine:
        queue = [model.generate(PROMPT, stream=True, engine=engine, **ENDLESS) for _ in range(100)]
        last = model.generate(PROMPT, stream=True, engine=engine, max_tokens=1)
        thread = threading.Thread(target=last.result)
        thread.start()
        naps = []
        for _ in range(101):
            start = time.perf_counter()
            time.sleep(0.001)
            naps.append(time.perf_counter() - start)
        assert thread.is_alive(), "nobody waited: this tested nothing"
        for stream in queue:
            stream.close()
        thread.join()
        last.close()
        assert sorted(naps)[50] < 0.02


def test_a_full_queue_is_busy(model):
    with pith.Engine(threads=2, queue_limit=1, max_sequences=1, kv_tokens=1024) as engine:
        streams = []
        with pytest.raises(pith.BusyError):
            for _ in range(50):
                streams.append(model.generate(PROMPT, stream=True, engine=engine, **ENDLESS))
        assert streams
        for stream in streams:
            stream.close()


# ---- asyncio ----


def test_async_for(model, engine):
    async def read(seed):
        text = ""
        async with model.generate(PROMPT, stream=True, engine=engine, max_tokens=20, seed=seed) as stream:
            async for token in stream:
                text += token.text
            assert (await stream.aresult()).text == text
        return text

    async def both():
        return await asyncio.gather(*(read(seed) for seed in range(5)))

    assert asyncio.run(both()) == [
        model.generate(PROMPT, engine=engine, max_tokens=20, seed=seed).text for seed in range(5)
    ]


def test_waiting_may_be_canceled_without_loss(model, engine):
    async def read():
        tokens, stream = [], model.generate(PROMPT, stream=True, engine=engine, max_tokens=30)
        while True:
            try:
                tokens.append(await asyncio.wait_for(stream.__anext__(), 0.0001))
            except asyncio.TimeoutError:
                continue
            except StopAsyncIteration:
                return "".join(map(str, tokens))

    assert asyncio.run(read()) == model.generate(PROMPT, engine=engine, max_tokens=30).text


def test_a_canceled_task_ends_its_generation(model):
    async def start(engine):
        reads = asyncio.Event()

        async def read():
            async for _ in model.generate(PROMPT, stream=True, engine=engine, **ENDLESS):
                reads.set()

        # Others share the engine's steps: alone, a generation may fill its context before the event loop has its turn.
        others = [model.generate(PROMPT, stream=True, engine=engine, **ENDLESS) for _ in range(16)]
        task = asyncio.ensure_future(read())
        await reads.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        with pytest.raises(asyncio.TimeoutError):
            await asyncio.wait_for(model.generate(PROMPT, stream=True, engine=engine, **ENDLESS).aresult(), 0.02)
        for other in others:
            other.cancel()

    with pith.Engine(threads=2) as engine:
        asyncio.run(start(engine))
        until = time.monotonic() + 5
        while engine.running and time.monotonic() < until:
            gc.collect()
            time.sleep(0.01)
        assert engine.running == 0


def test_async_errors(vocabulary, model):
    async def wrong():
        stream = model.generate(PROMPT, stream=True, max_tokens=5)
        stream.close()
        with pytest.raises(pith.ClosedError):
            await stream.__anext__()
        with pytest.raises(pith.ClosedError):
            await stream.__anext__()

    asyncio.run(wrong())


# ---- Ctrl-C ----

INTERRUPTED = """
import os, signal, sys, threading, time
import pith
from support import ENDLESS, MODEL

what, model = sys.argv[1], pith.Model.open(MODEL)
engine = pith.Engine(threads=int(sys.argv[2]), max_sequences=1)
sent = []

def send():
    time.sleep(0.4)
    sent.append(time.monotonic())
    os.kill(os.getpid(), signal.SIGINT)

threading.Thread(target=send).start()
try:
    others = [model.generate("Once", stream=True, engine=engine, **ENDLESS) for _ in range(100)]  # a long queue
    if what == "stream":
        stream = model.generate("Once", stream=True, engine=engine, **ENDLESS)
        for _ in stream:
            pass
    elif what == "wait":
        model.generate("Once", engine=engine, **ENDLESS)
    elif what == "embed":
        model.embed(["Once upon a time"] * 64, engine=engine)
    elif what == "open":
        while True:
            pith.Model.open(MODEL)
except KeyboardInterrupt:
    took = time.monotonic() - sent[0]
    for other in others:
        other.close()
    left = stream.result().stop.name if what == "stream" else engine.running + engine.queued
    print("interrupted", took < 1.0, took, left)
"""


@pytest.mark.parametrize("what", ["stream", "wait", "embed", "open"])
@pytest.mark.parametrize("threads", [1, 2])
def test_ctrl_c_cancels(what, threads):
    child = python("-c", INTERRUPTED, what, threads)
    assert child.returncode == 0 and child.stdout.startswith("interrupted True"), child.stdout
    assert child.stdout.split()[-1] == ("CANCEL" if what == "stream" else "0"), child.stdout


INTERRUPTED_IN_THE_HOOK = """
import collections, os, signal, sys
import pith
from pith import _log
from support import ENDLESS, MODEL

class Interrupts(collections.deque):
    def append(self, line):  # in the log hook, which the engine calls in the middle of a request's making
        super().append(line)
        os.kill(os.getpid(), signal.SIGINT)

model, engine = pith.Model.open(MODEL), pith.Engine(threads=int(sys.argv[1]))
_log.LINES = Interrupts(maxlen=9)
try:
    stream = model.generate("Once", stream=True, engine=engine, deadline_ms=2000, **ENDLESS)
    print("lost", stream.result().stop.name)
except KeyboardInterrupt:
    print("interrupted", engine.running + engine.queued)
print(pith._handle.open_count())  # the host, the model and the engine: what was half made went with the exception
"""


@pytest.mark.parametrize("threads", [1, 2])
def test_ctrl_c_in_the_log_hook_is_not_lost(threads):
    child = python("-c", INTERRUPTED_IN_THE_HOOK, threads)
    assert (child.returncode, child.stdout) == (0, "interrupted 0\n3\n")


def test_a_signal_handler_may_close_what_is_waited_for(model, engine):
    stream = model.generate(PROMPT, stream=True, engine=engine, **ENDLESS)
    old = signal.signal(signal.SIGALRM, lambda number, frame: stream.close())
    signal.setitimer(signal.ITIMER_REAL, 0.1)
    try:
        for _ in stream:
            pass
    except pith.ClosedError:
        pass
    finally:
        signal.signal(signal.SIGALRM, old)
    assert stream.closed


def test_a_signal_handler_that_reenters_is_told(model, engine):
    stream, told = model.generate(PROMPT, stream=True, engine=engine, **ENDLESS), []

    def enter(number, frame):
        try:
            told.append(next(stream))
        except pith.StateError as error:
            told.append(error)

    old = signal.signal(signal.SIGALRM, enter)
    signal.setitimer(signal.ITIMER_REAL, 0.001, 0.001)
    try:
        for _ in stream:
            pass
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, old)
        stream.close()
    assert told


# ---- embeddings ----


def test_embeddings_are_arrays(model, engine):
    np = pytest.importorskip("numpy")
    vectors = model.embed(["a king", "a queen", "日本 🙂"], engine=engine)
    assert isinstance(vectors, np.ndarray) and vectors.dtype == np.float32 and vectors.shape == (3, model.width)
    assert np.allclose((vectors**2).sum(axis=1), 1)
    single = model.embed("a king", engine=engine)
    assert single.shape == (model.width,) and (single == vectors[0]).all()
    assert model.embed([], engine=engine).shape == (0, model.width)
    ids = model.tokenize("a king")
    assert (model.embed([ids, ["a ki", "ng"]], engine=engine).shape) == (2, model.width)
    tokens = model.embed(["a king"], engine=engine, pooling="none", normalize=0)
    assert tokens.shape[0] >= len(ids) and tokens.shape[1] == model.width
    for wrong in (None, 5, [5], [1, 2], [None], object()):
        with pytest.raises(TypeError):
            model.embed(wrong, engine=engine)
    with pytest.raises(pith.OptionError):
        model.embed("a", engine=engine, pooling="max")


def test_the_array_is_the_requests_memory(model, engine):
    """64 texts: the array lies where the request has its vectors; nothing was copied, and it stays valid after
    everything is closed."""
    pytest.importorskip("numpy")
    texts = [f"tale number {number} of a king" for number in range(64)]
    before = _handle.open_count()
    with pith.Model.open(MODEL) as own:
        vectors = own.embed(texts)
        request = vectors.base._keep
        address, count, width = request.vectors()
        assert (vectors.ctypes.data, vectors.shape, count, width) == (address, (64, width), 64, own.width)
        assert not vectors.flags.owndata and not vectors.flags.writeable and vectors.flags.c_contiguous
        with pytest.raises(ValueError):
            vectors[0, 0] = 1
    assert (vectors == model.embed(texts, engine=engine)).all()
    assert _handle.open_count() == before + 1
    part = vectors[3, :5]
    expected = part.tolist()
    del vectors, request
    gc.collect()
    assert part.tolist() == expected  # a part keeps the whole
    del part
    gc.collect()
    assert _handle.open_count() == before


def test_without_numpy_there_are_lists(model, engine):
    child = python(
        "-c",
        """
import sys
sys.modules["numpy"] = None
import pith
from support import MODEL
with pith.Model.open(MODEL) as model, pith.Engine(threads=2) as engine:
    rows = model.embed(["a king", "a queen"], engine=engine)
    print([type(rows), type(rows[0]), type(rows[0][0]), len(rows), len(rows[0])] ==
          [list, list, float, 2, model.width], model.embed([], engine=engine), pith._handle.open_count(),
          model.embed("a king", engine=engine) == rows[0], ",".join(map(float.hex, rows[0])))
""",
    )
    assert child.returncode == 0, child.stdout
    first = child.stdout.split(" ", 4)
    assert first[:4] == ["True", "[]", "3", "True"], child.stdout[:200]
    assert [float.fromhex(word) for word in first[4].strip().split(",")] == [
        float(x) for x in model.embed("a king", engine=engine)
    ]
