#!/usr/bin/env python3
"""Check what the built library shows and what it takes.

    check_symbols.py HEADER EXPORTS STATIC [SHARED]

The functions of the header, the list in lib/api/exports.txt and the symbols of libpith.so and libpith.a are the same. The objects
import nothing that could print, end the process, or change its signals, locale or environment.
"""
import re
import subprocess
import sys

# What must never be imported: ways to end the process, to print, to jump, and to change what belongs to the host.
FORBIDDEN = re.compile(
    r"^(_?_?exit|_Exit|quick_exit|abort|raise|kill|tgkill|__assert\w*|assert\w*|longjmp|_longjmp|siglongjmp|__longjmp_chk"
    r"|_?_?(sig)?setjmp|signal|sigaction|sigaltstack|v?[fsnd]*printf|__\w*printf_chk|puts|fputs|fputc|putc|putchar|fwrite|write"
    r"|perror|psignal|syslog|stdout|stderr|stdin|setlocale|uselocale|newlocale|localeconv|putenv|setenv|unsetenv|getenv"
    r"|secure_getenv|fesetround|fesetenv|feenableexcept|strto[dfl]+|ato[fil]+|strerror|__stack_chk_fail_local|system|popen|exec\w+"
    r"|rand|srand|random|openblas_set_num_threads|goto_set_num_threads|mmap|__tls_get_addr|cJSON_InitHooks)$"
)
ALLOWED = {"getenv"}  # PITH_CPU, read once in api_host.c
# Sanitizers and coverage bring their own.
INSTRUMENTED = re.compile(r"^(__asan|__ubsan|__tsan|__sanitizer|__gcov|__lsan)")


def symbols(path, *flags):
    done = subprocess.run(["nm", *flags, path], check=True, capture_output=True, text=True)
    for line in done.stdout.splitlines():
        words = line.split()
        if len(words) >= 2 and len(words[-2]) == 1:
            yield words[-2], words[-1].split("@")[0]


def header_functions(path):
    with open(path, encoding="utf-8") as header:
        text = header.read()
    return set(re.findall(r"^PITH_API\b[^;]*?\b(pith_\w+)\(", text, re.MULTILINE))


def defined(path, *flags):
    return {name for kind, name in symbols(path, *flags) if kind not in "UwvA"}


def differences(what, found, expected):
    for name in sorted(found - expected):
        yield f"{what}: {name} is too much"
    for name in sorted(expected - found):
        yield f"{what}: {name} is missing"


def forbidden_imports(path):
    for _, name in symbols(path, "-u"):
        if not INSTRUMENTED.match(name) and FORBIDDEN.match(name) and name not in ALLOWED:
            yield f"{path}: imports {name}"


def main():
    header, exports, static = sys.argv[1:4]
    with open(exports, encoding="utf-8") as listed:
        names = listed.read().split()
    problems = [] if names == sorted(set(names)) else [f"{exports}: not sorted, or a name stands twice"]
    problems += differences(header, header_functions(header), set(names))
    problems += differences(static, defined(static, "-g"), set(names))
    problems += forbidden_imports(static)
    for shared in sys.argv[4:]:
        problems += differences(shared, {n for n in defined(shared, "-D") if n != "PITH_0"}, set(names))
        problems += forbidden_imports(shared)
    if not names:
        problems.append(f"{exports}: empty")
    print("\n".join(problems) or f"{len(names)} functions, the same everywhere")
    return bool(problems)


if __name__ == "__main__":
    sys.exit(main())
