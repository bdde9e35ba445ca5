#!/usr/bin/env python3
"""What a streamed token costs in Python beyond C: runs the same stream in both, in turns, and prints nanoseconds a
token, of each the least of all rounds: what else the machine does can only add.

    stream_overhead.py MODEL STREAM_OVERHEAD_C_PROGRAM [ROUNDS [LIMIT_NS]]

"live" pulls tokens as they are computed, "drain" after all are computed, which leaves the cost of the stream alone;
"async" drains with `async for`. The C program is bindings/bench/stream_overhead.c, linked with the library of the
package. Ends with 1 when the difference of drain is LIMIT_NS or more: 20 microseconds.
"""

import asyncio
import subprocess
import sys
import time

import pith

PROMPT = "Once upon a time"
TOKENS = 200
LIMIT_NS = 20_000


def in_c(program, model):
    words = subprocess.run(
        [program, model, PROMPT, str(TOKENS)], check=True, stdout=subprocess.PIPE, encoding="ascii"
    ).stdout.split()
    return {words[0]: float(words[1]), words[2]: float(words[3])}


def start(model, engine):
    return model.generate(PROMPT, stream=True, engine=engine, max_tokens=TOKENS, ignore_eog=1, loop_guard=0)


def measure(model, engine, drain):
    with start(model, engine) as stream:
        if drain:
            stream.result()
        characters, begin = 0, time.perf_counter_ns()
        for token in stream:
            characters += len(token.text)
        took = time.perf_counter_ns() - begin
    assert characters > 0, "the stream gave no text"
    return took / TOKENS


async def measure_async(model, engine):
    async with start(model, engine) as stream:
        await stream.aresult()
        begin = time.perf_counter_ns()
        async for _ in stream:
            pass
        return (time.perf_counter_ns() - begin) / TOKENS


def in_python(model, engine):
    return {
        "live": measure(model, engine, drain=False),
        "drain": measure(model, engine, drain=True),
        "async": asyncio.run(measure_async(model, engine)),
    }


def main():
    model_path, program = sys.argv[1:3]
    rounds = int(sys.argv[3]) if len(sys.argv) > 3 else 15
    limit = int(sys.argv[4]) if len(sys.argv) > 4 else LIMIT_NS
    c, python = [], []
    with pith.Model.open(model_path) as model, pith.Engine(threads=1) as engine:
        in_python(model, engine)
        for _ in range(rounds):
            c.append(in_c(program, model_path))
            python.append(in_python(model, engine))
    differences = {}
    for name in ("live", "drain", "async"):
        of_c = min(round_["drain" if name == "async" else name] for round_ in c)
        of_python = min(round_[name] for round_ in python)
        differences[name] = of_python - of_c
        print(
            f"{name:5}  C {of_c:10.0f} ns/token   Python {of_python:10.0f} ns/token"
            f"   difference {differences[name]:8.0f} ns"
        )
    sys.exit(differences["drain"] >= limit)


if __name__ == "__main__":
    main()
