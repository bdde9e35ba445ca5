#!/usr/bin/env python3
"""The pith command of an Arm build under emulation: which levels it finds on which processor, and that the vectors it computes at each are,
to the last bit, those of this machine's build.

usage: test_arm.py NATIVE_BIN MODEL EMULATOR... ARM_PITH
"""
import json
import os
import subprocess
import sys
import tempfile
import unittest

NATIVE_BIN, MODEL, *ARM = sys.argv[1:]
LEVELS = {"cortex-a53": ["ref", "neon"],
          "neoverse-n1": ["ref", "neon", "dotprod"],
          "max": ["ref", "neon", "dotprod", "i8mm"]}
LINES = b"""Once upon a time there was a little girl
The dog ran

He said: "We must go home now, before the rain, and then we can eat, and sleep, and play again tomorrow in the big garden."
"""
MIXES = ["q4_0", "q4_k_m"]  # with Q6_K, beside the Q8_0 of MODEL


def pith(command, *args, **variables):
    """The output of one call."""
    done = subprocess.run([*command, *args], input=LINES, stdout=subprocess.PIPE, env={**os.environ, **variables}, check=False)
    if done.returncode != 0:
        raise AssertionError(f"{command} {args} {variables} ended with {done.returncode}")
    return done.stdout


class Levels(unittest.TestCase):
    def test_each_processor_has_its_levels(self):
        for cpu, levels in LEVELS.items():
            found = json.loads(pith(ARM, "version", "--json", QEMU_CPU=cpu))["cpu_levels"]
            self.assertEqual(found, levels, cpu)

    def test_a_level_the_processor_lacks_is_refused(self):
        with self.assertRaises(AssertionError):
            pith(ARM, "embed", MODEL, QEMU_CPU="cortex-a53", PITH_CPU="dotprod")


class Vectors(unittest.TestCase):
    def check(self, model):
        native = pith([os.path.join(NATIVE_BIN, "pith")], "embed", model)
        self.assertEqual(native.count(b"\n"), LINES.count(b"\n"))
        for level in LEVELS["max"]:
            self.assertEqual(pith(ARM, "embed", model, PITH_CPU=level), native, f"{model} at {level}")

    def test_bundled_model(self):
        self.check(MODEL)

    def test_random_models(self):
        with tempfile.TemporaryDirectory() as folder:
            for mix in MIXES:
                model = os.path.join(folder, f"{mix}.gguf")
                subprocess.run([os.path.join(NATIVE_BIN, "make_model"), "tiny", mix, model], check=True, stdout=subprocess.DEVNULL)
                self.check(model)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
