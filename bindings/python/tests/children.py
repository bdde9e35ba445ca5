"""Programs that tests run in a process of their own: python children.py NAME [arguments]."""

import gc
import os
import sys
import tempfile
import threading
import time

import pith
from pith import _handle
from support import ENDLESS, MODEL, byte_vocabulary, resident_kib

STREAMS = []


def read(stream):
    """A thread that knows nothing of the interpreter's end: what it threw would be printed."""
    for token in stream:
        str(token)


def in_the_background(daemon, count=200):
    """Many streams, three of them read by threads; still far from their end when this returns."""
    model = pith.Model.open(MODEL)
    engine = pith.Engine(threads=2)
    STREAMS.extend(model.generate("Once", stream=True, engine=engine, **ENDLESS) for _ in range(count))
    for stream in STREAMS[:3]:
        threading.Thread(target=read, args=(stream,), daemon=daemon).start()
    time.sleep(0.05)
    if engine.running == 0:
        raise AssertionError("nothing runs any more: this would test nothing")
    return model, engine


def end_with_daemons():
    in_the_background(daemon=True)


def end_by_exit():
    in_the_background(daemon=True)
    sys.exit(7)


def end_with_threads():
    """The interpreter waits for threads that are no daemons; what they read is canceled for them."""
    in_the_background(daemon=False, count=3)
    for stream in STREAMS:
        stream.cancel()


def end_in_a_handler():
    """Code that runs after the package's own atexit handler: everything answers that it is closed, streams end,
    arrays stay."""
    model, _ = in_the_background(daemon=True)
    vectors = model.embed(["a"], engine=pith.Engine(threads=1))
    sys.modules["kept"] = Late(model, STREAMS[0], vectors)  # goes with the interpreter


class Late:
    def __init__(self, model, stream, vectors):
        self.all = model, stream, vectors

    def __del__(self):
        model, stream, vectors = self.all
        for call in (lambda: model.tokenize("a"), stream.result):
            try:
                call()
            except pith.ClosedError:
                continue
            print("not closed")
        for token in stream:
            print("not ended")
        float(vectors[0][0])
        print("late")


def end_by_exception():
    in_the_background(daemon=True)
    raise SystemExit(9)


def end_in_asyncio():
    import asyncio

    async def main():
        model = pith.Model.open(MODEL)
        stream = model.generate("Once", stream=True, **ENDLESS)
        await stream.__anext__()
        STREAMS.append(stream)

    asyncio.run(main())


def end_while_opening():
    def work():
        try:
            STREAMS.extend(pith.Model.open(MODEL) for _ in range(1000))
        except pith.ClosedError:
            pass  # the host went, as everything does

    threading.Thread(target=work, daemon=True).start()
    time.sleep(0.2)


def fork():
    """In the child, engines, requests and decoders of the parent say so; the model works; nothing hangs, also at its
    end."""
    model = pith.Model.open(MODEL)
    engine = pith.Engine(threads=2)
    stream = model.generate("Once", stream=True, engine=engine, **ENDLESS)
    next(stream)
    decoder = model.decoder()
    vectors = model.embed(["a king"], engine=engine)
    expected = model.generate("Once", max_tokens=5).text
    reader = threading.Thread(target=lambda: [str(token) for token in stream], daemon=True)  # holds locks now and then
    reader.start()
    for way in ("os._exit", "sys.exit", "collected"):
        child = os.fork()
        if child == 0:
            told = []
            for call in (
                lambda: next(stream),
                stream.result,
                lambda: engine.steps,
                lambda: decoder.feed(1),
                lambda: model.generate("a", engine=engine),
            ):
                try:
                    call()
                    told.append("worked")
                except pith.ForkedError:
                    told.append("forked")
            stream.cancel()
            good = told == ["forked"] * 5 and model.generate("Once", max_tokens=5).text == expected
            good = good and abs(float((vectors**2).sum()) - 1) < 1e-5 and model.tokenize("a") != []
            if way == "collected":
                del stream, engine, decoder, vectors, model, call
                gc.collect()
            os._exit(0 if good else 1) if way == "os._exit" else sys.exit(0 if good else 1)
        print(way, os.waitpid(child, 0)[1])
    stream.close()


def cycles(count):
    """Prints KiB resident after a tenth of the cycles and after all, and the same of the library's own memory."""
    vocabulary = byte_vocabulary(tempfile.mkdtemp())
    with pith.Model.open(MODEL) as model, pith.Engine(threads=1) as shared:
        model.generate("Once", engine=shared, max_tokens=2)
        for number in range(count):
            cycle(vocabulary, model, shared, number)
            if number + 1 == count // 10:
                early = measure()
        late = measure()
    os.remove(vocabulary)
    os.rmdir(os.path.dirname(vocabulary))
    print("rss", early[0], late[0], "native", early[1], late[1], "handles", early[2], late[2])


def measure():
    gc.collect()
    return resident_kib(), pith.default_host().memory_used, _handle.open_count()


def cycle(vocabulary, model, shared, number):
    with pith.Model.open(vocabulary) as words, words.decoder() as decoder:
        decoder.feed(words.tokenize("a")[0])
    with model.generate("Once", stream=True, engine=shared, max_tokens=2) as stream:
        if number % 50 == 0:
            next(stream)
    if number % 10 == 0:
        model.embed(["a"], engine=shared)
    pith.Engine(threads=2 if number % 20 == 0 else 1).close()
    pith.Host(memory_limit=1 << 20).close()
    try:
        pith.Model.open("/nowhere")
    except pith.FileError:
        return
    raise AssertionError("/nowhere was opened")


if __name__ == "__main__":
    globals()[sys.argv[1]](*map(int, sys.argv[2:]))
