# torch_oracle.py [WEIGHTS SAMPLES.npz PREDICTIONS.npz] ...: does PyTorch, given
# what cd-export wrote of a model (safetensors, and NPZ beside it under the same
# name), predict what cd-predict does, to 1e-5? The net text is that of the
# safetensors file, read here by formats/net.md. Prints the worst difference of
# each.
import json
import struct
import sys

import numpy as np
import torch
from torch.nn import functional as F


def weights(path):
    """The net text and the arrays by name, of both files."""
    data = open(path, "rb").read()
    n, = struct.unpack("<Q", data[:8])
    head, z = json.loads(data[8:8 + n]), {}
    text = head.pop("__metadata__")["net"]
    for name, t in head.items():
        a, b = t["data_offsets"]
        z[name] = np.frombuffer(data[8 + n + a:8 + n + b], "<f4").reshape(
            t["shape"])
    other = np.load(path.replace(".safetensors", ".npz"))
    assert set(other.files) == set(z)
    assert all((other[k] == z[k]).all() for k in z)
    return text, {k: torch.from_numpy(v.copy()) for k, v in z.items()}


def expand(lines, define, values=()):
    """Lines as words, uses of definitions replaced."""
    lines, depth = iter(lines), 0
    for words in lines:
        words = [dict(values).get(w, w) for w in words]
        if words[0] == "define":
            body, depth = [], 1
            for inner in lines:
                depth += (inner[0] == "block") - (inner[0] == "end")
                if depth == 0:
                    break
                body.append(inner)
            define[words[1]] = (words[2:], body)
        elif words[0] in define:
            names, body = define[words[0]]
            yield from expand(body, define,
                              [("$" + n, w) for n, w in zip(names, words[1:])])
        else:
            yield words


def real(word):
    a, _, b = word.partition("/")
    return float(a) / float(b or 1)


def option(words, name, default):
    return words[words.index(name) + 1] if name in words else default


