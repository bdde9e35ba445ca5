"""Builds libpith with CMake, cJSON compiled in and OpenBLAS left out, and puts it into the wheel under the tag that
it can keep.

    PITH_CJSON_SOURCE       folder of a cJSON release, with cJSON.c, cJSON.h and LICENSE; else Debian's source is
                            fetched (cmake/cjson.sh)
    PITH_BUILD_DIR          folder to build in, kept between builds; else build/ here
    PITH_JOBS               how many compilers at once; else one a processor
    CMAKE_TOOLCHAIN_FILE    for another processor, as CMake knows it; with a folder to build in of its own

The sources are those of the checkout, or, in an sdist, those beside this file in native/.
"""

import os
import pathlib
import platform
import re
import shutil
import subprocess

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

SYSTEM = re.compile(r"(libc|libm|libpthread|libdl|librt|ld-linux[\w-]*)\.so\.\d+")
#: Processors as pyelftools names them, and as tags do: a library may be built for another than this machine's.
MACHINES = {"x64": "x86_64", "AArch64": "aarch64"}
SETTINGS = (
    "-DCMAKE_BUILD_TYPE=Release",
    "-DPITH_OPENBLAS=OFF",
    "-DPITH_EXAMPLES=OFF",
    "-DCMAKE_SHARED_LINKER_FLAGS=-s",
)


class CustomBuildHook(BuildHookInterface):
    def dependencies(self):
        """CMake and Ninja, where the machine has none."""
        if self.target_name != "wheel":
            return []
        return [name for name in ("cmake", "ninja") if not shutil.which(name)]

    def initialize(self, version, build_data):
        root = pathlib.Path(self.root)
        source = root / "native" if (root / "native").is_dir() else root.parents[1]
        build = pathlib.Path(os.environ.get("PITH_BUILD_DIR") or root / "build").absolute()
        cjson = cjson_source(source, build)
        if self.target_name == "sdist":
            build_data["force_include"].update({str(cjson / name): f"native/cjson/{name}" for name in CJSON})
            return
        library = build_library(source, build / "native", cjson)
        build_data["pure_python"] = False
        build_data["tag"] = f"py3-none-{platform_tag(library)}"
        if version == "editable":  # the package is then used where it lies
            shutil.copy(library, root / "src/pith")
            return
        build_data["force_include"].update(
            {
                str(library): "pith/libpith.so.0",
                str(source / "LICENSE"): "pith/licenses/LICENSE",
                str(cjson / "LICENSE"): "pith/licenses/LICENSE.cJSON",
            }
        )


CJSON = ("cJSON.c", "cJSON.h", "LICENSE")


def cjson_source(source, build):
    named = os.environ.get("PITH_CJSON_SOURCE")
    for folder in (pathlib.Path(named).absolute() if named else source / "cjson", build / "cjson/cjson"):
        if all((folder / name).is_file() for name in CJSON):
            return folder
    script = source / "cmake/cjson.sh"
    if named or subprocess.call(["sh", str(script), str(build / "cjson")]) != 0:
        raise SystemExit(
            "pith needs the source of cJSON: set PITH_CJSON_SOURCE to the folder of a release from "
            "https://github.com/DaveGamble/cJSON, with its cJSON.c, cJSON.h and LICENSE"
        )
    return build / "cjson/cjson"


def build_library(source, build, cjson):
    jobs = os.environ.get("PITH_JOBS") or str(os.cpu_count() or 1)
    configure = ["cmake", "-S", str(source), "-B", str(build), "-G", "Ninja", *SETTINGS, f"-DPITH_CJSON_SOURCE={cjson}"]
    for command in (configure, ["cmake", "--build", str(build), "--target", "pith", "--parallel", jobs]):
        subprocess.run(command, check=True)
    return build / "lib/libpith.so.0"


def platform_tag(library):
    """By the processor and what the library asks of the system: the newest version of the C library, and no other library."""
    from elftools.elf.elffile import ELFFile

    with open(library, "rb") as file:
        elf = ELFFile(file)
        machine = MACHINES.get(elf.get_machine_arch()) or platform.machine()
        needed = [tag.needed for tag in elf.get_section_by_name(".dynamic").iter_tags("DT_NEEDED")]
        versions = [
            entry.name for _, entries in elf.get_section_by_name(".gnu.version_r").iter_versions() for entry in entries
        ]
    glibc = [
        tuple(map(int, name[len("GLIBC_") :].split(".")))
        for name in versions
        if re.fullmatch(r"GLIBC_\d+(\.\d+)+", name)
    ]
    if not glibc or not all(SYSTEM.fullmatch(name) for name in needed):
        return f"linux_{machine}"
    return "manylinux_{}_{}_{}".format(*max(glibc)[:2], machine)
