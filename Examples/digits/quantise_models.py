"""Quantises the two digit classifiers with onnxruntime: mlp-int8.onnx and cnn-int8.onnx.

    python3 -m venv venv && venv/bin/pip install -r requirements.txt
    venv/bin/python quantise_models.py

Static, QDQ format, weights int8 by channel, activations uint8, calibrated on samples.npz. Also
writes what onnxruntime computes with them on the test split. make_models.py comes first.
"""

import tempfile
import warnings
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
from onnxruntime.quantization import (
    CalibrationDataReader, QuantFormat, QuantType, quant_pre_process, quantize_static)

from make_models import write_npz

HERE = Path(__file__).resolve().parent


class Samples(CalibrationDataReader):
    def __init__(self):
        self.rest = iter([{"image": image} for image in np.load(HERE / "samples.npz")["image"]])

    def get_next(self):
        return next(self.rest, None)


def logits(path, images, level):
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = level
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
    return np.stack([session.run(["logits"], {"image": image})[0] for image in images])


def main():
    warnings.simplefilter("ignore")
    test = np.load(HERE / "test.npz")
    levels = onnxruntime.GraphOptimizationLevel
    for name in ["mlp", "cnn"]:
        target = HERE / f"{name}-int8.onnx"
        with tempfile.TemporaryDirectory() as folder:
            prepared, written = Path(folder) / "prepared.onnx", Path(folder) / "written.onnx"
            quant_pre_process(str(HERE / f"{name}.onnx"), str(prepared))
            quantize_static(
                str(prepared), str(written), Samples(), quant_format=QuantFormat.QDQ,
                per_channel=True, activation_type=QuantType.QUInt8, weight_type=QuantType.QInt8)
            target.write_bytes(onnx.load(written).SerializeToString(deterministic=True))
        outputs = [logits(target, test["image"], level)
                   for level in [levels.ORT_DISABLE_ALL, levels.ORT_ENABLE_ALL]]
        write_npz(HERE / f"{name}-int8-float.npz", logits=outputs[0])
        right = [np.mean(y[:, 0].argmax(1) == test["labels"]) for y in outputs]
        differing = np.count_nonzero(outputs[0] != outputs[1])
        print(f"{name}-int8: {target.stat().st_size} bytes, test accuracy {right[0]:.4f}; the "
              f"optimised session differs in {differing} of {outputs[0].size} logits")


if __name__ == "__main__":
    main()
