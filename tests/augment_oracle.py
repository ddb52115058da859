#!/usr/bin/env python3
"""An independent cd-augment, from the manual page: compares its pixels.

	augment_oracle.py geometry LOG FILL IN OUT
	augment_oracle.py colour LOG WARPED OUT
	augment_oracle.py trivial LOG COLOURED OUT
	augment_oracle.py erase LOG BEFORE OUT
	augment_oracle.py views LIST IN OUT

LOG says what was done to the pictures of the third file to make those of the
last. Each value, rounded, may be off by 1. Plain Python, since numpy may be missing.
"""
import colorsys
import math
import struct
import sys


def samples(path):
    """(key, epoch, view), [height, width, channels], bytes of each sample."""
    data = open(path, "rb").read()
    at = 64 + (struct.unpack_from("<I", data, 12)[0] + 63) // 64 * 64
    while data[at:at + 4] != b"END.":
        kind, view, _, epoch, size, desc, nkey, tensors = struct.unpack_from(
            "<4sIQQQIII", data, at)
        text = data[at + 64:at + 64 + desc]
        payload = at + 64 + (desc + 63) // 64 * 64
        at = payload + size
        if kind != b"SMPL":
            continue
        p, where = nkey, payload
        for _ in range(tensors):
            nname, dtype, rank = text[p], text[p + 1], text[p + 2]
            name = text[p + 4:p + 4 + nname]
            dim = struct.unpack_from("<%dQ" % rank, text, p + 4 + nname)
            p += 4 + nname + 8 * rank
            n = math.prod(dim) * {1: 1, 2: 4, 3: 8, 4: 4, 5: 8}[dtype]
            if name == b"image":
                yield ((text[:nkey].decode(), epoch, view), dim,
                       data[where:where + n])
            where += (n + 63) // 64 * 64


def log_lines(path):
    rows = [line.rstrip("\n").split("\t") for line in open(path)]
    for row in rows[1:]:
        d = dict(zip(rows[0], row))
        for name in d:
            if name not in ("key", "trivial"):
                d[name] = float(d[name])
        yield (d["key"], int(d["epoch"]), int(d["view"])), d


def product(*matrices):
    m = [[1, 0, 0], [0, 1, 0], [0, 0, 1]]
    for b in matrices:
        m = [[sum(m[i][k] * b[k][j] for k in range(3)) for j in range(3)]
             for i in range(3)]
    return m


def turned(degrees):
    c, s = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    return [[c, -s, 0], [s, c, 0], [0, 0, 1]]


def moved(y, x):
    return [[1, 0, y], [0, 1, x], [0, 0, 1]]


def scaled(y, x):
    return [[y, 0, 0], [0, x, 0], [0, 0, 1]]


def averaged(line, n):
    """The line of values shrunk to n by averaging what each one covers."""
    step = len(line) / n
    out = []
    for i in range(n):
        lo, hi = i * step, (i + 1) * step
        out.append(sum(v * max(0, min(hi, k + 1) - max(lo, k))
                       for k, v in enumerate(line)) / step)
    return out


def shrunk(dim, old, h, w):
    """To h x w, by areas, rounded."""
    columns = [[averaged(old[(y * dim[1]) * dim[2] + k:
                             ((y + 1) * dim[1]) * dim[2]:dim[2]], w)
                for y in range(dim[0])] for k in range(dim[2])]
    planes = [[averaged(col, h) for col in zip(*rows)] for rows in columns]
    return [math.floor(planes[k][x][y] + .5) for y in range(h)
            for x in range(w) for k in range(dim[2])]


