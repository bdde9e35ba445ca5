#!/usr/bin/env python3
"""Runs bench_tokenizer and tokenizer_peers.py in turn, some rounds, and prints the best of each side by side: MB/s, and in brackets how
many times as fast pith is.

    compare_tokenizers.py [--bench build/bin/bench_tokenizer] [--rounds 3] VOCABULARY.gguf TEXT...

Run it with the Python that has the libraries. All of it is one thread's work; the rounds alternate, so that a neighbour's load or a
change of clock falls on all alike.
"""
import argparse
import json
import os
import pathlib
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent


# What bench_tokenizer asks of the C library for itself: memory given back stays with the process.
KEEP_MEMORY = {"MALLOC_MMAP_THRESHOLD_": str(1 << 30), "MALLOC_TRIM_THRESHOLD_": str((1 << 31) - 1)}


def run(command):
    output = subprocess.run(command, check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=os.environ | KEEP_MEMORY)
    return json.loads(output.stdout)


def keep_best(known, new):
    """Merges the report of one round into what is known: the least of all seconds."""
    for key, value in new.items():
        if key == "best_seconds":
            known[key] = min(known.get(key, value), value)
        elif isinstance(value, dict):
            keep_best(known.setdefault(key, {}), value)
        elif isinstance(value, list):
            old = known.setdefault(key, [{} for _ in value])
            for a, b in zip(old, value):
                keep_best(a, b)
        else:
            known[key] = value


def measure(options):
    """Reports by library, pith's first."""
    reports = {"pith": {}}
    peers = [sys.executable, HERE / "tokenizer_peers.py", "--repeat", str(options.repeat), options.vocabulary, *options.texts]
    for _ in range(options.rounds):
        keep_best(reports["pith"], run([options.bench, "--json", "--repeat", str(options.repeat), options.vocabulary, *options.texts]))
        for report in run(peers):
            keep_best(reports.setdefault(report["library"], {}), report)
    return reports


def speed(result, kind):
    if kind not in result or not result[kind]["best_seconds"]:
        return None
    return result["bytes"] / result[kind]["best_seconds"] * 1e-6


def print_row(title, results, kind, same=None):
    """One line: each library's MB/s, and a mark where it finds another number of tokens than pith."""
    ours = speed(results[0], kind)
    cells = []
    for result in results:
        rate = speed(result, kind)
        if rate is None:
            cells.append("-")
            continue
        mark = "" if same is None or result[same] == results[0][same] else "*"
        cells.append(f"{rate:.1f}{mark}" + ("" if result is results[0] else f" ({ours / rate:.1f})"))
    print(f"| {title} | " + " | ".join(cells) + " |")


def print_growth(title, results):
    cells = []
    for result in results:
        known = speed(result, "whole") is not None
        cells.append(f"{result['twice']['best_seconds'] / result['whole']['best_seconds']:.1f}" if known else "-")
    print(f"| {title} | " + " | ".join(cells) + " |")


def print_table(reports):
    names, all_of = list(reports), list(reports.values())
    print("| MB/s | " + " | ".join(names) + " |\n|---" + "|---" * len(names) + "|")
    for i, text in enumerate(all_of[0]["texts"]):
        results = [report["texts"][i] for report in all_of]
        print_row(text["name"], results, "whole", "tokens")
        print_row(text["name"] + ", in pieces", results, "pieces")
    for i, text in enumerate(all_of[0]["runs"]):
        results = [report["runs"][i] for report in all_of]
        print_row(text["name"] + " repeated", results, "whole", "tokens")
        print_growth("- twice as much takes, times as long", results)
    opening = [f"{report['opening']['all']['best_seconds'] * 1e3:.1f}" for report in all_of]
    print("| opening, ms | " + " | ".join(opening) + " |")
    print(f"\n{all_of[0]['tokens']} tokens; pith holds {all_of[0]['opening']['kept_bytes'] * 1e-6:.1f} MB, "
          f"{all_of[0]['opening']['peak_bytes'] * 1e-6:.1f} MB at most while opening. * another number of tokens than pith.")


def main():
    parser = argparse.ArgumentParser(description="Measures pith's tokenizer beside other libraries.")
    parser.add_argument("--bench", default="build/bin/bench_tokenizer")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--repeat", type=int, default=2, help="runs of each a round")
    parser.add_argument("vocabulary")
    parser.add_argument("texts", nargs="+")
    print_table(measure(parser.parse_intermixed_args()))


if __name__ == "__main__":
    main()
