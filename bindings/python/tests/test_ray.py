"""Ray Data on a local cluster of two workers, one of which is lost mid-run."""

import os
import signal
import time

import pith
import pytest
from support import HERE, MODEL

ray = pytest.importorskip("ray")
pytest.importorskip("ray.data")
import pith.ray  # noqa: E402

ROWS = 240
PROMPTS = ["Once upon a time", "The dog", "A king 🙂 日本"]


@pytest.fixture(scope="module", autouse=True)
def cluster():
    os.environ["RAY_AUTH_MODE"] = "disabled"
    ray.init(
        num_cpus=4,
        include_dashboard=False,
        logging_level="ERROR",
        log_to_driver=False,
        object_store_memory=100 * 2**20,
        _system_config={"health_check_failure_threshold": 50},  # of machines that are busy with other things
        runtime_env={
            "env_vars": {"PYTHONPATH": os.pathsep.join([str(HERE / "tests"), os.environ.get("PYTHONPATH", "")])}
        },
    )
    ray.data.DataContext.get_current().enable_progress_bars = False
    yield
    ray.shutdown()


class Marked(pith.ray.Embedder):
    """Also leaves files that say: this process opened the model; it is at work on a batch now."""

    def __init__(self, folder, **arguments):
        super().__init__(**arguments)
        self.busy = os.path.join(folder, f"busy-{os.getpid()}")
        open(os.path.join(folder, f"opened-{os.getpid()}"), "x").close()

    def __call__(self, batch):
        open(self.busy, "x").close()
        time.sleep(0.1)
        made = {**super().__call__(batch), "worker": [os.getpid()] * len(batch["id"])}
        os.remove(self.busy)
        return made


def processes(folder, what):
    return {int(name.split("-")[1]) for name in os.listdir(folder) if name.startswith(what)}


def lose_one_at_work(folder):
    """Kills a worker in the middle of a batch, when both are there."""
    until = time.monotonic() + 60
    while time.monotonic() < until:
        at_work = processes(folder, "busy-")
        if len(processes(folder, "opened-")) == 2 and at_work:
            chosen = min(at_work)
            os.kill(chosen, signal.SIGSTOP)
            if chosen in processes(folder, "busy-"):  # still, now that it cannot end its batch
                os.kill(chosen, signal.SIGKILL)
                return chosen
            os.kill(chosen, signal.SIGCONT)
        time.sleep(0.01)
    raise AssertionError("no two workers were ever there with one of them at work")


def test_a_lost_worker_loses_no_row(model, tmp_path):
    texts = [f"tale number {number} 🙂" for number in range(ROWS)]
    data = ray.data.from_items([{"id": number, "text": text} for number, text in enumerate(texts)])
    arguments = {"folder": str(tmp_path), "model": MODEL, "column": "text", "output": "embedding"}
    mapped = pith.ray._map(Marked, data, workers=2, cpus=1, batch_size=8, arguments=arguments, more={})
    rows, killed = [], None
    for row in mapped.iter_rows():
        rows.append(row)
        if killed is None:
            killed = lose_one_at_work(tmp_path)
    assert sorted(row["id"] for row in rows) == list(range(ROWS))
    assert processes(tmp_path, "busy-") == {killed}, "nobody was lost in the middle of a batch: this tested nothing"
    assert {row["worker"] for row in rows} - {killed}
    expected = model.embed(texts)
    for row in rows:
        assert row["embedding"].dtype == "float32" and row["embedding"].tobytes() == expected[row["id"]].tobytes()
    opened = processes(tmp_path, "opened-")  # each process opened the model once, one that replaces the lost too
    assert {row["worker"] for row in rows} | {killed} <= opened and 2 <= len(opened) <= 4


def test_embed_and_generate_over_a_dataset(model):
    data = ray.data.from_items([{"prompt": prompt} for prompt in PROMPTS])
    made = pith.ray.generate(
        data, MODEL, column="prompt", output="tale", workers=1, options={"max_tokens": 12, "seed": 3}
    )
    both = pith.ray.embed(
        made, MODEL, column="tale", workers=1, cpus=1, options={"pooling": "last"}, engine={"threads": 1}
    )
    rows = {row["prompt"]: row for row in both.take_all()}
    for prompt in PROMPTS:
        tale = model.generate(prompt, max_tokens=12, seed=3).text
        assert rows[prompt]["tale"] == tale
        assert (rows[prompt]["embedding"] == model.embed(tale, pooling="last")).all()