class Net:
    def __init__(self, text, w):
        lines = [line.split("#")[0].split() for line in text.split("\n")]
        self.lines = list(expand([line for line in lines if line], {}))
        self.w, self.count, self.used = w, {}, set()

    def get(self, layer, what):
        self.used.add(layer + "/" + what)
        return self.w.get(layer + "/" + what)

    def name(self, kind):
        self.count[kind] = self.count.get(kind, 0) + 1
        return kind + str(self.count[kind])

    def norm(self, x, name, epsilon=1e-5):
        mean, var, gamma, beta = (self.get(name, k)[:, None, None] for k in (
            "mean", "variance", "gamma", "beta"))
        return gamma * (x - mean) / torch.sqrt(var + epsilon) + beta

    def window(self, x, name, words, pad, groups, stride):
        k = self.get(name, "weight").permute(3, 2, 0, 1)
        return F.conv2d(x, k, self.get(name, "bias"), stride, pad, 1, groups)

    def conv(self, x, words):
        kind, size = words[0], words[2].split("x")
        pad = option(words, "pad", "0")
        pad = (int(size[0]) - 1) // 2 if pad == "same" else int(pad)
        stride, name = int(option(words, "stride", 1)), self.name(kind)
        if kind == "separable":
            x = self.window(x, name + "-depthwise", words, pad, x.shape[1],
                            stride)
            x = self.window(x, name + "-pointwise", words, 0, 1, 1)
        else:
            x = self.window(x, name, words, pad,
                            int(option(words, "groups", 1)), stride)
        if "norm" in words:
            x = self.norm(x, name + "-norm")
        return F.relu(x) if "relu" in words else x

    def pool(self, x, words):
        if words[2] == "global":
            return x.mean((2, 3), keepdim=True)
        k = int(words[2])
        stride = int(option(words, "stride", k))
        if "same" not in words:
            return (F.max_pool2d if words[1] == "max" else
                    F.avg_pool2d)(x, k, stride)
        before = (k - 1) // 2
        side = [before, 0, before, 0]
        for axis, at in ((3, 1), (2, 3)):
            n = x.shape[axis]
            side[at] = max(0, (-(-n // stride) - 1) * stride + k - n - before)
        if words[1] == "max":
            return F.max_pool2d(F.pad(x, side, value=-np.inf), k, stride)
        one = F.avg_pool2d(F.pad(torch.ones_like(x), side), k, stride)
        return F.avg_pool2d(F.pad(x, side), k, stride) / one

    def excite(self, x):
        name = self.name("excite")
        g = x.mean((2, 3)) @ self.get(name, "reduce-weight")
        g = F.relu(g + self.get(name, "reduce-bias"))
        g = g @ self.get(name, "expand-weight") + self.get(name, "expand-bias")
        return x * torch.sigmoid(g)[:, :, None, None]

    def dense(self, x, words):
        name = self.name("dense")
        x = x.flatten(1) @ self.get(name, "weight") + self.get(name, "bias")
        x = x[:, :, None, None]
        return F.relu(x) if "relu" in words else x

    def layers(self, x, lines):
        """As far as the end of the block; the lines are an iterator."""
        start, branch = x, None
        for words in lines:
            kind = words[0]
            if kind in ("conv", "separable"):
                x = self.conv(x, words)
            elif kind == "norm":
                x = self.norm(x, self.name(kind),
                              float(option(words, "epsilon", 1e-5)))
                x = F.relu(x) if "relu" in words else x
            elif kind == "relu":
                x = F.relu(x)
            elif kind == "leaky":
                x = F.leaky_relu(x, float(words[1]))
            elif kind == "pool":
                x = self.pool(x, words)
            elif kind == "excite":
                x = self.excite(x)
            elif kind == "flatten":
                x = x.permute(0, 2, 3, 1).flatten(1)[:, :, None, None]
            elif kind == "dense":
                x = self.dense(x, words)
            elif kind == "block":
                x = self.layers(x, lines)
            elif kind == "shortcut":
                branch, x = x, start
            elif kind == "end":
                x = start + x if branch is None else branch + x
                return F.relu(x) if "relu" in words else x
            elif kind == "loss":
                x = x.flatten(1)
                if words[1] == "softmax":
                    return F.softmax(x, 1)
                p = torch.sigmoid(x)
                return torch.cat([1 - p, p], 1)
            else:
                assert kind in ("dropout", "init"), kind

    def predict(self, images):
        first = self.lines[0]
        c = int(first[3])

        def each(name, default):
            at = first.index(name) + 1 if name in first else None
            v = [real(w) for w in first[at:at + c]] if at else [default] * c
            return torch.tensor(v)[:, None, None]

        x = torch.from_numpy(images).permute(0, 3, 1, 2).float()
        x = x * real(option(first, "scale", "1"))
        x = (x - each("mean", 0.0)) / each("deviation", 1.0)
        self.count = {}
        return self.layers(x, iter(self.lines[1:])).numpy()


def check(path, samples, predictions):
    net = Net(*weights(path))
    s, want = np.load(samples), np.load(predictions)
    assert (s["key"] == want["key"]).all()
    with torch.no_grad():
        got = np.concatenate([net.predict(s["image"][i:i + 10])
                              for i in range(0, len(s["image"]), 10)])
    assert got.shape == want["value"].shape and net.used >= set(net.w)
    worst = float(np.abs(got - want["value"]).max())
    spread = float(np.ptp(want["value"][:, 0]))
    print("%s: %d pictures, worst difference %.1e, p from %.4f to %.4f" % (
        path, len(got), worst, want["value"][:, 0].min(),
        want["value"][:, 0].max()))
    # a net that says the same of all would agree by chance
    return worst <= 1e-5 and spread > 1e-5


bad = [p for p in zip(*[iter(sys.argv[1:])] * 3) if not check(*p)]
sys.exit("differ: %s" % bad if bad else 0)
