#!/usr/bin/env python3
"""Streams whose headers promise more than comes, and what each command makes of
them: it must refuse them, with one line, and take no more memory than twice
their bytes and 1 MiB beside what it takes for a small good stream.

usage: hostile.py [COMMAND ...]: in a folder with good.trs (samples), batches.trs,
predictions.trs and model.trs; all commands by default. Prints what it found, and
exits 1 where a promise is broken.
"""
import os
import resource
import struct
import subprocess
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                "..", "formats", "vectors"))
from make import U8, I32, F32, describe, header, record, tensor  # noqa: E402

SPARE = 1 << 20     # bytes that are allowed anyway
NOISE = 768 << 10   # that two runs of one command differ by
ADDRESS = 1 << 30   # of address space: what asks for more has believed
SIZES = [2**20, 2**24, 2**30, 2**32 - 64, 2**40, 2**62, 2**63 - 64]
CLASSES = "".join("class %d\n" % i for i in range(1000))


def cut_record(kind, tensors, payload, key="k"):
    """A record of which the payload does not come."""
    d = describe(key.encode(), tensors)
    return record(kind, key, [], description=d, payload_size=payload,
                  ntensors=len(tensors))


def shapes(n):
    """Tensors of n bytes, of the kinds that commands look for."""
    yield "image", [(b"image", U8, [n // 3 // 64, 64, 3], b"")]
    yield "image", [(b"image", U8, [n // 192, 8, 8, 3], b"")]
    yield "value", [(b"value", F32, [n // 4], b"")]
    yield "label", [(b"label", I32, [n // 4], b"")]
    yield "keys", [(b"image", U8, [1, 1, 1, 3], b""),
                   (b"keys", U8, [n], b"")]


def hostile():
    """(name, bytes, what it holds)"""
    for holds in "samples", "batches", "predictions", "model":
        head = header("holds %s\nclass cat\nclass dog\n" % holds)
        kind = {"samples": b"SMPL", "batches": b"BTCH",
                "predictions": b"PRED", "model": b"PARM"}[holds]
        for size in SIZES:
            for what, tensors in shapes(size):
                payload = sum((4 if t[1] != U8 else 1) *
                              prod(t[2]) + 63 & ~63 for t in tensors)
                yield ("%s %s of %d" % (holds, what, size),
                       head + cut_record(kind, tensors, payload % 2**64),
                       holds)
        for size in 65536, 65537, 2**31, 2**32 - 1:
            yield ("%s description of %d" % (holds, size),
                   head + record(kind, "k", [], description_size=size), holds)
        for ntensors in 64, 65, 2**31:
            yield ("%s of %d tensors" % (holds, ntensors),
                   head + record(kind, "k", [], ntensors=ntensors), holds)
        for size in 2**20, 2**20 + 1, 2**32 - 1:
            yield ("%s text of %d" % (holds, size),
                   header("holds %s\n" % holds, size=size), holds)
        many = header("holds %s\nbatch 65536\nepochs 9007199254740992\n"
                      "records 9007199254740992\n%s" % (holds, CLASSES))
        yield "%s, many announced" % holds, many, holds
        yield ("%s, many announced, none whole" % holds,
               many + record(kind, "k", [tensor("image", U8, [1, 1, 3],
                                                [1, 2, 3])])[:-1], holds)
    for kind in b"MARK", b"NEW!":
        for holds in "samples", "predictions":
            for size in SIZES:
                yield ("%s %s of %d" % (holds, kind.decode(), size),
                       header("holds %s\nclass cat\nclass dog\n" % holds) +
                       cut_record(kind, [(b"x", U8, [size], b"")], size),
                       holds)
    for net in ("input 8192 8192 3", "input 1 1 1024"):
        for layer in "flatten\ndense 1048576\ndense 1048576", \
                     "conv 1048576 1x1\nconv 1048576 1x1":
            text = "%s\n%s\nflatten\ndense 1\nloss logistic" % (net, layer)
            yield ("model of %r" % text, header(
                "holds model\n" + "".join("net %s\n" % line
                                          for line in text.split("\n"))) +
                record(b"PARM", "conv1/bias", [tensor("value", F32, [1], [0])]),
                "model")


def prod(dims):
    p = 1
    for d in dims:
        p *= d
    return p


# What a command is given, "@" in the place of the stream, and what of.
COMMANDS = {
    "select": ("cd-select @", "samples predictions"),
    "shuffle": ("cd-shuffle @", "samples"),
    "augment": ("cd-augment -j 2 --preset book @", "samples"),
    "batch": ("cd-batch -n 2 @", "samples"),
    "stat": ("cd-stat @", "samples batches"),
    "info": ("cd-info @", "samples batches predictions model"),
    "check": ("cd-info --check @", "samples batches predictions model"),
    "text": ("cd-text @", "samples batches predictions model"),
    "cmp": ("cd-cmp good.trs @", "samples"),
    "sheet": ("cd-sheet -o sheet.png @", "samples batches"),
    "report": ("cd-report -o report.html @", "samples model"),
    "split": ("cd-split a.trs=1 b.trs=rest < @", "samples"),
    "predict": ("cd-predict -j 1 --model model.trs @", "samples batches"),
    "by": ("cd-predict -j 1 --model @ good.trs", "model"),
    "export": ("cd-export --to onnx @", "model"),
    "tar": ("cd-export -o samples.tar @", "samples"),
    "png": ("cd-export --to png -o pngs @", "samples"),
    "eval": ("cd-eval @", "predictions"),
    "average": ("cd-average @", "predictions"),
    "merge": ("cd-merge --by round-robin good.trs @", "samples"),
    "target": ("cd-target --from @ good.trs", "predictions"),
    "saliency": ("cd-saliency -j 1 --model model.trs @", "samples"),
    "data": ("cd-train -q -j 1 -n 2 @ m.trs", "samples batches"),
    "train": ("cd-train -q -j 1 -n 2 good.trs @", "model"),
    "validate": ("cd-train -q -j 1 -n 2 --validate @ good.trs m.trs",
                 "samples batches"),
}
GOOD = {"samples": "good.trs", "batches": "batches.trs",
        "predictions": "predictions.trs", "model": "model.trs"}


def run(line, stream):
    """Status, messages and the most memory of a command."""
    if os.path.exists("model.trs"):
        subprocess.run(["cp", "model.trs", "m.trs"], check=True)
    read, write = os.pipe()
    pid = os.fork()
    if pid == 0:
        resource.setrlimit(resource.RLIMIT_AS, (ADDRESS, ADDRESS))
        os.dup2(write, 2)
        os.dup2(os.open("/dev/null", os.O_WRONLY), 1)
        words = line.replace("@", stream).split()
        if "<" in words:
            os.dup2(os.open(words[-1], os.O_RDONLY), 0)
            words = words[:-2]
        os.execvp(words[0], words)
    os.close(write)
    with os.fdopen(read, "rb") as f:
        said = f.read()
    _, status, usage = os.wait4(pid, 0)
    return status, said, usage.ru_maxrss * 1024


def main(names):
    failed = tried = 0
    inputs = list(hostile())
    for name in names or COMMANDS:
        line, takes = COMMANDS[name]
        usual = 0
        for kind in takes.split():
            subprocess.run(["cp", GOOD[kind], "same.trs"], check=True)
            usual = max(usual, run(line, "same.trs")[2])
        for what, data, holds in inputs:
            if holds not in takes.split() and tried % 7:
                tried += 1      # a seventh of those it does not take either
                continue
            with open("hostile.trs", "wb") as f:
                f.write(data)
            status, said, most = run(line, "hostile.trs")
            tried += 1
            bound = usual + 2 * len(data) + SPARE + NOISE
            refused = os.WIFEXITED(status) and \
                os.WEXITSTATUS(status) in (1, 2)
            if not refused or said.count(b"\n") != 1 or \
                    b"out of memory" in said or most > bound:
                failed += 1
                print("%s: %s: status %d, %d bytes over %d: %r" %
                      (name, what, status, most - usual, len(data), said))
    print("%d streams, %d tries, %d failed" % (len(inputs), tried, failed))
    return failed > 0


sys.exit(main(sys.argv[1:]))
