"""What is generated is what it is generated from, and the library in the package is as it should be."""

import ctypes as C
import os
import pathlib
import re
import shutil
import subprocess
import sys

import pith
import pytest
from pith import _errors, _library, _signatures, constants
from support import HERE, ROOT, run

WHEEL = os.environ.get("PITH_WHEEL", "")


def test_what_comes_from_the_header_is_as_it_says():
    checked = run(sys.executable, HERE / "generate.py", "--check")
    assert (checked.returncode, checked.stdout) == (0, "")


def test_drift_is_noticed(tmp_path):
    """generate.py in a copy of the tree whose header has changed."""
    for name in (
        "CMakeLists.txt",
        "include/pith/pith.h",
        "bindings/python/generate.py",
        *(f"bindings/python/src/pith/{file}.py" for file in ("_constants", "_options", "_signatures")),
    ):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, tmp_path / name)
    header = tmp_path / "include/pith/pith.h"
    script = tmp_path / "bindings/python/generate.py"
    assert run(sys.executable, script, "--check").returncode == 0
    text = header.read_text()
    for change in (
        ("#define PITH_E_CONTEXT (-15)", "#define PITH_E_CONTEXT (-25)"),
        ("uint64_t timeout_ms, int32_t *event", "uint32_t timeout_ms, int32_t *event"),
        ("#define PITH_KEY_TOP_K 402              /* i64 ", "#define PITH_KEY_TOP_K 402              /* f64 "),
    ):
        assert change[0] in text
        header.write_text(text.replace(*change))
        checked = run(sys.executable, script, "--check")
        assert checked.returncode == 1 and "is not what pith.h says" in checked.stdout


def test_every_exported_function_has_its_types():
    exported = set((ROOT / "lib/api/exports.txt").read_text().split())
    assert exported == set(_signatures.SIGNATURES)


def test_types_are_those_of_the_compiler(tmp_path):
    """The C compiler takes a call of each function with values of the types that ctypes would pass."""
    compiler = shutil.which("cc")
    if not compiler:
        pytest.skip("no C compiler")
    names = {
        C.c_int32: "int32_t",
        C.c_uint32: "uint32_t",
        C.c_int64: "int64_t",
        C.c_uint64: "uint64_t",
        C.c_double: "double",
        None: "void",
    }
    lines = [
        "#include <pith/pith.h>",
        *(f"extern volatile {kind} of_{kind};" for kind in names.values() if kind != "void"),
    ]
    for name, (result, arguments) in _signatures.SIGNATURES.items():
        values = ", ".join(f"of_{names[kind]}" if kind in names else "(void *)0" for kind in arguments)
        gives = names.get(result, "const char *")
        lines.append(
            f"{gives} use_{name}(void);\n"
            f"{gives} use_{name}(void) {{ {'return' if gives != 'void' else ''} {name}({values}); }}"
        )
    source = tmp_path / "calls.c"
    source.write_text("\n".join(lines) + "\n")
    compiled = run(
        compiler,
        "-std=c11",
        "-Wall",
        "-Wextra",
        "-Werror",
        "-Wconversion",
        "-Wsign-conversion",
        "-c",
        "-I",
        ROOT / "include",
        source,
        "-o",
        tmp_path / "calls.o",
    )
    assert compiled.returncode == 0, compiled.stdout


def test_each_status_has_its_exception():
    statuses = {value for name, value in vars(constants).items() if name.startswith("E_")}
    assert set(_errors.BY_STATUS) == statuses and len(statuses) == 16
    for status, kind in _errors.BY_STATUS.items():
        error = kind("why")
        assert error.status == status and str(error) == "why" and getattr(pith, kind.__name__) is kind


def test_versions_agree():
    assert f'version = "{pith.__version__}"' in (HERE / "pyproject.toml").read_text()
    assert pith.build()["version"] == pith.__version__
    assert _library.lib.pith_version() == constants.VERSION


def test_the_library_shows_and_needs_what_it_should():
    if not shutil.which("readelf"):
        pytest.skip("no readelf")
    symbols = run("readelf", "--dyn-syms", "-W", _library.PATH).stdout
    shown = {
        line.split()[7].split("@")[0]
        for line in symbols.splitlines()
        if re.match(r" *\d+:", line) and len(line.split()) > 7 and line.split()[6] != "UND"
    }
    assert shown - {"PITH_0"} == set(_signatures.SIGNATURES)
    needed = re.findall(r"\(NEEDED\).*\[(.*)\]", run("readelf", "-dW", _library.PATH).stdout)
    assert all(re.fullmatch(r"(libc|libm|ld-linux[\w-]*)\.so\.\d", name) for name in needed), needed


def test_another_library_is_refused(tmp_path):
    for path, why in (
        ("/nowhere.so", "cannot be loaded"),
        (shutil.which("true"), "cannot be loaded"),
        ("libc.so.6", "has no pith_"),
    ):
        child = run(sys.executable, "-c", "import pith", env=dict(os.environ, PITH_LIBRARY=path))
        assert child.returncode == 1 and "ImportError" in child.stdout and why in child.stdout, child.stdout


def test_a_library_of_another_version_is_refused():
    with pytest.raises(ImportError, match="version 9.9.9; this package needs"):
        _library._check_version(9009009)


@pytest.mark.skipif(not WHEEL, reason="PITH_WHEEL names no wheel")
def test_the_wheel_has_the_tag_it_can_keep():
    name = pathlib.Path(WHEEL).name
    tag = re.fullmatch(r"pith-[\d.]+-py3-none-(manylinux_2_\d+_\w+)\.whl", name)
    assert tag, name
    auditwheel = shutil.which("auditwheel", path=os.path.dirname(sys.executable))
    if not auditwheel:
        pytest.skip("auditwheel is not installed")
    told = " ".join(run(auditwheel, "show", WHEEL).stdout.split())
    assert f'is consistent with the following platform tag: "{tag[1]}"' in told, told


@pytest.mark.skipif(not WHEEL, reason="PITH_WHEEL names no wheel")
def test_the_wheel_carries_licences_and_types():
    names = subprocess.run(
        [sys.executable, "-m", "zipfile", "-l", WHEEL], stdout=subprocess.PIPE, encoding="utf-8"
    ).stdout
    for name in (
        "pith/libpith.so.0",
        "pith/py.typed",
        "pith/licenses/LICENSE",
        "pith/licenses/LICENSE.cJSON",
        "pith/ray.py",
    ):
        assert name in names
