"""The same prompt and seed give the same text as the pith command, and embeddings have the same bits."""

import array

import pith
import pytest
from support import COMMAND, MODEL, run

pytestmark = pytest.mark.skipif(not COMMAND, reason="PITH_COMMAND names no pith command")


@pytest.mark.parametrize("seed", [0, 1, 42])
@pytest.mark.parametrize("prompt", ["Once upon a time", "The dog 🙂 日本"])
def test_text(model, seed, prompt):
    c = run(COMMAND, "run", MODEL, "--prompt", prompt, "--seed", seed, "--max-tokens", 60)
    assert c.returncode == 0 and c.stdout == model.generate(prompt, seed=seed, max_tokens=60).text + "\n"
    assert c.stdout == "".join(map(str, model.generate(prompt, stream=True, seed=seed, max_tokens=60))) + "\n"


def test_embedding_bits(model):
    texts = ["a king", "a queen", "日本 🙂", "Once upon a time there was a little girl"]
    c = run(COMMAND, "embed", MODEL, input="\n".join(texts) + "\n")
    lines = c.stdout.splitlines()
    assert c.returncode == 0 and len(lines) == len(texts)
    for line, vector in zip(lines, model.embed(texts)):  # nine digits: enough to tell every float from the next
        assert array.array("f", map(float, line.split())).tobytes() == array.array("f", vector).tobytes()
    with pith.Engine(threads=1) as engine:
        assert (
            array.array("f", model.embed(texts[2], engine=engine)).tobytes()
            == array.array("f", model.embed(texts)[2]).tobytes()
        )
