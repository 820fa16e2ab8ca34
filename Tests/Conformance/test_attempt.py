"""Whether the harness tells right from wrong: a zkml that answers as it is told."""

import os
import pathlib
import stat
import sys
import tempfile
import unittest

import attempt
import cases
import numpy as np

FAKE = """#!{python}
import json, os, signal, sys, time
mode, error = os.environ["FAKE_MODE"], float(os.environ["FAKE_ERROR"])
if mode == "hang":
    time.sleep(60)
if mode == "crash":
    os.kill(os.getpid(), signal.SIGILL)
if mode.startswith("exit") and sys.argv[1] == mode.split()[1]:
    sys.stderr.write("Error: model.onnx: told so\\n")
    sys.exit(int(mode.split()[2]))
if sys.argv[1] == "run":
    import numpy
    with numpy.load(os.environ["FAKE_OUTPUTS"]) as outputs:
        numpy.savez("outputs.npz", **outputs)
print(json.dumps({{"calibration": {{"maxAbsError": error, "errorBound": 1e-6}}}}))
"""


class JudgementTests(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.zkml = self.folder / "zkml"
        self.zkml.write_text(FAKE.format(python=sys.executable))
        self.zkml.chmod(self.zkml.stat().st_mode | stat.S_IXUSR)

    def outcome(self, name, change=lambda outputs: outputs, mode="answer", error=0.0, timeout=30):
        (case,) = cases.all_cases(["node"], f"^{name}$")
        names = [info.name for info in case.model.graph.output]
        outputs = dict(zip(names, map(cases.as_array, case.data_sets[0].outputs), strict=True))
        np.savez(self.folder / "expected.npz", **change(outputs))
        os.environ["FAKE_MODE"], os.environ["FAKE_ERROR"] = mode, str(error)
        os.environ["FAKE_OUTPUTS"] = str(self.folder / "expected.npz")
        return attempt.run_case(case, attempt.Settings(str(self.zkml), timeout, None))

    def shifted(self, by):
        return lambda outputs: {name: array + by for name, array in outputs.items()}

    def check(self, outcome, result, *words):
        self.assertEqual(outcome.result, result, outcome.reason)
        for word in words:
            self.assertIn(word, outcome.reason)

    def test_right(self):
        outcome = self.outcome("test_sigmoid", error=1e-6)
        self.check(outcome, "passed")
        self.assertEqual((outcome.error, outcome.bound, outcome.constants), (0, 1e-6, []))
        self.check(self.outcome("test_greater"), "passed")

    def test_wrong_values(self):
        # Sigmoids are at most 1: beyond bound and ONNX's own tolerance, and beyond 2^-7.
        self.check(self.outcome("test_sigmoid", self.shifted(2e-3)), "failed", "bound")
        self.check(self.outcome("test_sigmoid", self.shifted(1e-2)), "failed", "instead of")
        self.check(self.outcome("test_sigmoid", self.shifted(np.nan)), "failed")
        self.check(self.outcome("test_argmax_no_keepdims_random", self.shifted(1)), "failed")
        self.check(self.outcome("test_greater", lambda o: {"greater": ~o["greater"]}), "failed")

    def test_wrong_outputs(self):
        reshaped = self.outcome("test_sigmoid", lambda o: {"y": o["y"].reshape(-1)})
        self.check(reshaped, "failed", "shape")
        self.check(self.outcome("test_sigmoid", lambda o: {"z": o["y"]}), "failed", "missing")

    def test_bound_broken_on_samples(self):
        self.check(self.outcome("test_sigmoid", error=2e-6), "failed", "samples")

    def test_other_ends(self):
        self.check(self.outcome("test_sigmoid", mode="crash"), "failed", "exit status -4")
        self.check(self.outcome("test_sigmoid", mode="hang", timeout=1), "failed", "1 s")
        self.check(self.outcome("test_sigmoid", mode="exit compile 3"), "failed", "told so")
        self.check(self.outcome("test_sigmoid", mode="exit run 4"), "failed", "told so")
        for mode in ["exit compile 4", "exit compile 5", "exit run 5"]:
            self.check(self.outcome("test_sigmoid", mode=mode), "unsupported", "told so")

    def test_constants(self):
        def choices(name):
            (case,) = cases.all_cases(["node"], f"^{name}$")
            return attempt.binding_choices(case)

        self.assertEqual(choices("test_sigmoid"), [[]])
        self.assertEqual(choices("test_reshape_extended_dims"), [[], [1]])
        self.assertEqual(choices("test_prelu_example"), [[], [1]])
        self.assertEqual(choices("test_constant_pad"), [[], [1], [1, 2]])
        self.assertEqual(choices("test_shape"), [[], [0]])
        self.assertEqual(choices("test_range_float_type_positive_delta"), [[], [1, 2], [0, 1, 2]])


if __name__ == "__main__":
    unittest.main()
