#!/usr/bin/env python3
"""Wrote the vectors of this folder, from formats/stream.md alone and sharing no
code with the library. It is kept to show what is in each, and to add more:
vectors are added, never changed or deleted.

usage: make.py [--large] DIRECTORY

--large: those that are not kept here for their size, which the tests make when
they need them.
"""
import struct
import sys
import zlib

MAGIC = b"\x89TRS\r\n\x1a\n"
U8, I32, I64, F32, F64 = 1, 2, 3, 4, 5
SIZE = {U8: 1, I32: 4, I64: 8, F32: 4, F64: 8}
CODE = {U8: "B", I32: "i", I64: "q", F32: "f", F64: "d"}


def pad(b, byte=b"\0"):
    return b + byte * (-len(b) % 64)


def sealed(b):
    """A block of 64 bytes: b and the CRC-32 of its 60."""
    assert len(b) == 60
    return b + struct.pack("<I", zlib.crc32(b))


def tensor(name, dtype, dims, values=None, raw=None):
    if raw is None:
        raw = struct.pack("<%d%s" % (len(values), CODE[dtype]), *values)
    return (name.encode(), dtype, list(dims), raw)


def header(text, magic=MAGIC, major=1, minor=0, reserved=bytes(40),
           size=None, crc=None):
    if isinstance(text, str):
        text = text.encode()
    text_crc = zlib.crc32(pad(text)) if crc is None else crc
    size = len(text) if size is None else size
    return sealed(magic + struct.pack("<HHII", major, minor, size, text_crc) +
                  reserved) + pad(text)


def describe(key, tensors):
    d = key
    for name, dtype, dims, _ in tensors:
        d += struct.pack("<BBBB", len(name), dtype, len(dims), 0) + name
        d += struct.pack("<%dQ" % len(dims), *dims)
    return d


def record(kind, key="", tensors=(), seq=0, epoch=0, view=0, **wrong):
    """wrong: fields that are to tell something else than what is there."""
    key = key if isinstance(key, bytes) else key.encode()
    d = wrong.get("description", describe(key, tensors))
    p = b"".join(pad(t[3]) for t in tensors)
    return sealed(
        kind + struct.pack("<IQQ", view, seq, epoch) +
        struct.pack("<QIII", wrong.get("payload_size", len(p)),
                    wrong.get("description_size", len(d)),
                    wrong.get("key_size", len(key)),
                    wrong.get("ntensors", len(tensors))) +
        struct.pack("<II", wrong.get("description_crc", zlib.crc32(pad(d))),
                    wrong.get("payload_crc", zlib.crc32(p))) +
        wrong.get("reserved", bytes(8))) + pad(d) + p


def end(blocks, skipped=0, **wrong):
    """blocks: the header and the records that the END closes."""
    seals = b"".join(b[60:64] for b in blocks)
    return sealed(
        b"END." + struct.pack("<IQQ", 0, wrong.get("count", len(blocks) - 1),
                              skipped) + bytes(24) +
        struct.pack("<I", wrong.get("checksum", zlib.crc32(seals))) + bytes(8))


def member(blocks, skipped=0, **wrong):
    return b"".join(blocks) + end(blocks, skipped, **wrong)


def sample(key, label, seq, epoch=0, view=0, first=0, **wrong):
    tensors = [tensor("image", U8, [2, 3, 3],
                      [(first + 13 * i) % 256 for i in range(18)])]
    if label is not None:
        tensors.append(tensor("label", I32, [], [label]))
    return record(b"SMPL", key, tensors, seq, epoch, view, **wrong)


HEAD = ("holds samples\nclass cat\nclass dog\nfit 3x2 squash triangle\n"
        "made by-hand 1\n")
H = header(HEAD)
S = [sample("cat.0.jpg", 0, 0, first=7), sample("dog.0.jpg", 1, 1, first=100)]

good = {}
good["empty"] = member([H])
good["samples"] = member([header(HEAD + "records 3\n")] + S +
                         [sample("a b/k\u00e4tzchen\n\\.jpg", None, 2)], 4)
