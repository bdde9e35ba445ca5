"""What programs do wrong: exceptions, never a crash."""

import gc
import random
import threading
import time

import pith
import pytest
from pith import _handle
from support import ENDLESS, MODEL


def everything(engine_threads=1):
    """One of each object, the children last."""
    model = pith.Model.open(MODEL)
    engine = pith.Engine(threads=engine_threads)
    return [pith.Host(), model, engine, model.decoder(), model.generate("Once", stream=True, engine=engine, **ENDLESS)]


def test_closed_handles():
    host, model, engine, decoder, stream = everything()
    goes_on = model.generate("Once", stream=True, engine=engine, max_tokens=5)
    for one in (stream, decoder, engine, model, host):
        one.close()
        one.close()
        assert one.closed
    assert goes_on.result().ids  # children keep their parents
    goes_on.close()
    calls = [
        lambda: model.tokenize("a"),
        lambda: model.tokenize_spans("a"),
        lambda: model.name,
        lambda: model.width,
        model.details,
        model.decoder,
        lambda: model.detokenize([1]),
        lambda: model.generate("a"),
        lambda: model.embed("a"),
        lambda: model.embed([]),
        lambda: model.generate("a", stream=True),
        lambda: engine.steps,
        lambda: host.memory_used,
        lambda: pith.Engine(host=host),
        lambda: pith.Model.open(MODEL, host=host),
        lambda: pith.Model.plan(MODEL, host=host),
        lambda: decoder.feed(1),
        decoder.flush,
        lambda: next(stream),
        stream.result,
        lambda: stream.prompt_tokens,
    ]
    for call in calls:
        with pytest.raises(pith.ClosedError, match="is closed"):
            call()
    assert isinstance(pith.ClosedError("x"), (RuntimeError, pith.StateError)) and "closed" in repr(model)
    stream.cancel()  # nothing to cancel: fine


HOSTILE = [
    None,
    -1,
    2**31,
    2**63,
    2**64,
    2**200,
    -(2**200),
    1.5,
    float("nan"),
    float("inf"),
    "",
    "a\0b",
    "\ud800",
    "\udfff" * 3,
    b"",
    b"\xff\xfe",
    object(),
    [],
    {},
    (),
    [None],
    ["\ud83d"],
    [2**70],
    [[[]]],
    True,
    lambda: None,
    int,
    Ellipsis,
    range(3),
    pith.trusted("x"),
    pith.Piece(None),
    memoryview(bytearray(8))[::2],
    bytearray(3),
]


def test_hostile_arguments(model, vocabulary, engine):
    """Whatever is given where: an exception, or a result where the value is fine after all."""
    decoder = vocabulary.decoder()
    few = {"max_tokens": 1, "engine": engine}
    calls = [
        model.tokenize,
        vocabulary.tokenize_spans,
        model.detokenize,
        vocabulary.detokenize_bytes,
        decoder.feed,
        pith.trusted,
        lambda x: model.generate(x, **few),
        lambda x: model.generate("a", stream=x, **few),
        lambda x: model.generate("a", engine=x, max_tokens=1),
        lambda x: model.embed(x, engine=engine),
        lambda x: model.embed([x, x], engine=engine),
        lambda x: model.generate("a", stop=x, **few),
        lambda x: model.generate("a", logit_bias=x, **few),
        lambda x: model.generate("a", stop_tokens=x, **few),
        lambda x: model.generate("a", logprobs=x, **few),
        lambda x: model.generate("a", seed=x, temperature=x, **few),
        lambda x: model.generate("a", **{str(x): x}, **few),
        lambda x: model.tokenize("a", trusted=x, bos=x, eos=x),
        lambda x: model.detokenize([1], special=x),
        lambda x: model.decoder(special=x),
        lambda x: pith.Engine(threads=x).close() if x not in (2**31,) else None,
        lambda x: pith.Engine(host=x),
        lambda x: pith.Host(memory_limit=x),
        lambda x: pith.Host(cpu=x),
        pith.Model.open,
        pith.Model,
        pith.Model.plan,
        lambda x: pith.Model.open(MODEL, host=x),
        lambda x: pith.Model.open(MODEL, progress=x).close(),
        lambda x: pith.Model.open(MODEL, load_threads=x).close(),
        lambda x: pith.Model.open([MODEL, x]),
        lambda x: pith.Model.open(pith.FileRange(x, x, x)),
        lambda x: pith.Model.plan(MODEL, engine=x),
        pith.effective_options,
        lambda x: pith.effective_options("request", x),
        pith.option_help,
        lambda x: pith.FileRange(x, x),
    ]
    refused = taken = 0
    for call in calls:
        for value in HOSTILE:
            try:
                call(value)
                taken += 1
            except Exception as error:
                assert not isinstance(error, (SystemError, pith.InternalError)), (error, value)
                refused += 1
    assert refused > 600 and taken > 50, (refused, taken)
    assert (
        model.generate("Once", max_tokens=3, engine=engine).ids
        and vocabulary.detokenize(vocabulary.tokenize("日")) == "日"
    )


