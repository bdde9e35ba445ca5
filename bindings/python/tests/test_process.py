"""What shows in a whole process: the end of the interpreter, forks, memory over many cycles."""

import multiprocessing
import os

import pytest
from support import HERE, MODEL, python

CHILDREN = HERE / "tests/children.py"
CYCLES = int(os.environ.get("PITH_CYCLES", "10000"))
GROWTH_KIB = 1024
WAYS = [
    ("end_with_daemons", 0, ""),
    ("end_by_exit", 7, ""),
    ("end_with_threads", 0, ""),
    ("end_in_a_handler", 0, "late\n"),
    ("end_by_exception", 9, ""),
    ("end_in_asyncio", 0, ""),
    ("end_while_opening", 0, ""),
]


@pytest.mark.parametrize("way, code, output", WAYS)
def test_the_interpreter_may_end_during_work(way, code, output):
    for _ in range(3):
        child = python("-X", "faulthandler", "-X", "dev", "-W", "ignore", CHILDREN, way)
        assert (child.returncode, child.stdout) == (code, output)


def test_fork():
    pytest.importorskip("numpy")
    child = python("-X", "faulthandler", "-W", "ignore", CHILDREN, "fork")
    assert (child.returncode, child.stdout) == (0, "os._exit 0\nsys.exit 0\ncollected 0\n")


def in_a_pool(text):
    """A worker of multiprocessing's opens the model for itself."""
    import pith

    with pith.Model.open(MODEL) as model:
        return model.tokenize(text)


@pytest.mark.parametrize("method", ["fork", "spawn", "forkserver"])
def test_multiprocessing(model, method):
    with multiprocessing.get_context(method).Pool(2) as pool:
        assert pool.map(in_a_pool, ["Once upon", "a time"]) == [model.tokenize("Once upon"), model.tokenize("a time")]


def test_many_cycles_take_no_memory():
    child = python(CHILDREN, "cycles", CYCLES, timeout=300)
    assert child.returncode == 0, child.stdout
    print(CYCLES, "cycles:", child.stdout)
    _, early, late, _, native_early, native_late, _, handles_early, handles_late = child.stdout.split()
    assert int(late) - int(early) < GROWTH_KIB, child.stdout
    assert (native_early, handles_early) == (native_late, handles_late), child.stdout