good["epochs"] = member(
    [header(HEAD + "records 2\nepochs 2\n")] +
    [sample("dog.0.jpg", 1, 0, 0, 0), sample("cat.0.jpg", 0, 1, 0, 1),
     record(b"MARK", seq=2, epoch=0),
     sample("cat.0.jpg", 0, 0, 1, 2), sample("dog.0.jpg", 1, 1, 1, 0xffffffff),
     record(b"MARK", seq=2, epoch=1)])
good["batches"] = member(
    [header("holds batches\nclass cat\nclass dog\nbatch 2\nmade by-hand 1\n"),
     record(b"BTCH", "", [
         tensor("image", U8, [2, 1, 2, 3], range(12)),
         tensor("label", I32, [2], [0, 1]),
         tensor("keys", U8, [20], b"cat.0.jpg\0dog.0.jpg\0")]),
     record(b"BTCH", "", [
         tensor("image", U8, [1, 1, 2, 3], range(6)),
         tensor("target", F32, [1, 2], [0.25, 0.75]),
         tensor("keys", U8, [10], b"dog.1.jpg\0")], 1),
     record(b"MARK", seq=2)])
good["predictions"] = member(
    [header("holds predictions\nclass cat\nclass dog\nmade by-hand 1\n"),
     record(b"PRED", "cat.0.jpg", [tensor("value", F32, [2], [.9, .1]),
                                   tensor("label", I32, [], [0])]),
     record(b"PRED", "new.jpg", [tensor("value", F32, [2], [.25, .75])], 1)])
NET = ["# the smallest", "input 2 3 3  scale 1/255", "flatten", "dense 1",
       "loss  logistic"]
good["model"] = member(
    [header("holds model\n" + "".join("net %s\n" % l for l in NET) +
            "class cat\nclass dog\nfit 3x2 squash triangle\nepoch 2\n"
            "made by-hand 1\ndata by-hand 1\n"),
     record(b"PARM", "dense1/weight", [
         tensor("value", F32, [18, 1], [i / 16 - .5 for i in range(18)]),
         tensor("square", F32, [18, 1], [i * i / 64 for i in range(18)])]),
     record(b"PARM", "dense1/bias", [
         tensor("value", F32, [1], [-.125]),
         tensor("square", F32, [1], [0])], 1)])
good["types"] = member(
    [header("holds samples\n"),
     record(b"SMPL", "numbers", [
         tensor("u8", U8, [3], [0, 1, 255]),
         tensor("i32", I32, [3], [-2**31, -1, 2**31 - 1]),
         tensor("i64", I64, [3], [-2**63, -1, 2**63 - 1]),
         tensor("f32", F32, [4], [.1, -0., 1e-45, 3.4028234663852886e38]),
         tensor("f64", F64, [4], [.1, -0., 5e-324, 1.7976931348623157e308]),
         tensor("f32 odd", F32, [6], raw=struct.pack(
             "<6I", 0x7f800000, 0xff800000, 0x7fc00000, 0xffc00000, 0x7f800001,
             0x7fffffff)),
         tensor("f64 odd", F64, [5], raw=struct.pack(
             "<5Q", 0x7ff << 52, 0xfff << 52, 0x7ff8 << 48, 0xfff8 << 48,
             (0x7ff << 52) + 1))])])
good["shapes"] = member(
    [header("holds samples\n"),
     record(b"SMPL", "shapes", [
         tensor("rank 0", U8, [], [7]),
         tensor("rank 1", U8, [2], [1, 2]),
         tensor("rank 8", U8, [1, 2, 1, 1, 2, 1, 1, 2], range(8)),
         tensor("nothing", F32, [0], []),
         tensor("no rows", F64, [0, 2**40], []),
         tensor("no columns", I32, [3, 0], []),
         tensor("exactly 64", U8, [64], range(64)),
         tensor("one more", U8, [65], range(65))]),
     record(b"SMPL", "no tensors", [], 1),
     record(b"SMPL", "", [], 2)])
