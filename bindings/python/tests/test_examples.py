"""The examples, run as their heads say."""

from support import HERE, MODEL, python

EXAMPLES = HERE / "examples"


def example(name, *arguments, input=""):
    child = python(EXAMPLES / name, MODEL, *arguments, input=input)
    assert child.returncode == 0, child.stdout
    return child.stdout


def test_chat():
    assert len(example("chat.py", input="Hello, who are you?\nTell me a tale 🙂\n")) > 20


def test_embed_search():
    lines = example(
        "embed_search.py", "The dog ran home", "The dog ran away", "Blue cheese", "The dog ran home"
    ).splitlines()
    assert len(lines) == 3 and lines[0] == " 1.000  The dog ran home" and lines[1][8:] == "The dog ran away"


def test_tokenize():
    output = example("tokenize_text.py", "Once upon a time")
    assert "0-4" in output and "[Once]" in output


def test_wrong_use_is_told():
    for name in ("chat.py", "embed_search.py", "tokenize_text.py"):
        child = python(EXAMPLES / name)
        assert child.returncode == 2 and "usage" in child.stdout
