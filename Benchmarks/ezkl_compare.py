"""Runs one ONNX file and input through EZKL and writes what each step took, as JSON.

    ezkl_compare.py model.onnx input.json folder samples

Every step is a process of its own: its peak of memory and its processor time, all threads
together, are that step's. Proving and verification are repeated and their medians taken.
RAYON_NUM_THREADS says how many threads.
"""

import json
import os
import resource
import signal
import sys
import time
from pathlib import Path

STEPS = ("settings", "calibrate", "compile", "srs", "setup", "witness", "prove", "verify")
REPEATED = ("prove", "verify")
STEP_SECONDS = 600


def steps(model, data, at):
    """The work of each step, which reads the files that those before it have left."""
    import ezkl

    settings, circuit, srs = at("settings.json"), at("circuit.ezkl"), at("kzg.srs")
    verifying_key, proving_key = at("vk.key"), at("pk.key")
    witness, proof = at("witness.json"), at("proof.json")

    def gen_settings():
        arguments = ezkl.PyRunArgs()
        arguments.input_visibility = arguments.output_visibility = "public"
        arguments.param_visibility = "fixed"
        ezkl.gen_settings(model, settings, py_run_args=arguments)

    def gen_srs():
        ezkl.gen_srs(srs, json.loads(Path(settings).read_text())["run_args"]["logrows"])

    def verify():
        if not ezkl.verify(proof, settings, verifying_key, srs):
            raise SystemExit("EZKL does not verify its own proof")

    return {
        "settings": gen_settings,
        "calibrate": lambda: ezkl.calibrate_settings(data, model, settings, "resources"),
        "compile": lambda: ezkl.compile_circuit(model, circuit, settings),
        "srs": gen_srs,
        "setup": lambda: ezkl.setup(circuit, verifying_key, proving_key, srs),
        "witness": lambda: ezkl.gen_witness(data, circuit, witness),
        "prove": lambda: ezkl.prove(witness, circuit, proving_key, proof, srs),
        "verify": verify,
    }


def measured(name, model, data, at):
    """Seconds by the wall and of processor time, and bytes, of one step in a child."""
    child = os.fork()
    if child == 0:
        try:
            os.dup2(2, 1)  # standard output is for the figures
            signal.alarm(STEP_SECONDS)
            work = steps(model, data, at)[name]
            processor, wall = time.process_time(), time.monotonic()
            work()
            Path(at("figures.json")).write_text(json.dumps({
                "wall": time.monotonic() - wall, "processor": time.process_time() - processor,
                "memory": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss << 10}))
            os._exit(0)
        except BaseException as error:
            print(error, file=sys.stderr, flush=True)
            os._exit(1)
    if os.waitpid(child, 0)[1]:
        raise SystemExit(f"EZKL: step {name} failed, or took over {STEP_SECONDS} s")
    return json.loads(Path(at("figures.json")).read_text())


def main():
    model, data, folder, samples = sys.argv[1:]
    result = {"steps": {}}

    def at(name):
        return str(Path(folder) / name)

    for name in STEPS:
        runs = [measured(name, model, data, at)
                for _ in range(int(samples) if name in REPEATED else 1)]
        result["steps"][name] = {
            key: sorted(run[key] for run in runs)[len(runs) // 2] for key in runs[0]}
    arguments = json.loads(Path(at("settings.json")).read_text())["run_args"]
    result |= {
        "proofBytes": len(bytes(json.loads(Path(at("proof.json")).read_text())["proof"])),
        "provingKeyBytes": os.path.getsize(at("pk.key")),
        "verifyingKeyBytes": os.path.getsize(at("vk.key")),
        "log2Rows": arguments["logrows"], "inputScale": arguments["input_scale"]}
    import ezkl

    result["version"] = ezkl.__version__
    print(json.dumps(result))


main()
