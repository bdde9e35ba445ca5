"""Tests of compare.py and roofline.py: test_tools.py PITH_BENCH MODEL.gguf. What they measure does not matter here."""
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest
import xml.etree.ElementTree as xml

HERE = pathlib.Path(__file__).resolve().parent
BENCH, MODEL = sys.argv[1:3]
FEW = ["--prompt", "24", "--generate", "4", "--rounds", "2", "--repeat", "1"]
SPEED = r'"prompt":[^}]*"tokens_per_second":\s*([0-9.]+)'


def compare(*options):
    return subprocess.run([sys.executable, HERE / "compare.py", "--bench", BENCH, *FEW, *options, MODEL], stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, text=True)


class Compare(unittest.TestCase):
    def program(self, body):
        """An executable script, as a peer."""
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        path = os.path.join(folder.name, "peer")
        with open(path, "w") as f:
            f.write(f"#!{sys.executable}\n{body}\n")
        os.chmod(path, 0o755)
        return path

    def test_pith_beside_itself(self):
        command = f"{BENCH} --json -c -o -s 1 -r 1 -p {{prompt}} -g {{generate}} -t {{threads}} {{model}}"
        done = compare("--json", "--command", command, "--prompt-pattern", SPEED)
        self.assertEqual(done.returncode, 0, done.stderr)
        results = json.loads(done.stdout)["results"]
        self.assertEqual(list(results), ["prompt"])
        self.assertLessEqual(results["prompt"]["least"], results["prompt"]["ratio"])
        self.assertLessEqual(results["prompt"]["ratio"], results["prompt"]["greatest"])

    def test_llama_bench(self):
        peer = self.program("import json, sys\nassert sys.argv[1:3] == ['-m', %r] and sys.argv[-2:] == ['-rtr', '1']\n"
                            "print(json.dumps([{'n_prompt': 24, 'n_gen': 0, 'avg_ts': 2.0, 'samples_ts': [1.5, 2.5]},"
                            " {'n_prompt': 0, 'n_gen': 4, 'avg_ts': 4.0}]))" % MODEL)
        done = compare("--json", "--llama-bench", peer, "--peer-options", "-rtr 1")
        self.assertEqual(done.returncode, 0, done.stderr)
        results = json.loads(done.stdout)["results"]
        self.assertEqual(results["prompt"]["peer"], 2.5)
        self.assertEqual(results["generate"]["peer"], 4.0)
        self.assertAlmostEqual(results["generate"]["ratio"], results["generate"]["pith"] / 4, delta=results["generate"]["pith"])
        self.assertIn("spread", compare("--llama-bench", peer, "--peer-options", "-rtr 1").stdout)

    def test_failures_are_told(self):
        for options, said in ((["--llama-bench", "/no/such/program"], "No such file"),
                              (["--llama-bench", self.program("import sys\nsys.exit('out of paper')")], "out of paper"),
                              (["--llama-bench", self.program("print('fast')")], "not JSON"),
                              (["--command", "echo 0 tokens", "--prompt-pattern", "([0-9.]+) tokens"], "speed of prompt is 0"),
                              (["--command", "echo . tokens", "--prompt-pattern", "([0-9.]+) tokens"], "no number"),
                              (["--command", "echo fast", "--prompt-pattern", "([0-9.]+) tokens"], "nothing like")):
            done = compare(*options)
            self.assertEqual(done.returncode, 1)
            self.assertIn(said, done.stderr)

    def test_braces_are_the_commands_own(self):
        done = compare("--command", "echo '5 tokens' | awk '{print}'", "--prompt-pattern", "([0-9.]+) tokens")
        self.assertEqual(done.returncode, 0, done.stderr)

    def test_wrong_options_are_told(self):
        for options, said in ((["--command", "true", "--prompt-pattern", "[0-9]+"], "no group"),
                              (["--command", "true", "--prompt-pattern", "("], "pattern"),
                              (["--command", "true", "--prompt-pattern", "(.)", "--rounds", "0"], "1 or more")):
            done = compare(*options)
            self.assertEqual(done.returncode, 2)
            self.assertIn(said, done.stderr)


class Roofline(unittest.TestCase):
    def draw(self, data):
        return subprocess.run([sys.executable, HERE / "roofline.py"], input=data, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def test_every_point_is_there(self):
        report = {"model": "a <b> & c", "cpu_level": "x", "threads": 2, "parameters": 1e9, "weight_bytes": 6e8,
                  "prompt": {"tokens": 512, "tokens_per_second": 290.0},
                  "generate": [{"streams": n, "tokens_per_second": r} for n, r in ((1, 55.0), (4, 190.0), (16, 280.0))],
                  "machine": {"read_bytes_per_second": 4e10, "dot_macs_per_second": 4.7e11, "dot_instruction": "vpdpbusd",
                              "fma_macs_per_second": 1.2e11}}
        picture = xml.fromstring(self.draw(json.dumps(report)).stdout)
        circles = picture.findall("{*}circle")
        self.assertEqual(len(circles), 4)
        self.assertEqual([c.find("{*}title").text.split(":")[0] for c in circles], ["1 stream", "4 streams", "16 streams", "prompt of 512"])
        for a, b in zip(circles, circles[1:]):
            self.assertLess(float(a.get("cx")), float(b.get("cx")))
            self.assertGreater(float(a.get("cy")), float(b.get("cy")))
        words = [t.text for t in picture.iter("{http://www.w3.org/2000/svg}text")]
        self.assertTrue(any("a <b> & c" in w for w in words))
        self.assertTrue(any("vpdpbusd, 470 GMAC/s" in w for w in words))

    def test_other_input_is_refused(self):
        for data in ("", "{}", "[1"):
            done = self.draw(data)
            self.assertEqual(done.returncode, 1)
            self.assertIn("pith-bench", done.stderr)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