def test_wrong_engines_and_hosts_are_told(model):
    for wrong in (5, "engine", model, pith.Engine):
        with pytest.raises(TypeError, match="engine is a pith.Engine, not"):
            model.generate("a", engine=wrong)
        for call in (lambda: pith.Engine(host=wrong), lambda: pith.Model.open(MODEL, host=wrong)):
            with pytest.raises(TypeError, match="host is a pith.Host, not"):
                call()


def test_objects_that_misbehave(model, engine):
    """Objects that throw, or close the model, in the middle of a conversion."""

    class Throws:
        def __index__(self):
            raise LookupError("index")

        def __iter__(self):
            raise LookupError("iter")

        __float__ = __len__ = __getitem__ = __fspath__ = __index__

    for call in (
        model.tokenize,
        model.detokenize,
        model.embed,
        model.generate,
        pith.Model.open,
        lambda x: model.detokenize([x]),
        lambda x: model.generate("a", seed=x),
        lambda x: pith.effective_options("request", x),
    ):
        with pytest.raises((LookupError, TypeError)):
            call(Throws())

    other = pith.Model.open(MODEL)

    class Closes:
        def __index__(self):
            other.close()
            return 1

    with pytest.raises(pith.ClosedError):
        other.detokenize([1, Closes()])


def test_handles_of_other_threads(model, engine):
    """Made on one thread, used on a second, closed on a third."""
    made = []

    def on_a_thread(work):
        thread = threading.Thread(target=work)
        thread.start()
        thread.join()

    on_a_thread(lambda: made.append(model.generate("Once", stream=True, engine=engine, max_tokens=5)))
    on_a_thread(lambda: made.append(made[0].result()))
    on_a_thread(made[0].close)
    assert made[1].ids
    with pytest.raises(pith.ClosedError):
        next(made[0])


def test_two_threads_read_one_stream(model, engine):
    expected = model.generate("Once", engine=engine, max_tokens=100).ids
    stream, got = model.generate("Once", stream=True, engine=engine, max_tokens=100), []
    threads = [
        threading.Thread(target=lambda: got.extend(token for step in stream for token in step.ids)) for _ in range(3)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(got) == sorted(expected)


def test_closing_while_others_use():
    """Threads use everything while it is closed: each call works, or says that it is closed."""
    wrong = []

    def repeat(work):
        try:
            while True:
                work()
        except (pith.ClosedError, StopIteration):
            pass
        except BaseException as other:
            wrong.append(other)

    for round_number in range(15):
        chance = random.Random(round_number)
        host, model, engine, decoder, shared = everything(1 + round_number % 2)
        works = [
            lambda: next(shared),
            lambda: next(shared),
            lambda: model.tokenize("Once upon a time"),
            lambda: decoder.feed(40),
            lambda: model.generate("Once", engine=engine, max_tokens=3),
            lambda: model.embed("a king", engine=engine),
            lambda: shared.result(),
            lambda: host.memory_used,
            lambda: engine.steps,
        ]
        threads = [threading.Thread(target=repeat, args=(work,)) for work in works]
        for thread in threads:
            thread.start()
        time.sleep(chance.random() * 0.04)
        objects = [host, model, engine, decoder, shared]
        chance.shuffle(objects)
        for one in objects:
            one.close()
        for thread in threads:
            thread.join(20)
            assert not thread.is_alive(), "a thread hangs after close"
    assert not wrong


def test_collected_in_any_order():
    """Nothing is closed; everything is dropped, children and parents in whatever order, also in circles."""
    gc.collect()
    before = _handle.open_count()
    held = []
    for _ in range(12):
        made = everything(2)
        next(made[4])
        for one in made:
            circle = [one]
            circle.append(circle)
            held.append(circle)
    assert _handle.open_count() == before + 60
    del made, one, circle
    random.Random(7).shuffle(held)
    while held:
        del held[:10]
        gc.collect()
    assert _handle.open_count() == before


def test_the_collector_may_run_inside_a_hook(model):
    """Circles of streams are dropped while hooks run, with the library's locks held by this very thread; and the
    collector runs at every step."""
    threshold = gc.get_threshold()
    gc.set_threshold(1)
    try:
        for _ in range(5):
            with pith.Engine(threads=2) as engine:
                other = pith.Model.open(MODEL, progress=lambda fraction: gc.collect())
                for _ in range(3):
                    circle = [model.generate("Once", stream=True, engine=engine, **ENDLESS)]
                    circle.append(circle)
                    del circle
                    other.generate(
                        "Once", engine=engine, max_tokens=2
                    )  # takes a place in the engine: a log line with its lock held
                other.close()
    finally:
        gc.set_threshold(*threshold)