good["limits"] = member(
    [header("holds samples\n"),
     record(b"SMPL", "k" * 4096, [
         tensor("%02d" % i + "n" * 253, U8, [1] * 8, [i]) for i in range(64)])])
good["unknown"] = member(
    [header("holds samples\nclass cat\ncolour blue\nmade by-hand 1\n"),
     sample("cat.0.jpg", 0, 0),
     record(b"NEW!", "note", [tensor("words", U8, [2], b"hi")], 1),
     record(b"\0\1\xff ", "", [], 2),
     record(b"SMPL", "cat.1.jpg", [tensor("depth", F32, [1, 2], [1, 2]),
                                   tensor("label", I32, [], [0])], 3)])
good["minor"] = member(
    [header(HEAD, minor=7, reserved=bytes(range(40))),
     record(b"SMPL", "cat.0.jpg", [tensor("label", I32, [], [0])],
            reserved=b"reserved")])
good["example"] = member(
    [header("holds samples\nclass cat\nclass dog\n"),
     record(b"SMPL", "dog.7.jpg", [
         tensor("image", U8, [1, 2, 3], [255, 0, 0, 0, 128, 255]),
         tensor("label", I32, [], [1])])])
good["members"] = (
    member([H, S[0], record(b"MARK", seq=1)], 1) +
    member([header(HEAD.replace("by-hand 1", "by-hand 2"))], 0) +
    member([header(HEAD), sample("dog.0.jpg", 1, 0, 1)], 2))

# Each with what its twin says: where the fault is, and what it is.
bad = {}
whole = member([H] + S)
h, s0, s1 = len(H), len(S[0]), len(S[1])
bad["empty"] = (b"", 0, 0, "no byte at all")
bad["text"] = (b"This is a text of more than sixty-four bytes, and not a "
               b"stream at all, is it?\n", 0, 0, "a text file")
bad["magic-7-bit"] = (b"\x09" + whole[1:], 0, 0, "the eighth bit was cut off")
bad["magic-newline"] = (whole.replace(b"\r\n", b"\n"), 0, 0,
                        "CR LF became LF, as text-mode transfers do")
bad["magic-return"] = (whole.replace(b"\n", b"\r\n"), 0, 0,
                       "LF became CR LF, as text-mode transfers do")
bad["header-crc"] = (whole[:20] + b"\1" + whole[21:], 0, 0,
                     "a reserved bit of the header flipped")
bad["header-cut"] = (whole[:63], 0, 0, "cut in the header")
bad["text-crc"] = (whole[:64] + b"H" + whole[65:], 0, 0,
                   "a bit of the header text flipped")
bad["text-pad"] = (whole[:h - 1] + b"\1" + whole[h:], 0, 0,
                   "a bit of the header text's padding flipped")
bad["text-cut"] = (whole[:h - 64], 0, 0, "cut in the header text")
bad["text-size"] = (member([header("holds samples\n", size=2**20 + 1)]), 0, 0,
                    "a header text of more than 1 MiB")
bad["text-nul"] = (member([header("holds samples\nclass a\0b\n")]), 0, 0,
                   "a NUL in the header text")
bad["text-newline"] = (member([header("holds samples\nclass cat")]), 0, 0,
                       "the header text's last line has no newline")
bad["text-name"] = (member([header("holds samples\nClass cat\n")]), 0, 0,
                    "a header line's name has a capital")
bad["text-value"] = (member([header("holds samples\nclass\n")]), 0, 0,
                     "a header line without a value")
bad["text-holds"] = (member([header("class cat\n")]), 0, 0,
                     "a header text without a holds line")
bad["text-none"] = (member([header("")]), 0, 0, "no header text")
bad["text-holds-twice"] = (member([header("holds samples\nholds model\n")]),
                           0, 0, "two holds lines")
