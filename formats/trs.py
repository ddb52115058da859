"""Reads and writes tensor-record streams (stream.md), with nothing but the
standard library; load() and save() want NumPy. As a program it lists streams.
"""
import math, re, struct, sys, zlib

REAL = (rb"[-+]?(0[xX]([0-9a-fA-F]+\.?[0-9a-fA-F]*|\.[0-9a-fA-F]+)"
        rb"([pP][-+]?[0-9]+)?|([0-9]+\.?[0-9]*|\.[0-9]+)([eE][-+]?[0-9]+)?)")
TYPES = {1: ("u8", 1, "B"), 2: ("i32", 4, "i"), 3: ("i64", 8, "q"),
         4: ("f32", 4, "f"), 5: ("f64", 8, "d")}

class Damaged(Exception):
    pass

class Unsupported(Exception):
    pass

def need(condition, what):
    if not condition:
        raise Damaged(what)

def take(file, n, what):
    pieces, have = [], 0
    while have < n:                     # room is made as bytes arrive
        pieces.append(file.read(min(n - have, 1 << 20)))
        need(pieces[-1], "the stream is cut in " + what)
        have += len(pieces[-1])
    return b"".join(pieces)

def padded(n):
    return (n + 63) // 64 * 64

def checked(block):
    crc, = struct.unpack("<I", block[60:])
    need(zlib.crc32(block[:60]) == crc, "a block's checksum does not match")
    return block[60:]

def check_numbers(lines, model):
    whole, real = b"batch epochs records skipped".split(), []
    if model:
        whole += b"epoch step position sum-correct best-epoch".split()
        real = b"sum-loss best-loss best-accuracy elapsed".split()
    for name, value in lines:
        need(name not in whole + real or len(value) < 64, "too long")
        if name in whole:
            need(re.fullmatch(b"0|[1-9][0-9]*", value), "no whole number")
            need((name == b"batch") <= int(value) <=
                 (65536 if name == b"batch" else 2 ** 53), "out of range")
        if name in real:
            need(re.fullmatch(REAL, value), "no number")
            try:
                number = float.fromhex(value.decode()) \
                    if b"x" in value.lower() else float(value)
            except OverflowError:
                number = math.inf
            need(0 <= number < math.inf and
                 (number <= 1 or name != b"best-accuracy"), "out of range")

def header(file, block):
    need(len(block) == 64 and block[:8] == b"\x89TRS\r\n\x1a\n", "no magic")
    seal = checked(block)
    major, minor, size, crc = struct.unpack("<HHII", block[8:20])
    if major != 1:
        raise Unsupported("version %d.%d" % (major, minor))
    need(size <= 1 << 20, "the header text is too long")
    text = take(file, padded(size), "the header text")
    need(zlib.crc32(text) == crc, "the text's checksum does not match")
    text = text[:size]
    need(text.endswith(b"\n") and b"\0" not in text, "malformed text")
    lines = [line.split(b" ", 1) for line in text[:-1].split(b"\n")]
    for line in lines:
        need(len(line) == 2 and line[0] and not line[0].strip(
            b"abcdefghijklmnopqrstuvwxyz0123456789-"), "malformed line")
    names = [line[0] for line in lines]
    need(names.count(b"holds") == 1, "not one line 'holds'")
    need(names.count(b"class") <= 65536, "too many classes")
    check_numbers(lines, [b"holds", b"model"] in lines)
    return seal, lines

def tensors(d, n):
    found = {}
    for _ in range(n):
        need(len(d) >= 4, "the description is too short")
        name_size, kind, rank, zero = d[:4]
        rest = 4 + name_size
        name, dims = d[4:rest], d[rest:rest + 8 * rank]
        need(name_size and len(name) == name_size and zero == 0 and
             kind in TYPES and rank <= 8 and len(dims) == 8 * rank and
             b"\0" not in name and name not in found, "malformed tensor")
        shape = struct.unpack("<%dQ" % rank, dims)
        size = TYPES[kind][1]
        for dim in shape:
            size *= dim
            need(size < 1 << 64, "a tensor is too large")
        need(size < 1 << 63, "a tensor is too large")
        found[name] = (kind, shape, size)
        d = d[rest + 8 * rank:]
    need(not d, "the description is too long")
    return found

