#!/usr/bin/env python3
"""The pith command as scripts use it: what it prints, where, and with which exit code.

    test_command.py PITH MODEL FLOAT_MODEL
"""
import json
import os
import signal
import subprocess
import sys

PITH, MODEL, FLOATS = sys.argv[1:4]


def pith(*arguments, stdin=b"", code=0):
    done = subprocess.run([PITH, *arguments], input=stdin, capture_output=True, timeout=120, check=False)
    assert done.returncode == code, (arguments, done.returncode, done.stderr)
    assert (code == 0) == (done.stderr == b"") or code == 130, (arguments, done.stderr)
    return done.stdout if code == 0 else done.stderr.decode()


def test_run_prints_one_json_object():
    arguments = ["--prompt", "Once upon a time", "--max-tokens", "12", "--temperature", "0", "--seed", "1"]
    whole = json.loads(pith("run", MODEL, *arguments, "--threads", "2", "--json"))
    assert len(whole["tokens"]) == 12 and whole["stop"] == "length" and whole["text"]
    for name in ["load_seconds", "prompt_tokens_per_second", "generation_tokens_per_second"]:
        assert whole["timings"][name] > 0, name
    streamed = pith("run", MODEL, *arguments, "--threads", "1").decode()
    assert streamed == whole["text"] + "\n"


def test_an_empty_prompt_starts_from_bos():
    whole = json.loads(pith("run", MODEL, "--prompt", "", "--max-tokens", "5", "--json"))
    assert whole["timings"]["prompt_tokens"] == 1 and len(whole["tokens"]) == 5
    assert whole["tokens"] == json.loads(pith("run", MODEL, "--max-tokens=5", "--json"))["tokens"]


def test_prompts_come_from_files_too():
    told = json.loads(pith("run", MODEL, "--prompt", "The fox", "--max-tokens", "5", "--json"))
    read = json.loads(pith("run", MODEL, "--prompt-file", "-", "--max-tokens", "5", "--json", stdin=b"The fox"))
    assert told["tokens"] == read["tokens"] and told["timings"]["prompt_tokens"] == read["timings"]["prompt_tokens"]


def test_stops():
    base = ["run", MODEL, "--prompt", "Once upon a time", "--temperature", "0", "--json"]
    text = json.loads(pith(*base, "--max-tokens", "20"))["text"]
    word = text.split()[4]
    stopped = json.loads(pith(*base, "--max-tokens", "20", "--stop", word))
    assert stopped["stop"] == "string" and word not in stopped["text"] and text.startswith(stopped["text"])
    first = json.loads(pith(*base, "--max-tokens", "1"))["tokens"][0]
    assert json.loads(pith(*base, "--stop-tokens", f"1,{first}"))["stop"] == "token"
    forbidden = json.loads(pith(*base, "--max-tokens", "1", "--logit-bias", f"{first}=-inf"))
    assert forbidden["tokens"][0] != first
    assert json.loads(pith(*base, "--context", "64", "--max-tokens", "0", "--ignore-eog"))["stop"] in ("context", "loop")


def test_logprobs():
    found = json.loads(pith("run", MODEL, "--prompt", "a", "--temperature", "0", "--max-tokens", "3", "--logprobs", "2", "--json"))
    assert len(found["logprobs"]) == 3
    for token, entry in zip(found["tokens"], found["logprobs"]):
        assert entry["id"] == token and entry["logprob"] <= 0 and len(entry["top"]) == 2
        assert entry["top"][str(token)] == entry["logprob"]


def test_tokenize_takes_any_bytes():
    data = bytes(range(256)) * 2 + "Grüße, 世界 🙂\n".encode()
    ids = json.loads(pith("tokenize", MODEL, "--json", stdin=data))
    assert all(isinstance(i, int) for i in ids)
    lines = pith("tokenize", MODEL, stdin=data).decode().splitlines()
    assert [int(line.split("\t")[0]) for line in lines] == ids
    text = "".join(json.loads(line.split("\t")[1]) for line in lines)
    assert text == data.decode(errors="replace"), text
    assert json.loads(pith("tokenize", MODEL, "--json")) == []
    bos = json.loads(pith("tokenize", MODEL, "--json", "--bos", stdin=b"a"))
    assert bos[1:] == json.loads(pith("tokenize", MODEL, "--json", stdin=b"a"))


def test_embed_gives_a_vector_a_line():
    vectors = json.loads(pith("embed", MODEL, "--json", stdin=b"a king\n\na queen\r\na king"))
    assert len(vectors) == 4 and vectors[0] == vectors[3] != vectors[2]
    for vector in vectors:
        assert abs(sum(x * x for x in vector) - 1) < 1e-5
    many = json.loads(pith("embed", MODEL, "--json", stdin=b"a king\n" * 300))
    assert len(many) == 300 and all(vector == vectors[0] for vector in many)
    assert json.loads(pith("embed", MODEL, "--json")) == []
    lines = pith("embed", MODEL, stdin=b"a king\n").decode().split()
    assert [float(x) for x in lines] == vectors[0]


