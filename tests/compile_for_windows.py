#!/usr/bin/env python3
"""Compile lib/ for Windows with mingw-w64, all but lib/base/posix: proves that the operating system is met in one folder only.

    compile_for_windows.py BUILD/compile_commands.json

Takes each file's own flags from the build, so that kernels are compiled with theirs. Nothing is linked. cJSON and zstd are used by
their headers alone, which are copied to a folder of their own; OpenBLAS is left out, as the library allows.
"""
import concurrent.futures
import json
import os
import pathlib
import shlex
import shutil
import subprocess
import sys
import tempfile

COMPILER = "x86_64-w64-mingw32-gcc"
HEADERS = ["cjson/cJSON.h", "zstd.h"]
KEPT = ("-D", "-I", "-m", "-O", "-std=", "-f", "-W")
DROPPED = ("-fPIC", "-fPIE", "-DPITH_OPENBLAS=1", "-D_GNU_SOURCE")


def copy_headers(folder):
    for header in HEADERS:
        source = pathlib.Path("/usr/include") / header
        target = pathlib.Path(folder) / header
        target.parent.mkdir(exist_ok=True)
        shutil.copy(source, target)


def commands(database, headers):
    """The compile command of every portable file of lib/, once each."""
    library = pathlib.Path(__file__).resolve().parent.parent / "lib"
    seen = set()
    for entry in json.loads(pathlib.Path(database).read_text(encoding="utf-8")):
        source = pathlib.Path(entry["file"])
        if library not in source.parents or "posix" in source.parts or source in seen:
            continue
        seen.add(source)
        flags = [word for word in shlex.split(entry["command"]) if word.startswith(KEPT) and word not in DROPPED]
        flags = [flag for flag in flags if not flag.startswith("-I/usr")]
        extra = ["-DPITH_OPENBLAS=0", f"-I{headers}", f"-I{headers}/cjson"]
        yield [COMPILER, *flags, *extra, "-c", str(source), "-o", os.devnull]


def compile_one(command):
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.returncode, done.stderr


def main():
    with tempfile.TemporaryDirectory() as headers:
        copy_headers(headers)
        todo = list(commands(sys.argv[1], headers))
        with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
            results = list(pool.map(compile_one, todo))
    for code, errors in results:
        if code != 0:
            print(errors, file=sys.stderr)
    bad = sum(code != 0 for code, _ in results)
    if not results or bad:
        print(f"{bad} of {len(results)} files do not compile for Windows", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
