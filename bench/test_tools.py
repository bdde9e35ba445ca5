"""Tests of the benchmarks' programs: test_tools.py FOLDER MODEL.gguf, where FOLDER has them. How fast anything is does not matter here."""
import functools
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest
import xml.etree.ElementTree as xml

HERE = pathlib.Path(__file__).resolve().parent
BIN, MODEL = pathlib.Path(sys.argv[1]), sys.argv[2]
BENCH = BIN / "pith-bench"
FEW = ["--prompt", "24", "--generate", "4", "--rounds", "2", "--repeat", "1"]
SPEED = r'"prompt":[^}]*"tokens_per_second":\s*([0-9.]+)'


def compare(*options):
    return subprocess.run([sys.executable, HERE / "compare.py", "--bench", BENCH, *FEW, *options, MODEL], stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, text=True)


def run(*command):
    return subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def bench(*options, model=MODEL):
    """What pith-bench measured of few tokens, as JSON."""
    done = run(BENCH, "--json", "--no-openblas", "--repeat", "2", "--prompt", "24", "--generate", "4", *options, model)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@functools.lru_cache()
def bench_beside_machine():
    return bench("--streams", "1,3", "--threads", "2")


class Bench(unittest.TestCase):
    def test_every_repetition_is_there(self):
        report = bench_beside_machine()
        for series, streams, depth in zip([report["prompt"], *report["generate"]], (1, 1, 3), (0, 1, 1)):
            rates = [r["tokens_per_second"] for r in series["repetitions"]]
            self.assertEqual((series["streams"], series["depth"], len(rates)), (streams, depth, 2))
            self.assertEqual(series["tokens_per_second"], max(rates))
        self.assertNotIn("scaling", report)

    def test_shares_follow_from_the_ceilings_beside(self):
        report = bench_beside_machine()
        if "machine" not in report:
            self.skipTest("no ceilings for this processor")
        # The tiny shape, worked out here: layers of q, k, v, output, gate, up, down; 4 heads of 64, each with a key and a value.
        layers, attention, output = 2 * (256 * (256 + 128 + 128 + 256) + 3 * 256 * 768), 2 * 4 * 128, 256 * 512
        for r in report["prompt"]["repetitions"]:
            seconds = (24 * layers + output) / r["dot_macs_per_second"] + attention * (24 * 25 / 2) / r["fma_macs_per_second"]
            self.assertAlmostEqual(r["limit"], 24 / seconds, delta=1e-6 * r["limit"])
            self.assertAlmostEqual(r["share"], r["tokens_per_second"] / r["limit"], places=9)
        share = report["prompt"]["share"]
        self.assertAlmostEqual(share["median"], (share["least"] + share["greatest"]) / 2, places=9)
        for key in ("read_bytes_per_second", "dot_macs_per_second", "fma_macs_per_second"):
            self.assertGreaterEqual(report["machine"][key], max(r[key] for r in report["prompt"]["repetitions"]))
        self.assertNotIn("share", report["generate"][0], "weights that a cache holds have no limit of reading")
        for r in report["generate"][1]["repetitions"]:
            self.assertAlmostEqual(r["dot_share"], r["tokens_per_second"] * (layers + output) / r["dot_macs_per_second"], places=9)

    def test_the_machines_memory_is_not_the_models(self):
        report = bench_beside_machine()
        self.assertLess(report["process_peak_bytes"], 400e6)
        self.assertLess(report["library_peak_bytes"], 100e6)

    def test_scaling(self):
        report = bench("--scaling", "--threads", "2")
        self.assertNotIn("prompt", report)
        for pairs in report["scaling"].values():
            ratios = sorted(all_ / one for one, all_ in zip(pairs["one"], pairs["all"]))
            self.assertEqual(len(ratios), 2)
            self.assertAlmostEqual(pairs["ratio"]["least"], ratios[0], places=9)
            self.assertAlmostEqual(pairs["ratio"]["median"], sum(ratios) / 2, places=9)
        self.assertEqual("reading" in report["scaling"], "machine" in bench_beside_machine())

    def test_what_does_not_fit_is_told(self):
        for options, said in ((["--prompt", "600"], "make_model --context"), (["--depth", "512"], "make_model --context"),
                              (["--depth", "500", "--generate", "100"], "fit the model's context"), (["--generate", "1"], "2 tokens"),
                              (["--depth", "300", "--streams", "1,2"], "--streams 1")):
            done = run(BENCH, "--no-ceilings", *options, MODEL)
            self.assertEqual(done.returncode, 1)
            self.assertIn(said, done.stderr)

    def test_the_usual_lengths_fit_any_model(self):
        done = run(BENCH, "--json", "--no-ceilings", "--no-openblas", "--repeat", "1", "--depth", "420", MODEL)
        report = json.loads(done.stdout)
        self.assertEqual(report["prompt"]["tokens"], 511)
        self.assertEqual([(g["streams"], g["depth"], g["tokens"]) for g in report["generate"]], [(1, 420, 92)])


class MakeModel(unittest.TestCase):
    def test_context(self):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "long.gguf")
            self.assertEqual(run(BIN / "make_model", "--context", "1100", "tiny", "q4_0", path).returncode, 0)
            report = bench("--no-ceilings", "--prompt", "1000", "--depth", "1000", "--streams", "1", model=path)
            self.assertEqual((report["prompt"]["tokens"], report["generate"][0]["depth"]), (1000, 1000))

    def test_wrong_arguments_are_told(self):
        for arguments in (["--context", "0", "tiny", "q4_0", "x"], ["--context", "many", "tiny", "q4_0", "x"], ["--context", "9"],
                          ["tiny", "q4_0"], ["huge", "q4_0", "x"]):
            done = run(BIN / "make_model", *arguments)
            self.assertEqual(done.returncode, 2)
            self.assertIn("usage", done.stderr)


class Kernels(unittest.TestCase):
    def test_a_row_for_each_number_of_columns(self):
        done = run(BIN / "bench_kernels", "--json", "--megabytes", "1", "--cols", "1,3", "--type", "F32")
        self.assertEqual(done.returncode, 0, done.stderr)
        peak, *rows = map(json.loads, done.stdout.splitlines())
        self.assertEqual(peak["k"], 2048)
        self.assertIn([(r["type"], r["cols"]) for r in rows], ([("F32", 1), ("F32", 3)], []))  # none where there are no vector kernels

    def test_wrong_options_are_told(self):
        for options in (["--type", "Q9"], ["--level", "ref"], ["--cols", "0"]):
            self.assertNotEqual(run(BIN / "bench_kernels", *options).returncode, 0)


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
