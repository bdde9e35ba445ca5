#!/usr/bin/env python3
"""Runs pith-bench and a peer in turn on the same model file, some rounds, and prints both medians, their ratio and its spread.

    compare.py [--bench build/bin/pith-bench] [--rounds 5] --llama-bench PATH MODEL.gguf
    compare.py --command 'peer -m {model} -p {prompt} -n {generate} -t {threads}' --prompt-pattern REGEX --generate-pattern REGEX MODEL.gguf

--llama-bench takes the program of that name of llama.cpp or of a fork (ik_llama.cpp); what follows in --peer-options goes to it as it is,
for instance '-rtr 1'. Any other peer is a command with places for the model's path and three numbers, and a regular expression for each
speed, whose group 1 is tokens a second in what the command prints; one of the two may be left out.
The ratio of a round is of two runs that follow each other, so that a neighbour's load or a change of clock falls on both alike; the
spread is the least and the greatest ratio. Exits with 1 and says why where a program fails or prints no speed.
"""
import argparse
import json
import re
import shlex
import statistics
import subprocess
import sys

KINDS = ("prompt", "generate")


class Failure(Exception):
    pass


def run(command, with_errors=False):
    """What a command prints; `with_errors`: on both streams."""
    try:
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, errors="replace")
    except OSError as error:
        raise Failure(f"{command[0]}: {error.strerror}")
    if done.returncode != 0:
        raise Failure(f"{shlex.join(command)}: exit status {done.returncode}\n{done.stderr.strip()[-800:]}")
    return done.stdout + done.stderr if with_errors else done.stdout


def read_json(program, output):
    try:
        return json.loads(output)
    except ValueError:
        raise Failure(f"{program}: what it printed is not JSON:\n{output[-800:]}")


def run_pith(options):
    report = read_json(options.bench, run([options.bench, "--json", "--no-ceilings", "--no-openblas", "--streams", "1", "--repeat", str(options.repeat),
                             "--prompt", str(options.prompt), "--generate", str(options.generate), "--threads", str(options.threads),
                             options.model]))
    return {"prompt": report["prompt"]["tokens_per_second"], "generate": report["generate"][0]["tokens_per_second"]}


def run_llama_bench(options):
    rows = read_json(options.llama_bench, run([options.llama_bench, "-m", options.model, "-p", str(options.prompt), "-n", str(options.generate), "-t",
                           str(options.threads), "-r", str(options.repeat), "-o", "json", *shlex.split(options.peer_options)]))
    # The best of the repetitions where the program tells them, as pith-bench does.
    speeds = {"prompt" if row["n_prompt"] else "generate": max(row.get("samples_ts") or [row["avg_ts"]]) for row in rows}
    if set(speeds) != set(KINDS):
        raise Failure(f"{options.llama_bench}: it printed no speed of {' and '.join(set(KINDS) - set(speeds))}")
    return speeds


def to_speed(text):
    try:
        return float(text)
    except ValueError:
        raise Failure(f"the peer's speed is no number: {text!r}")


def run_command(options):
    places = {"model": options.model, "prompt": options.prompt, "generate": options.generate, "threads": options.threads}
    command = re.sub(r"\{(model|prompt|generate|threads)\}", lambda found: shlex.quote(str(places[found.group(1)])), options.command)
    output = run(["sh", "-c", command], with_errors=True)
    speeds = {}
    for kind, pattern in zip(KINDS, (options.prompt_pattern, options.generate_pattern)):
        found = re.search(pattern, output) if pattern else None
        if pattern and not found:
            raise Failure(f"the peer's output has nothing like {pattern!r}:\n{output[-800:]}")
        if found:
            speeds[kind] = to_speed(found.group(1))
    return speeds


def measure(options):
    """One (pith, peer) pair of speeds a round, for each kind the peer tells."""
    peer = run_llama_bench if options.llama_bench else run_command
    rounds = {kind: [] for kind in KINDS}
    for i in range(options.rounds):
        order = (run_pith, peer) if i % 2 == 0 else (peer, run_pith)
        speeds = {step: step(options) for step in order}
        for kind, theirs in speeds[peer].items():
            if theirs <= 0:
                raise Failure(f"the peer's speed of {kind} is {theirs}")
            rounds[kind].append((speeds[run_pith][kind], theirs))
    return {kind: pairs for kind, pairs in rounds.items() if pairs}


def summarize(pairs):
    ratios = [ours / theirs for ours, theirs in pairs]
    return {"pith": statistics.median(ours for ours, _ in pairs), "peer": statistics.median(theirs for _, theirs in pairs),
            "ratio": statistics.median(ratios), "least": min(ratios), "greatest": max(ratios), "rounds": len(pairs)}


def print_table(options, results):
    print(f"{options.model}: prompt of {options.prompt}, {options.generate} generated, {options.threads} threads; tokens a second")
    print(f"{'':10} {'pith':>9} {'peer':>9} {'ratio':>7}   spread of the ratio")
    for kind, r in results.items():
        print(f"{kind:10} {r['pith']:9.1f} {r['peer']:9.1f} {r['ratio']:7.2f}   {r['least']:.2f} to {r['greatest']:.2f} in {r['rounds']} rounds")


def check_pattern(parser, pattern):
    try:
        if re.compile(pattern).groups < 1:
            parser.error(f"the pattern {pattern!r} has no group around the number")
    except re.error as error:
        parser.error(f"the pattern {pattern!r}: {error}")


def parse():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0], epilog=__doc__.split("\n\n")[2],
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model")
    parser.add_argument("--bench", default="build/bin/pith-bench", help="pith's program (%(default)s)")
    parser.add_argument("--llama-bench", metavar="PATH", help="a llama-bench program")
    parser.add_argument("--peer-options", default="", help="more options for llama-bench")
    parser.add_argument("--command", help="another peer: a shell command with {model}, {prompt}, {generate}, {threads}")
    parser.add_argument("--prompt-pattern", metavar="REGEX")
    parser.add_argument("--generate-pattern", metavar="REGEX")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--repeat", type=int, default=2, help="runs within a round, of which the best counts (%(default)s)")
    parser.add_argument("--prompt", type=int, default=512)
    parser.add_argument("--generate", type=int, default=64)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    if bool(options.llama_bench) == bool(options.command):
        parser.error("either --llama-bench or --command is needed")
    if options.command and not (options.prompt_pattern or options.generate_pattern):
        parser.error("--command needs --prompt-pattern or --generate-pattern")
    if options.rounds < 1 or options.repeat < 1:
        parser.error("--rounds and --repeat are 1 or more")
    for pattern in filter(None, (options.prompt_pattern, options.generate_pattern)):
        check_pattern(parser, pattern)
    return options


def main():
    options = parse()
    try:
        results = {kind: summarize(pairs) for kind, pairs in measure(options).items()}
    except Failure as failure:
        print(f"compare.py: {failure}", file=sys.stderr)
        return 1
    if options.json:
        print(json.dumps({"model": options.model, "results": results}, indent=2))
    else:
        print_table(options, results)
    return 0


if __name__ == "__main__":
    sys.exit(main())
