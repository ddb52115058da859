#!/usr/bin/env python3
"""An independent cd-batch --mixup --cutmix, from the manual page.

	mix_oracle.py LOG SAMPLES BATCHES

LOG says how the pictures of SAMPLES were mixed into BATCHES: pixels must be
equal, targets within 1e-6. Prints how many pictures each operation has. The
reader is formats/trs.py.
"""
import csv
import math
import sys

from trs import numbers, records


def need(condition, *what):
    if not condition:
        sys.exit(" ".join(map(str, what)))


def read(path):
    with open(path, "rb") as f:
        lines, *found = records(f)
    return [v.decode() for n, v in lines if n == b"class"], found[:-1]


def target_of(tensors, classes):
    if b"target" in tensors:
        return numbers(tensors[b"target"])
    label, = numbers(tensors[b"label"])
    return [float(k == label) for k in range(classes)]


def mixed(row, a, b, dim):
    """Picture a, with b, as the row of the log says."""
    share = float(row["lambda"])
    if row["operation"] == "mixup":
        return [math.floor(share * x + (1 - share) * y + .5)
                for x, y in zip(a, b)]
    h, w, c = dim
    top, left, height, width = (int(row[n]) for n in
                                ("top", "left", "height", "width"))
    need(abs(share - (1 - height * width / (h * w))) < 1e-12, row)
    out = list(a)
    for y in range(top, top + height):
        at = (y * w + left) * c
        out[at:at + width * c] = b[at:at + width * c]
    return out


def main():
    log, samples, batches = sys.argv[1:]
    classes, found = read(samples)
    old = {(r[4].decode(), r[1], r[2]): r[5] for r in found if r[0] == b"SMPL"}
    rows = csv.DictReader(open(log), delimiter="\t", quoting=csv.QUOTE_NONE)
    count = {}
    for kind, epoch, _, _, _, tensors in read(batches)[1]:
        if kind != b"BTCH":
            continue
        need(b"label" not in tensors, "labels")
        _, (n, *dim), pixels = tensors[b"image"]
        need(tensors[b"target"][:2] == (4, (n, len(classes))), "targets")
        targets = numbers(tensors[b"target"])
        keys = tensors[b"keys"][2].decode().split("\0")[:-1]
        here = [next(rows) for _ in keys]
        need([r["key"] for r in here] == keys, keys)
        mine = [old[r["key"], epoch, int(r["view"])] for r in here]
        distances = set()
        for i, row in enumerate(here):
            need(int(row["epoch"]) == epoch, row)
            a = numbers(mine[i][b"image"])
            t = target_of(mine[i], len(classes))
            count[row["operation"]] = count.get(row["operation"], 0) + 1
            if row["operation"] == "none":
                need(row["partner"] == "" and row["lambda"] == "1", row)
            else:
                distances.add(int(row["distance"]))
                k = (i + int(row["distance"])) % n
                need(k != i and keys[k] == row["partner"], row)
                a = mixed(row, a, numbers(mine[k][b"image"]), dim)
                share = float(row["lambda"])
                t = [share * x + (1 - share) * y for x, y in
                     zip(t, target_of(mine[k], len(classes)))]
            size = len(a)
            need(list(pixels[i * size:(i + 1) * size]) == list(a), "pixels", row)
            got = targets[i * len(t):(i + 1) * len(t)]
            need(max(abs(x - y) for x, y in zip(got, t)) < 1e-6, got, t)
        need(len(distances) < 2, distances)
    need(next(rows, None) is None, "more lines than pictures")
    print(*(f"{what}={count[what]}" for what in sorted(count)))


main()