def test_inspect():
    told = json.loads(pith("inspect", MODEL, "--json"))
    assert told["metadata"]["general.architecture"] == told["family"] == "llama"
    assert told["metadata"]["tokenizer.ggml.tokens"] == {"array_of": "string", "count": 4096}
    assert told["hyperparameters"]["block_count"] == 4
    tensor = next(t for t in told["tensors"] if t["name"] == "token_embd.weight")
    assert tensor == {"name": "token_embd.weight", "type": "Q8_0", "shape": [256, 4096], "bytes": 1114112}
    plan = told["plan"]
    assert plan["total"] == plan["weights"] + plan["vocabulary"] + plan["kv"] + plan["work"] > 0
    smaller = json.loads(pith("inspect", MODEL, "--json", "--kv-tokens", "64"))["plan"]
    assert smaller["kv"] < plan["kv"]
    text = pith("inspect", MODEL).decode()
    assert "token_embd.weight" in text and "KV cache" in text and "general.license" in text


def test_inspect_tells_which_way_products_go():
    kernels = json.loads(pith("inspect", MODEL, "--json"))["kernels"]["level"]
    assert paths(MODEL, "--blas-columns", "8") == {"Q8_0": {"matrices": 29, "kernels": kernels, "openblas_from": None}}
    if json.loads(pith("version", "--json"))["openblas"] is None:
        return
    (asked,) = paths(FLOATS, "--blas-columns", "8").values()
    assert asked["openblas_from"] == 8 and asked["matrices"] > 0
    (exact,) = paths(FLOATS, "--blas-columns", "8", "--exact", "1").values()
    assert exact["openblas_from"] is None
    (scalar,) = paths(FLOATS, "--cpu", "ref").values()
    assert scalar["kernels"] == "ref" and scalar["openblas_from"] > 0
    assert b"from 8 columns on OpenBLAS" in pith("inspect", FLOATS, "--blas-columns", "8")
    assert b"on OpenBLAS" not in pith("inspect", FLOATS, "--exact", "1")


def paths(model, *flags):
    return json.loads(pith("inspect", model, "--json", *flags))["products"]


def test_help_and_version():
    assert b"usage: pith" in pith("--help")
    build = json.loads(pith("version", "--json"))
    assert pith("--version").decode().split()[1] == build["version"]
    helped = pith("run", "--help").decode()
    for flag in ["--prompt TEXT", "--top-p X", "--threads N", "--exact N", "--memory-limit N", "default 0.95"]:
        assert flag in helped, flag


def test_wrong_usage_ends_with_2():
    assert "usage" in pith(code=2)
    assert "frobnicate" in pith("frobnicate", code=2)
    assert "which model" in pith("run", code=2)
    assert "--foo" in pith("run", MODEL, "--foo", code=2)
    assert "0 to 1; 3 was given" in pith("run", MODEL, "--top-p", "3", code=2)
    assert "'x'" in pith("run", MODEL, "--top-k", "x", code=2)
    assert "needs a value" in pith("run", MODEL, "--seed", code=2)
    assert "argument too many" in pith("run", MODEL, MODEL, code=2)
    assert "ID=X" in pith("run", MODEL, "--logit-bias", "5", code=2)
    assert "mean, last, first, none" in pith("embed", MODEL, "--pooling", "max", code=2)


def test_failures_end_with_1():
    assert "no/such" in pith("run", "no/such.gguf", code=1)
    assert "GGUF" in pith("inspect", __file__, code=1)
    assert "memory limit" in pith("run", MODEL, "--memory-limit", "5000000", code=1)
    assert "no/such" in pith("run", MODEL, "--prompt-file", "no/such", code=1)
    assert "abacus" in pith("run", MODEL, "--cpu", "abacus", code=1)


def test_interrupt_ends_cleanly():
    slow = subprocess.Popen(
        [PITH, "run", MODEL, "--max-tokens", "0", "--ignore-eog", "--loop-guard", "0", "--cpu", "ref", "--threads", "1", "--timings"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    slow.stdout.read(1)  # it generates
    slow.send_signal(signal.SIGINT)
    _, told = slow.communicate(timeout=60)
    assert slow.returncode == 130 and told.startswith(b"cancel after"), (slow.returncode, told)


def test_the_environment_caps_the_cpu():
    low = subprocess.run([PITH, "inspect", MODEL, "--json"], env={**os.environ, "PITH_CPU": "ref"}, capture_output=True, check=True)
    assert json.loads(low.stdout)["kernels"]["level"] == "ref"
    wrong = subprocess.run([PITH, "inspect", MODEL], env={**os.environ, "PITH_CPU": "abacus"}, capture_output=True, check=False)
    assert wrong.returncode == 1 and b"PITH_CPU 'abacus'" in wrong.stderr


def main():
    tests = [test for name, test in sorted(globals().items()) if name.startswith("test_")]
    for test in tests:
        test()
    print(f"{len(tests)} tests passed")


main()