bad["no-end"] = (whole[:-64], 2, h + s0 + s1, "no END")
bad["no-end-empty"] = (H, 0, h, "a header and nothing else")
bad["end-cut"] = (whole[:-1], 2, h + s0 + s1, "the last byte is missing")
bad["prefix-cut"] = (whole[:h + s0 + 10], 1, h + s0,
                     "cut in the prefix of record 1")
bad["description-cut"] = (whole[:h + s0 + 100], 1, h + s0,
                          "cut in the description of record 1")
bad["payload-cut"] = (whole[:h + s0 + 192 + 10], 1, h + s0 + 128,
                      "cut in the payload of record 1")


def flipped(at):
    return whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1:]


bad["prefix-crc"] = (flipped(h + s0 + 8), 1, h + s0,
                     "a bit of the prefix of record 1 flipped")
bad["description-crc"] = (flipped(h + s0 + 64), 1, h + s0,
                          "a bit of the key of record 1 flipped")
bad["description-pad"] = (flipped(h + s0 + 127), 1, h + s0,
                          "a bit of the description's padding flipped")
bad["payload-crc"] = (flipped(h + s0 + 128), 1, h + s0 + 128,
                      "a bit of the payload of record 1 flipped")
bad["payload-pad"] = (flipped(h + s0 + 191), 1, h + s0 + 128,
                      "a bit of the payload's padding flipped")
bad["end-crc"] = (flipped(len(whole) - 64 + 16), 2, h + s0 + s1,
                  "a bit of END flipped")
bad["end-count"] = (member([H] + S, count=3), 2, h + s0 + s1,
                    "END counts a record too many")
bad["end-checksum"] = (member([H] + S, checksum=1), 2, h + s0 + s1,
                       "END's checksum is wrong")
bad["record-lost"] = (H + S[0] + end([H] + S), 1, h + s0,
                      "record 1 was taken out")
bad["record-twice"] = (H + S[0] + S[0] + S[1] + end([H] + S), 3,
                       h + 2 * s0 + s1, "record 0 came twice")
bad["records-swapped"] = (H + S[1] + S[0] + end([H] + S), 2, h + s0 + s1,
                          "two records changed places")
bad["garbage"] = (whole + b"garbage", 2, len(whole),
                  "something follows END that is no stream")
bad["zeros"] = (whole + bytes(512), 2, len(whole),
                "zeros follow END, as of a file grown in a crash")
bad["member-cut"] = (whole + H[:40], 2, len(whole),
                     "cut in the header of a second member")
bad["member-no-end"] = (whole + H + S[0], 3, len(whole) + h + s0,
                        "the second member has no END")
for name, text in (("class", HEAD.replace("class dog", "class dingo")),
                   ("classes", HEAD.replace("class dog\n", "")),
                   ("fit", HEAD.replace("3x2", "2x3")),
                   ("holds", HEAD.replace("samples", "model"))):
    bad["member-" + name] = (whole + member([header(text)]), 2, len(whole),
                             "the second member disagrees")
T = tensor("label", I32, [], [1])


def one(what, tensors=(T,), key="k", **wrong):
    return (member([H, record(b"SMPL", key, tensors, **wrong)]), 0, h, what)


bad["key-size"] = one("a key of 4097 bytes", key="k" * 4097)
bad["key-outside"] = one("a key longer than its description", key_size=1000)
bad["key-nul"] = one("a NUL in the key", key=b"a\0b")
bad["tensors"] = one("65 tensors", [tensor("%02d" % i, U8, [0], [])
                                    for i in range(65)])
bad["tensors-fewer"] = one("a tensor more than is described", ntensors=2)
bad["tensors-more"] = one("a tensor less than is described", ntensors=0)
bad["rank"] = one("rank 9", [tensor("image", U8, [1] * 9, [0])])
bad["dtype"] = one("element type 6", [(b"x", 6, [], bytes(4))])
bad["dtype-0"] = one("element type 0", [(b"x", 0, [], bytes(4))])
bad["name-empty"] = one("a tensor without a name", [tensor("", U8, [], [0])])
bad["name-nul"] = one("a NUL in a tensor's name",
                      [tensor("a\0b", U8, [], [0])])
