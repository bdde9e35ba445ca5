"""Text both ways: emoji, CJK, zero characters, surrogates, broken UTF-8."""

import random

import pith
import pytest


def there(vocabulary, text):
    return vocabulary.detokenize(vocabulary.tokenize(text))


@pytest.mark.parametrize(
    "text", ["", "plain", "naïve", "日本語、中文", "👩‍👩‍👧‍👦 🙂🏽", "a\0b", "𝔘𝔫𝔦", "\ufffd", " \n\t ", "日本 " * 20_000]
)
def test_whole_text_comes_back(vocabulary, text):
    assert there(vocabulary, text) == text
    assert len(vocabulary.tokenize(text)) == len(text.encode())


def test_unpaired_surrogates_become_replacements(vocabulary):
    assert there(vocabulary, "a\ud83db") == "a\ufffdb"
    assert there(vocabulary, "\ude42\ud83dx") == "\ufffd\ufffdx"
    assert there(vocabulary, "\ud83d\ude42") == "🙂"
    assert there(vocabulary, "\udcff") == "\ufffd"


def test_any_bytes_come_back(vocabulary):
    chance = random.Random(1)
    for _ in range(200):
        text = bytes(chance.randrange(256) for _ in range(chance.randrange(60)))
        ids = vocabulary.tokenize(text)
        assert vocabulary.detokenize_bytes(ids) == text
        assert vocabulary.detokenize(ids) == text.decode("utf-8", "replace")
        assert vocabulary.tokenize(bytearray(text)) == vocabulary.tokenize(memoryview(text)) == ids


def test_a_decoder_gives_whole_characters(vocabulary):
    with vocabulary.decoder() as decoder:
        parts = [decoder.feed(token) for token in vocabulary.tokenize("é日🙂")]
        assert "".join(parts) == "é日🙂" and "\ufffd" not in "".join(parts) and decoder.flush() == ""
        assert decoder.feed(vocabulary.tokenize("🙂")[0]) == "" and decoder.flush() == "\ufffd"
        for wrong in (-1, 100_000, 2**31, 2**70):
            with pytest.raises(pith.ArgumentError):
                decoder.feed(wrong)
        for wrong in (None, "a", 1.0):
            with pytest.raises(TypeError):
                decoder.feed(wrong)
        assert decoder.feed(256) == ""
    with vocabulary.decoder(special=True) as decoder:
        assert decoder.feed(256) == "<|end|>"


def test_control_tokens_come_from_trusted_pieces_only(vocabulary):
    spans = vocabulary.tokenize_spans([pith.trusted("<|end|>"), "<|end|>é"])
    assert len(spans) == 1 + 7 + 2
    assert spans[0] == (256, 0, 7) and spans[1] == (ord("<"), 7, 8) and spans[9].end == 16
    assert vocabulary.tokenize("<|end|>", trusted=True) == [256]
    assert vocabulary.tokenize([pith.Piece("<|end|>"), pith.Piece(b"<|end|>", trusted=True)])[7:] == [256]
    assert vocabulary.tokenize([]) == [] and vocabulary.tokenize_spans([]) == []
    assert vocabulary.detokenize([256]) == "" and vocabulary.detokenize([256], special=True) == "<|end|>"


def test_wrong_arguments(vocabulary):
    for wrong in ([-5], [257], [2**31], [-(2**31) - 1], [2**100]):
        with pytest.raises(pith.ArgumentError):
            vocabulary.detokenize(wrong)
    for wrong in (None, "text", b"bytes", ["a"], [1.5], [None], 5):
        with pytest.raises(TypeError):
            vocabulary.detokenize(wrong)
    for wrong in (None, 5, 1.5, [None], [1, "a"], [[1]], [1, 2], ["a", ["b"]], [pith.Piece(5)], object()):
        with pytest.raises(TypeError):
            vocabulary.tokenize(wrong)
    for wrong, told in (
        (None, "a prompt is .*, not NoneType"),
        ({"a": 1}, "a prompt is .*, not dict"),
        ({"a", "b"}, "a prompt is .*, not set"),
        ([{"role": "user", "content": "Hi"}], "the messages of a chat as pieces, not dict"),
        (["a", 5], "a piece of a prompt is .*, not int"),
    ):
        with pytest.raises(TypeError, match=told):
            vocabulary.tokenize(wrong)
    for wrong in (None, {"a": 1}, {"a"}, 5):
        with pytest.raises(TypeError, match="embed takes a text, or a list"):
            vocabulary.embed(wrong)
    for call in (pith.option_help, pith.effective_options):
        for wrong in ("requests", None, []):
            with pytest.raises(ValueError, match="there is no scope .*; there are: host"):
                call(wrong)
    with pytest.raises(pith.UnsupportedError):
        vocabulary.generate("a")
    with pytest.raises(pith.UnsupportedError):
        vocabulary.embed("a")


def test_ids_of_numpy(vocabulary):
    np = pytest.importorskip("numpy")
    assert vocabulary.detokenize(np.array([72, 105])) == "Hi"
    with pytest.raises(TypeError):
        vocabulary.detokenize(np.array([72.0]))
    with pytest.raises(TypeError):
        vocabulary.detokenize(np.array([[72]]))
