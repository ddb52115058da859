#!/usr/bin/python3
"""torch_nets.py NET SIZE BATCH THREADS train|infer|count SECONDS [SETTING]:
pictures a second of PyTorch on the nets of pipelines/nets, built here by name:
small, resnet-32, s, m, mini-xception, pairs-24; then the setting, and the most memory it
had, in MiB. `count` prints the number of parameters.

To be fair to it, without SETTING what is fastest for the net and the machine is
found out first: of the layouts (channels last, or PyTorch's own), and in
inference of eager mode, a frozen trace, and a frozen trace through
optimize_for_inference (which fuses convolutions with batch norm and ReLU, for
oneDNN). Given the SETTING that was printed, it has only that in memory.
Pictures are drawn at random once, as floats: neither reading nor converting
them counts. Its environment is the caller's: see tests/bench/against-pytorch.
"""
import resource
import sys
import time
import warnings

import torch
from torch import nn
from torch.nn import functional as F

warnings.filterwarnings("ignore")


def conv(cin, cout, size=3, stride=1, gamma=1.0, relu=True):
    """A convolution without bias, padded to the same size, and batch norm."""
    norm = nn.BatchNorm2d(cout)
    nn.init.constant_(norm.weight, gamma)
    layers = [nn.Conv2d(cin, cout, size, stride, size // 2, bias=False), norm]
    return nn.Sequential(*layers, *([nn.ReLU(inplace=True)] if relu else []))


class Excite(nn.Module):
    def __init__(self, c, by):
        super().__init__()
        self.reduce = nn.Linear(c, c // by)
        self.expand = nn.Linear(c // by, c)

    def forward(self, x):
        g = self.expand(F.relu(self.reduce(x.mean((2, 3)))))
        return x * torch.sigmoid(g)[:, :, None, None]


class Block(nn.Module):
    """Two paths, added."""

    def __init__(self, path, shortcut=None, relu=True):
        super().__init__()
        self.path = nn.Sequential(*path)
        self.shortcut = shortcut or nn.Identity()
        self.relu = nn.ReLU(inplace=True) if relu else nn.Identity()

    def forward(self, x):
        return self.relu(self.path(x) + self.shortcut(x))


def residual(cin, cout, stride, excite=0):
    """A block of nets S, M and L."""
    path = [conv(cin, cout, 3, stride), conv(cout, cout, gamma=0, relu=False)]
    if excite:
        path.append(Excite(cout, excite))
    if stride == 1 and cin == cout:
        return Block(path)
    pool = nn.AvgPool2d(2, ceil_mode=True, count_include_pad=False)
    return Block(path, nn.Sequential(pool, conv(cin, cout, 1, relu=False)))


def head(c, dropout, outputs):
    return [nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Dropout(dropout),
            nn.Linear(c, outputs)]


def small():
    layers = []
    for cin, cout in ((3, 32), (32, 64), (64, 128), (128, 128)):
        layers += [nn.Conv2d(cin, cout, 3), nn.ReLU(), nn.MaxPool2d(2)]
    return nn.Sequential(*layers, nn.Flatten(), nn.Linear(6272, 512),
                         nn.ReLU(), nn.Linear(512, 1))


def resnet_32():
    def block(cin, cout, stride):
        path = [conv(cin, cout, 3, stride), conv(cout, cout, relu=False)]
        return Block(path, stride > 1 and conv(cin, cout, 1, stride,
                                               relu=False))
    return nn.Sequential(conv(3, 32), nn.MaxPool2d(2), block(32, 32, 1),
                         block(32, 64, 2), block(64, 128, 2),
                         *head(128, 0, 1))


def s():
    return nn.Sequential(conv(3, 24, stride=2), conv(24, 32), nn.MaxPool2d(2),
                         residual(32, 32, 1), residual(32, 64, 2),
                         residual(64, 128, 2), residual(128, 256, 2),
                         *head(256, 0.1, 2))


def m():
    return nn.Sequential(conv(3, 32, stride=2), conv(32, 48), nn.MaxPool2d(2),
                         residual(48, 48, 1), residual(48, 96, 2, 8),
                         residual(96, 192, 2, 8), residual(192, 384, 2, 8),
                         *head(384, 0.2, 2))


def pairs_24():
    def pair(c):
        return Block([conv(c, c), conv(c, c, gamma=0, relu=False)])
    pool = nn.MaxPool2d(2)
    return nn.Sequential(conv(3, 24, stride=2), conv(24, 32), pool, pair(32),
                         conv(32, 64), pool, pair(64), conv(64, 128), pool,
                         pair(128), conv(128, 256), *head(256, 0.1, 2))


def mini_xception():
    def separable(cin, cout):
        return [nn.BatchNorm2d(cin), nn.ReLU(inplace=True),
                nn.Conv2d(cin, cin, 3, 1, 1, groups=cin, bias=False),
                nn.Conv2d(cin, cout, 1, bias=False)]
    layers, c = [nn.Conv2d(3, 32, 5, bias=False)], 32
    for n in (32, 64, 128, 256, 512):
        layers.append(Block(separable(c, n) + separable(n, n) +
                            [nn.MaxPool2d(3, 2, 1)],
                            nn.Conv2d(c, n, 1, 2, bias=False), relu=False))
        c = n
    return nn.Sequential(*layers, *head(c, 0.5, 1))


class Training:
    settings = "channels last", "channels first"

    def __init__(self, name, net, x, setting):
        last = setting == "channels last"
        layout = torch.channels_last if last else torch.contiguous_format
        self.net = net.train().to(memory_format=layout)
        self.x = x.contiguous(memory_format=layout)
        n, p = len(x), list(self.net.parameters())
        if name in ("s", "m", "pairs-24"):
            self.optimizer = torch.optim.SGD(p, 0.01, 0.9, nesterov=True)
            self.loss, self.t = F.cross_entropy, torch.randint(0, 2, (n,))
        else:
            self.optimizer = torch.optim.RMSprop(p, 1e-4, 0.9, 1e-7)
            self.loss = F.binary_cross_entropy_with_logits
            self.t = torch.randint(0, 2, (n, 1)).float()

    def step(self):
        self.optimizer.zero_grad(set_to_none=True)
        self.loss(self.net(self.x), self.t).backward()
        self.optimizer.step()


class Inference:
    settings = tuple(mode + layout for mode in ("eager", "frozen", "optimized")
                     for layout in (", channels last", ", channels first"))

    def __init__(self, _, net, x, setting):
        last = setting.endswith("channels last")
        layout = torch.channels_last if last else torch.contiguous_format
        self.net = net.eval().to(memory_format=layout)
        self.x = x.contiguous(memory_format=layout)
        if not setting.startswith("eager"):
            with torch.no_grad():
                self.net = torch.jit.freeze(torch.jit.trace(self.net, self.x))
            if setting.startswith("optimized"):
                self.net = torch.jit.optimize_for_inference(self.net)

    def step(self):
        with torch.inference_mode():
            return self.net(self.x)


def speed(job, n, seconds):
    """Steps of n pictures for so long, after three to warm up."""
    for _ in range(3):
        job.step()
    start, steps = time.perf_counter(), 0
    while steps < 2 or time.perf_counter() - start < seconds:
        job.step()
        steps += 1
    return steps * n / (time.perf_counter() - start)


def main():
    name, size, batch, threads, what, seconds, *setting = sys.argv[1:]
    build = {"small": small, "resnet-32": resnet_32, "s": s, "m": m,
             "mini-xception": mini_xception, "pairs-24": pairs_24}[name]
    torch.set_num_threads(int(threads))
    torch.manual_seed(0)
    if what == "count":
        print(sum(p.numel() for p in build().parameters()))
        return
    kind = {"train": Training, "infer": Inference}[what]
    x, n = torch.rand(int(batch), 3, int(size), int(size)), int(batch)

    def measure(setting, share):
        job = kind(name, build(), x, setting)
        return speed(job, n, float(seconds) * share)

    def attempt(setting):
        try:
            return measure(setting, 0.25)
        except RuntimeError:    # what this PyTorch cannot do with the net
            return 0

    if not setting:
        setting = [max(kind.settings, key=attempt)]
    print("%.1f\t%s\t%d" % (
        measure(setting[0], 1), setting[0],
        resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024))


main()