bad["name-twice"] = one("two tensors of one name", [T, T])
bad["dims-overflow"] = one(
    "dimensions whose product is 2^64 + 4 bytes, or 4 after overflow",
    [(b"x", F32, [2**62 + 1], bytes(4))])
bad["dims-overflow-2"] = one("dimensions whose product is 2^64, or 0",
                             [(b"x", U8, [2**32, 2**32], b"")])
bad["dims-large"] = one("a tensor of 2^40 bytes in a payload of 64",
                        [(b"x", U8, [2**40], bytes(64))])
bad["payload-more"] = one("a payload of a block more than its tensors",
                          payload_size=128)
bad["payload-unaligned"] = one("a payload of 4 bytes, not of 64",
                               payload_size=4)
bad["payload-large"] = one("a payload of 2^40 bytes", payload_size=2**40)
bad["description-size"] = one("a description of more than 64 KiB",
                              description_size=65537)
bad["description-huge"] = one("a description of 4 GiB",
                              description_size=2**32 - 1)
D = describe(b"k", [T])
bad["description-short"] = one("the description ends in a tensor",
                               description=D[:-3])
bad["description-long"] = one("bytes behind the last tensor",
                              description=D + b"more")
bad["description-dims"] = one("the description ends in the dimensions",
                              [tensor("x", U8, [4], [1, 2, 3, 4])],
                              description=describe(
                                  b"k", [(b"x", U8, [4], b"")])[:-4])
bad["tensor-reserved"] = one("a tensor's fourth byte is not zero",
                             description=D[:4] + b"\1" + D[5:])

# ---- added since 0.1.0 ----

# Reserved bytes and padding are not looked at, whatever they are.
_text = pad(HEAD.encode(), b"\xaa")
_head = sealed(MAGIC + struct.pack("<HHII", 1, 0, len(HEAD),
                                   zlib.crc32(_text)) + b"\x55" * 40) + _text
_d = describe(b"cat.0.jpg", [tensor("label", I32, [], [1])])
_p = pad(struct.pack("<i", 1), b"\xbb")
_record = sealed(
    b"SMPL" + struct.pack("<IQQQIIIII", 0, 0, 0, len(_p), len(_d), 9, 1,
                          zlib.crc32(pad(_d, b"\xcc")), zlib.crc32(_p)) +
    b"reserved") + pad(_d, b"\xcc") + _p
good["padding"] = _head + _record + sealed(
    b"END." + b"\x11" * 4 + struct.pack("<QQ", 1, 0) + b"\x22" * 24 +
    struct.pack("<I", zlib.crc32(_head[60:64] + _record[60:64])) + b"\x33" * 8)
good["dims-zero"] = member([H, record(b"SMPL", "k", [
    (b"x", U8, [2**63, 0], b""), (b"y", F64, [2**60, 0, 2**63], b"")])])
good["fit-twice"] = member(
    [header(HEAD + "fit 4x4 crop box\n")] + S) + member(
    [header(HEAD + "made other\nfit 4x4 crop box\n")])
good["numbers"] = member([header(
    HEAD + "epochs 0\nrecords 9007199254740992\nskipped 0\nepoch of mine\n"
    "batch 65536\n")])
good["model-numbers"] = member(
    [header("holds model\n" + "".join("net %s\n" % l for l in NET) +
            "class cat\nclass dog\nepoch 1\nstep 12\nposition 3\n"
            "sum-loss 0x1.8p+1\nsum-correct 3\nbest-epoch 1\nbest-loss 1e3\n"
            "best-accuracy 1\nelapsed 0x0p+0\n"),
     record(b"PARM", "dense1/bias", [tensor("average", F32, [1], [.5])]),
     record(b"PARM", "dense1/weight", [
         tensor("average", F32, [18, 1], [i / 8 for i in range(18)])], 1)])
bad["dims-half"] = one("dimensions whose product is 2^63",
                       [(b"x", U8, [2**63], b"")])
