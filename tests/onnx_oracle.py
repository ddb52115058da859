# onnx_oracle.py [NET.onnx SAMPLES.trs PREDICTIONS.trs] ...: is the ONNX file
# valid, its shapes inferred, and does OpenCV predict with it what the stream of
# predictions says, to 1e-5? Prints the worst difference of each. `trs` is
# formats/trs.py. Pictures are passed one at a time: OpenCV 4.6
# cannot multiply channels (`excite`) of several.
import sys

import cv2
import numpy as np
import onnx
import trs


def records(path, tensor):
    """Yields (key, array) of the records that have the tensor."""
    with open(path, "rb") as f:
        for item in trs.records(f):
            if isinstance(item, tuple) and tensor in item[5]:
                kind, shape, data = item[5][tensor]
                kind = {1: np.uint8, 4: np.float32}[kind]
                yield item[4], np.frombuffer(data, kind).reshape(shape)


def check(path, samples, predictions):
    model = onnx.load(path)
    onnx.checker.check_model(model, full_check=True)
    net = cv2.dnn.readNetFromONNX(path)
    want = dict(records(predictions, b"value"))
    worst = n = 0
    for key, image in records(samples, b"image"):
        net.setInput(image.astype(np.float32).transpose(2, 0, 1)[None])
        got = net.forward()[0]
        assert got.shape == want[key].shape, (path, got.shape)
        worst = max(worst, float(np.abs(got - want[key]).max()))
        n += 1
    spread = np.ptp([p[0] for p in want.values()])
    print("%s: %d pictures, worst difference %.1e, p from %.4f to %.4f" % (
        path, n, worst, min(p[0] for p in want.values()),
        max(p[0] for p in want.values())))
    # a net that says the same of all would agree by chance
    return n == len(want) > 0 and worst <= 1e-5 and spread > 1e-4


bad = [p for p in zip(*[iter(sys.argv[1:])] * 3) if not check(*p)]
sys.exit("differ: %s" % bad if bad else 0)
