#!/usr/bin/env python3
"""The checker against small trees with one fault each: it must find that fault, at its line, and nothing in a clean tree."""
import pathlib
import tempfile
import unittest

import check_includes

CLEAN = {
    "base/status.h": "#include <pith/pith.h>\n#include <stdint.h>\n",
    "base/posix/os.c": '#include "base/status.h"\n#include <pthread.h>\n',
    "base/posix/seam.h": "",
    "base/windows/seam.h": "",
    "kernels/kernels.h": "#include <immintrin.h>\n",
    "quant/quant.h": '#include "kernels/kernels.h"\n',
    "sampling/sampling.h": '#include "quant/quant.h"\n/* "llama" in a comment is fine, #include "api/api.c" too */\n',
    "tokenizer/pre.c": 'static const char *pre = "llama";\n',
    "arch/llama.c": '#include "sampling/sampling.h"\nconst pith__family pith__family_llama = {\n    .name = "llama",\n};\n',
    "api/api.c": '#include "arch/llama.c"\nconst char *s = "a llama is no test";\n',
}


class CheckIncludes(unittest.TestCase):
    def faults(self, change):
        with tempfile.TemporaryDirectory() as folder:
            root = pathlib.Path(folder)
            for name, text in (CLEAN | change).items():
                path = root / "lib" / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text)
            return [(str(f.relative_to(root / "lib")), line, what) for f, line, what in check_includes.faults(root)]

    def one(self, change, file, line, words):
        found = self.faults(change)
        self.assertEqual(len(found), 1, found)
        self.assertEqual(found[0][:2], (file, line))
        self.assertIn(words, found[0][2])

    def test_clean(self):
        self.assertEqual(self.faults({}), [])

    def test_upward(self):
        self.one({"base/up.c": '\n#include "kernels/kernels.h"\n'}, "base/up.c", 2, "may not include lib/kernels")
        self.one({"kernels/up.c": '#include "quant/quant.h"\n'}, "kernels/up.c", 1, "may not include lib/quant")
        self.one({"arch/up.c": '#  include "api/api.c"\n'}, "arch/up.c", 1, "may not include lib/api")

    def test_beside(self):
        self.one({"quant/side.c": '#include "sampling/sampling.h"\n'}, "quant/side.c", 1, "may not include lib/sampling")
        self.one({"sampling/side.c": '#include "tokenizer/pre.c"\n'}, "sampling/side.c", 1, "may not include lib/tokenizer")
        self.one({"sampling/up.c": '#include "arch/llama.c"\n'}, "sampling/up.c", 1, "may not include lib/arch")

    def test_spelling(self):
        self.one({"base/near.c": '#include "status.h"\n'}, "base/near.c", 1, "not written from lib/")
        self.one({"arch/dots.c": '#include "arch/../base/status.h"\n'}, "arch/dots.c", 1, "not written from lib/")
        self.one({"base/gone.c": '/* one\n * two */\n#include "base/gone.h"\n'}, "base/gone.c", 3, "does not exist")

    def test_system_headers(self):
        self.one({"ops/thread.c": "#include <pthread.h>\n"}, "ops/thread.c", 1, "operating system")
        self.one({"engine/stat.c": "#include <sys/stat.h>\n"}, "engine/stat.c", 1, "operating system")
        self.one({"base/assert.c": "#include <assert.h>\n"}, "base/assert.c", 1, "no place")

    def test_names(self):
        self.one({"ops/kernels.h": ""}, "ops/kernels.h", 1, "taken by lib/kernels/kernels.h")
        self.assertEqual(len(self.faults({"base/seam.h": ""})), 2)  # one clash with each side

    def test_families(self):
        self.one({"engine/if.c": '\nint x = is(name, "llama");\n'}, "engine/if.c", 2, 'family name "llama"')

    def test_unknown_folder(self):
        self.one({"misc/a.c": ""}, "misc/a.c", 1, "not a folder of the design")

    def test_not_a_tree(self):
        with tempfile.TemporaryDirectory() as folder:
            self.assertEqual(len(list(check_includes.faults(pathlib.Path(folder)))), 1)


if __name__ == "__main__":
    unittest.main()