def geometry(d, fill, dim, old, new):
    h, w, c = dim
    oh, ow = new[0], new[1]
    # the whole picture is shrunk first, so that the part is not
    if d["height"] > oh or d["width"] > ow:
        by = [max(1, round(n * out / part)) if part > out else n
              for n, part, out in ((h, d["height"], oh), (w, d["width"], ow))]
        old = shrunk(dim, old, *by)
        d = dict(d)
        for name, now, was in (("top", by[0], h), ("height", by[0], h),
                               ("left", by[1], w), ("width", by[1], w)):
            d[name] *= now / was
        h, w = by
    cy, cx = (oh - 1) / 2, (ow - 1) / 2
    s, m = math.radians(d["shear"]), d["magnitude"]
    trivial = {
        "shear-x": product(moved(-.5, -.5), [[1, 0, 0], [m, 1, 0], [0, 0, 1]],
                           moved(.5, .5)),
        "shear-y": product(moved(-.5, -.5), [[1, m, 0], [0, 1, 0], [0, 0, 1]],
                           moved(.5, .5)),
        "translate-x": moved(0, -m),
        "translate-y": moved(-m, 0),
        "rotate": product(moved(cy, cx), turned(m), moved(-cy, -cx)),
    }.get(d["trivial"], moved(0, 0))
    ry, rx = d["height"] / oh, d["width"] / ow
    a = product(
        moved(d["top"] - .5, d["left"] - .5), scaled(ry, rx), moved(.5, .5),
        moved(cy, cx), turned(d["rotate"]), moved(d["shift-y"], d["shift-x"]),
        [[1, -math.sin(s), 0], [0, math.cos(s), 0], [0, 0, 1]],
        scaled(d["zoom-y"], d["zoom-x"]),
        scaled(1 - 2 * d["flip-vertical"], 1 - 2 * d["flip"]),
        moved(-cy, -cx), trivial)

    def at(i, n):
        if fill == "reflect":
            i %= 2 * n
            return min(i, 2 * n - 1 - i)
        return i % n if fill == "wrap" else max(0, min(n - 1, i))

    for y in range(oh):
        for x in range(ow):
            sy = a[0][0] * y + a[0][1] * x + a[0][2]
            sx = a[1][0] * y + a[1][1] * x + a[1][2]
            y0, x0 = math.floor(sy), math.floor(sx)
            ty, tx = sy - y0, sx - x0
            for k in range(c):
                v = [[old[(at(y0 + i, h) * w + at(x0 + j, w)) * c + k]
                      for j in (0, 1)] for i in (0, 1)]
                yield ((v[0][0] * (1 - tx) + v[0][1] * tx) * (1 - ty) +
                       (v[1][0] * (1 - tx) + v[1][1] * tx) * ty)


def clamp(v):
    return max(0, min(255, v))


def grey(p):
    return p[0] if len(p) < 3 else .299 * p[0] + .587 * p[1] + .114 * p[2]


def blended(pixels, others, factor):
    """As PIL's ImageEnhance: from the other picture towards this one."""
    return [[clamp(o + factor * (v - o)) for v, o in zip(p, q)]
            for p, q in zip(pixels, others)]


def contrasted(pixels, factor):
    mean = sum(map(grey, pixels)) / len(pixels)
    return blended(pixels, [[mean] * len(p) for p in pixels], factor)


def saturated(pixels, factor):
    return blended(pixels, [[grey(p)] * 3 + p[3:] for p in pixels], factor)


def hued(p, hue):
    h, s, v = colorsys.rgb_to_hsv(*(x / 255 for x in p[:3]))
    return [x * 255 for x in colorsys.hsv_to_rgb((h + hue) % 1, s, v)] + p[3:]


def colour(d, dim, old):
    c = dim[2]
    lo, hi = (min(old), max(old)) if d["channel-shift"] else (0, 255)
    p = [[clamp(max(lo, min(hi, v + d["channel-shift"])) * d["brightness"])
          for v in old[i:i + c]] for i in range(0, len(old), c)]
    p = contrasted(p, d["contrast"])
    if c > 2:
        p = saturated(p, d["saturation"])
        p = [hued(q, d["hue"]) for q in p]
        if d["grey"]:
            p = [[grey(q)] * 3 + q[3:] for q in p]
    return sum(p, [])


def smoothed(p, h, w):
    out = list(p)
    for y in range(1, h - 1):
        for x in range(1, w - 1):
            i = y * w + x
            near = [p[i + a * w + b] for a in (-1, 0, 1) for b in (-1, 0, 1)]
            out[i] = [(sum(v) + 4 * v[4]) / 13 for v in zip(*near)]
    return out


def stretched(column):
    lo, hi = min(column), max(column)
    return column if lo == hi else [(v - lo) * 255 / (hi - lo) for v in column]