def records(file):
    """Yields the first header's lines, then (kind, epoch, view, sequence, key,
    {name: (type, shape, bytes)}) for each record, then the number of skipped
    pictures."""
    block, first, skipped = take(file, 64, "the header"), None, 0
    while block:
        seals, lines = header(file, block)
        agree = [(n, v) for w in (b"holds", b"class", b"fit")
                 for n, v in lines if n == w]
        if first is None:
            first = agree
            yield lines
        need(agree == first, "members disagree")
        count = 0
        while True:
            block = take(file, 64, "a record's prefix")
            seal = checked(block)
            (kind, view, seq, epoch, P, D, K, n, description_crc,
             payload_crc) = struct.unpack("<4sIQQQIIIII", block[:52])
            if kind == b"END.":
                break
            need(D <= 1 << 16 and K <= 4096 and K <= D and n <= 64 and
                 P <= 1 << 32, "a size is over its limit")
            d = take(file, padded(D), "a description")
            need(zlib.crc32(d) == description_crc, "wrong description")
            key, found = d[:K], tensors(d[K:D], n)
            need(b"\0" not in key, "malformed key")
            need(P == sum(padded(t[2]) for t in found.values()), "wrong P")
            payload, at = take(file, P, "a payload"), 0
            need(zlib.crc32(payload) == payload_crc, "wrong payload")
            for name, (type_, shape, size) in found.items():
                found[name] = (type_, shape, payload[at:at + size])
                at += padded(size)
            seals, count = seals + seal, count + 1
            yield kind, epoch, view, seq, key, found
        need(seq == count, "END counts another number of records")
        need(payload_crc == zlib.crc32(seals), "END's checksum is wrong")
        skipped += epoch                # the field at 16
        block = file.read(64)
    yield skipped

def numbers(tensor):
    type_, shape, data = tensor
    name, size, code = TYPES[type_]
    return struct.unpack("<%d%s" % (len(data) // size, code), data)

def sealed(block):
    return block + struct.pack("<I", zlib.crc32(block))

def filled(data):
    return data + bytes(padded(len(data)) - len(data))

def write(file, lines, items, skipped=0):
    """Writes a stream of one member: the header's lines, (name, value) in bytes,
    and records (kind, epoch, view, key, {name: (type, shape, bytes)})."""
    text = b"".join(name + b" " + value + b"\n" for name, value in lines)
    seal = sealed(b"\x89TRS\r\n\x1a\n" + struct.pack(
        "<HHII40x", 1, 0, len(text), zlib.crc32(filled(text))))
    file.write(seal + filled(text))
    seals, count, seq = seal[60:], 0, 0
    for kind, epoch, view, key, found in items:
        d = key + b"".join(
            struct.pack("<4B", len(name), type_, len(shape), 0) + name +
            struct.pack("<%dQ" % len(shape), *shape)
            for name, (type_, shape, data) in found.items())
        payload = b"".join(filled(data) for _, _, data in found.values())
        block = sealed(struct.pack(
            "<4sIQQQIIIII8x", kind, view, seq, epoch, len(payload), len(d),
            len(key), len(found), zlib.crc32(filled(d)), zlib.crc32(payload)))
        file.write(block + filled(d) + payload)
        seals, count = seals + block[60:], count + 1
        seq = 0 if kind == b"MARK" else seq + 1
    file.write(sealed(struct.pack("<4sIQQQIIIII8x", b"END.", 0, count, skipped,
                                  0, 0, 0, 0, 0, zlib.crc32(seals))))

def array(tensor):
    """A NumPy array of what records() yields for a tensor."""
    import numpy
    type_, shape, data = tensor
    return numpy.frombuffer(data, "<" + TYPES[type_][2]).reshape(shape)

def load(path, average=True):
    """{name: array}. Of a model its parameters, their moving average where it
    has one, as cd-predict takes them (average=False: the last values). Of other
    streams the tensors of all records, stacked ("image", "label", "value"),
    as a list where their shapes differ, and "key", a list of str."""
    import numpy
    found, keys, model = {}, [], False
    with open(path, "rb") as file:
        for item in records(file):
            if isinstance(item, list):
                model = [b"holds", b"model"] in item
            if not isinstance(item, tuple) or item[0] == b"MARK":
                continue
            key, values = item[4].decode("utf-8", "backslashreplace"), item[5]
            if model and item[0] == b"PARM":
                best = b"average" in values and (
                    average or b"value" not in values)
                found[key] = array(values[b"average" if best else b"value"])
            elif not model:
                keys.append(key)
                for name, value in values.items():
                    found.setdefault(name.decode(), []).append(array(value))
    if not model:
        for name, arrays in found.items():
            if len({a.shape for a in arrays}) == 1:
                found[name] = numpy.stack(arrays)
        found["key"] = keys
    return found

def save(path, arrays, classes=()):
    """Writes a stream of samples: arrays["image"], u8 [n,h,w,c], "label", [n], if
    there, numbers in classes, and "key", n of str, if there."""
    import numpy
    image = numpy.ascontiguousarray(arrays["image"], "u1")
    label = numpy.asarray(arrays["label"], "<i4") if "label" in arrays else None
    key = arrays.get("key") or ["%06d" % i for i in range(len(image))]

    def items():
        for i in range(len(image)):
            found = {b"image": (1, image[i].shape, image[i].tobytes())}
            if label is not None:
                found[b"label"] = (2, (), label[i].tobytes())
            yield b"SMPL", 0, 0, key[i].encode(), found

    lines = [(b"holds", b"samples"), (b"records", b"%d" % len(image))]
    lines += [(b"class", name.encode()) for name in classes]
    with open(path, "wb") as file:
        write(file, lines, items())

if __name__ == "__main__":
    for path in sys.argv[1:]:
        with open(path, "rb") as f:
            for item in records(f):
                print(item)