bad["dims-wrap"] = one("two tensors whose padded sizes come to 2^64, or 0",
                       [(b"x", U8, [2**63 - 1], b""),
                        (b"y", U8, [2**63 - 1], b"")])
bad["text-space"] = (member([header(" holds samples\n")]), 0, 0,
                     "a header line begins with a space")
bad["text-line-empty"] = (member([header("holds samples\n\nclass a\n")]), 0,
                          0, "an empty header line")
for name, line, what in (
        ("word", "epochs x", "a number that is a word"),
        ("sign", "records +1", "a number with a sign"),
        ("minus", "skipped -1", "a number below 0"),
        ("zeros", "epochs 01", "a number with a zero before it"),
        ("none", "records ", "a number without digits"),
        ("space", "epochs 3 ", "a space behind a number"),
        ("large", "records 9007199254740993", "a number above 2^53"),
        ("batch", "batch 0", "a batch of no pictures"),
        ("batch-large", "batch 65537", "a batch of more than 65536")):
    bad["number-" + name] = (member([header(HEAD + line + "\n")]), 0, 0, what)
for name, line, what in (
        ("epoch", "epoch 18446744073709551616", "an epoch of 2^64"),
        ("step", "step ", "a step without digits"),
        ("hex", "best-epoch 0x1", "a whole number in hexadecimal"),
        ("infinite", "elapsed inf", "seconds without end"),
        ("nan", "sum-loss nan", "a sum that is no number"),
        ("negative", "elapsed -0x1p+3", "seconds below 0"),
        ("accuracy", "best-accuracy 0x1.8p+0", "an accuracy above 1"),
        ("real", "best-loss 1.5x", "a number with a letter behind it")):
    bad["model-" + name] = (member([header("holds model\n" + line + "\n")]),
                            0, 0, what)
_two = bytearray(header(HEAD, major=2))
_two[60] ^= 1
bad["major-2-crc"] = (bytes(_two), 0, 0,
                      "major version 2, and the header's CRC-32 is wrong")

# Not kept: name, data, where the fault is and what it is (good: None).
large = [
    ("good-classes-most",
     member([header("holds samples\n" + "class \n" * 65536)]), None),
    ("bad-classes-more",
     member([header("holds samples\n" + "class \n" * 65537)]),
     (0, 0, "65537 classes")),
    ("good-text-most",
     member([header("holds samples\nx " + "a" * (2**20 - 17) + "\n")]), None),
    ("bad-text-more",
     member([header("holds samples\nx " + "a" * (2**20 - 16) + "\n")]),
     (0, 0, "a header text of a byte more than 1 MiB")),
]

unsupported = {
    "major-2": (header(HEAD, major=2), "major version 2"),
    "major-0": (header(HEAD, major=0), "major version 0"),
}


unsupported_member = {
    "member-major-2": (whole + header(HEAD, major=2), 2, len(whole),
                       "a second member of major version 2"),
}


def main(where, only_large):
    def write(name, data, says=None):
        with open("%s/%s.trs" % (where, name), "wb") as f:
            f.write(data)
        if says:
            with open("%s/%s.txt" % (where, name), "w") as f:
                f.write(says + "\n")

    if only_large:
        for name, data, fault in large:
            write(name, data, fault and "what %s\nrecord %d\nbyte %d" %
                  (fault[2], fault[0], fault[1]))
        return
    for name, (data, rec, at, what) in unsupported_member.items():
        write("unsupported-" + name, data, "what %s\nrecord %d\nbyte %d" %
              (what, rec, at))
    for name, data in good.items():
        write("good-" + name, data)  # cd-text makes the twin
    for name, (data, rec, at, what) in bad.items():
        write("bad-" + name, data, "what %s\nrecord %d\nbyte %d" %
              (what, rec, at))
    for name, (data, what) in unsupported.items():
        write("unsupported-" + name, data + end([data]),
              "what %s\nrecord 0\nbyte 0" % what)


if __name__ == "__main__":
    main(sys.argv[-1], "--large" in sys.argv[1:-1])