def equalized(column):
    """PIL's ImageOps.equalize."""
    h = [column.count(v) for v in range(256)]
    used = [n for n in h if n]
    step = (sum(used) - used[-1]) // 255
    if not step:
        return column
    return [min(255, (step // 2 + sum(h[:v])) // step) for v in column]


def by_channel(f, pixels):
    return [list(q) for q in zip(*(f(list(col)) for col in zip(*pixels)))]


def trivial(d, dim, old):
    (h, w, c), what, m = dim, d["trivial"], d["magnitude"]
    p = [list(old[i:i + c]) for i in range(0, len(old), c)]
    if what == "brightness":
        p = [[clamp(v * (1 + m)) for v in q] for q in p]
    elif what == "saturation" and c > 2:
        p = saturated(p, 1 + m)
    elif what == "contrast":
        p = contrasted(p, 1 + m)
    elif what == "sharpness":
        p = blended(p, smoothed(p, h, w), 1 + m)
    elif what == "posterize":
        p = [[v - v % 2 ** (8 - int(m)) for v in q] for q in p]
    elif what == "solarize":
        p = [[v if v < m else 255 - v for v in q] for q in p]
    elif what == "autocontrast":
        p = by_channel(stretched, p)
    elif what == "equalize":
        p = by_channel(equalized, p)
    return sum(p, [])


def philox(counter, key):
    """Philox4x32-10 (Salmon et al. 2011): 16 bytes."""
    a, b, c, d = counter, 0, 0, 0
    k, l = key & 0xffffffff, key >> 32
    for _ in range(10):
        p, q = 0xD2511F53 * a, 0xCD9E8D57 * c
        a, b, c, d = (q >> 32 ^ b ^ k, q & 0xffffffff, p >> 32 ^ d ^ l,
                      p & 0xffffffff)
        k, l = (k + 0x9E3779B9) & 0xffffffff, (l + 0xBB67AE85) & 0xffffffff
    return struct.pack("<4I", a, b, c, d)


def erase(d, dim, old):
    (_, w, c), out = dim, bytearray(old)
    n = int(d["erase-width"]) * c
    noise = b"".join(philox(i, int(d["noise"]))
                     for i in range(int(d["erase-height"]) * n // 16 + 1))
    for y in range(int(d["erase-height"])):
        at = ((int(d["erase-top"]) + y) * w + int(d["erase-left"])) * c
        out[at:at + n] = noise[y * n:(y + 1) * n]
    return out


def view(words, dim):
    h, w, _ = dim
    d = dict.fromkeys("rotate shear shift-y shift-x flip flip-vertical top left "
                      "magnitude".split(), 0)
    d.update({"zoom-y": 1, "zoom-x": 1, "height": h, "width": w,
              "trivial": "none"})
    size = (h, w)
    for word in words.split("+"):
        if word[0].isdigit():
            size = tuple(int(n) for n in reversed(word.split("x")))
        elif word == "flip":
            d["flip"] = 1
        elif word.startswith("crop="):
            share, _, corner = word[5:].partition(":")
            d["height"], d["width"] = (round(float(share) * n) for n in (h, w))
            y, x = h - d["height"], w - d["width"]
            d["top"], d["left"] = {"tl": (0, 0), "tr": (0, x), "bl": (y, 0),
                                   "br": (y, x)}.get(corner, (y // 2, x // 2))
    return d, size


def views(words, before, after):
    words = words.split(",")
    want = [(key[:2] + (i,), view(v, dim), dim, old)
            for key, dim, old in samples(before)
            for i, v in enumerate(words)]
    for (name, (d, size), dim, old), (key, new, got) in zip(
            want, samples(after), strict=True):
        if name != key or size != new[:2]:
            sys.exit("%s: %s came in place of %s" % (name, key, size))
        ref = geometry(d, "nearest", dim, old, new)
        most = max(abs(math.floor(v + .5) - g)
                   for v, g in zip(ref, got, strict=True))
        if most > 1:
            sys.exit("%s: off by %d" % (name, most))


def main():
    what, log, *rest = sys.argv[1:]
    if what == "views":
        return views(log, *rest)
    fill = rest.pop(0) if what == "geometry" else None
    kinds = {}
    for (name, d), (a, dim, old), (b, new, got) in zip(
            log_lines(log), samples(rest[0]), samples(rest[1]), strict=True):
        if not name == a == b:
            sys.exit("%s, %s, %s: not the same sample" % (name, a, b))
        if what == "geometry":
            want = list(geometry(d, fill, dim, old, new))
        else:
            want = {"colour": colour, "trivial": trivial,
                    "erase": erase}[what](d, dim, list(old))
        if len(want) != len(got):
            sys.exit("%s: %s is not what becomes of %s" % (name, new, dim))
        most = max(abs(math.floor(v + .5) - g) for v, g in zip(want, got))
        if most > (0 if what == "erase" else 1):
            sys.exit("%s: off by %d: %s" % (name, most, d))
        kinds[d["trivial"]] = kinds.get(d["trivial"], 0) + 1
    print(*sorted(kinds))


main()
