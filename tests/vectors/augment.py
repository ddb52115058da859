#!/usr/bin/python3
"""Makes warp.txt and augment.txt, beside this file. Run by hand, where Debian's
python3-scipy (1.10.1) and python3-keras-preprocessing (1.1.0) are installed;
the tests read the text only.

Two things are not taken from Keras as they are:
- it turns about h/2 + 1/2, a pixel off the centre; here it is h/2 - 1/2, as in
  later versions of it;
- its "wrap" is SciPy's, with a period of n - 1 pixels: the two ends overlap.
  Here it is SciPy's "grid-wrap", with the period n that the picture abcd abcd
  abcd in Keras's manual has.
"""
import pathlib

import keras_preprocessing.image.affine_transformations as keras
import numpy as np
from scipy import ndimage

ndimage.interpolation = ndimage  # where this Keras looks for it
HERE = pathlib.Path(__file__).parent
FILLS = ["nearest", "constant", "reflect", "wrap"]
random = np.random.RandomState(1)


def about_centre(matrix, h, w):
    y, x = h / 2 - 0.5, w / 2 - 0.5
    there = np.array([[1, 0, y], [0, 1, x], [0, 0, 1]])
    back = np.array([[1, 0, -y], [0, 1, -x], [0, 0, 1]])
    return there @ matrix @ back


keras.transform_matrix_offset_center = about_centre


def scipy_mode(fill):
    return "grid-wrap" if fill == "wrap" else fill


def picture(h, w, c):
    return random.randint(0, 256, (h, w, c)).astype(np.float64)


def numbers(values, form):
    values = [form % v for v in np.asarray(values).ravel()]
    return "".join(" ".join(values[i:i + 16]) + "\n"
                   for i in range(0, len(values), 16))


def warp_case(fill, value, h, w, c, oh, ow, m):
    x = picture(h, w, c)
    y = [ndimage.affine_transform(x[:, :, k], m[:, :2], m[:, 2], (oh, ow),
                                  order=1, mode=scipy_mode(fill), cval=value)
         for k in range(c)]
    return ("warp %s %d %d %d %d %d %d\n" % (fill, value, h, w, c, oh, ow) +
            numbers(m, "%.17g") + numbers(x, "%d") +
            numbers(np.stack(y, axis=2), "%.3f"))


def warps():
    for fill in FILLS:
        for h, w, c, oh, ow, scale in [(7, 9, 3, 7, 9, 1), (5, 4, 1, 8, 11, 1),
                                       (2, 2, 4, 5, 9, 0.5),
                                       (6, 13, 2, 4, 17, 3)]:
            m = np.zeros((2, 3))
            m[:, :2] = np.eye(2) + random.uniform(-1, 1, (2, 2)) * scale
            m[:, 2] = random.uniform(-1, 1, 2) * (h, w)
            yield warp_case(fill, random.randint(256), h, w, c, oh, ow, m)


def keras_case(fill, h, w, c, p, top=256):
    x = picture(h, w, c) % top
    x[0, 0, 0] = top - 1
    y = keras.apply_affine_transform(
        x, p["rotate"], p["shift-y"], p["shift-x"], p["shear"], p["zoom-y"],
        p["zoom-x"], fill_mode=scipy_mode(fill), cval=0)
    if p["channel-shift"]:
        y = keras.apply_channel_shift(y, p["channel-shift"], 2)
    if p["flip"]:
        y = keras.flip_axis(y, 1)
    if p["flip-vertical"]:
        y = keras.flip_axis(y, 0)
    if p["brightness"] != 1:
        y = keras.apply_brightness_shift(y, p["brightness"])
    return ("augment %s %d %d %d\n" % (fill, h, w, c) +
            numbers(list(p.values()), "%.17g") + numbers(x, "%d") +
            numbers(y, "%.3f"))


def parameters(**given):
    p = {"rotate": 0, "shear": 0, "shift-y": 0, "shift-x": 0, "zoom-y": 1,
         "zoom-x": 1, "flip": 0, "flip-vertical": 0, "channel-shift": 0,
         "brightness": 1}
    p.update(given)
    return p


def augmentations():
    one_by_one = [{"rotate": 33}, {"shear": -20}, {"shift-y": 2.25},
                  {"shift-x": -3.5}, {"zoom-y": 0.7}, {"zoom-x": 1.4},
                  {"flip": 1}, {"flip-vertical": 1}, {"channel-shift": 25.5},
                  {"channel-shift": -40}]
    for given in one_by_one:
        yield keras_case("nearest", 6, 7, 3, parameters(**given), 200)
    # Keras stretches a picture to 0 .. 255 before it makes it brighter: one
    # that has 255 already is left as it is
    for b in (0.3, 0.9, 1.7):
        yield keras_case("nearest", 6, 7, 3, parameters(brightness=b))
    for i in range(12):
        p = parameters(**{
            "rotate": random.uniform(-40, 40),
            "shear": random.uniform(-12, 12),
            "shift-y": random.uniform(-2, 2),
            "shift-x": random.uniform(-2, 2),
            "zoom-y": random.uniform(0.8, 1.2),
            "zoom-x": random.uniform(0.8, 1.2),
            "flip": i & 1, "flip-vertical": i >> 1 & 1,
            "channel-shift": random.uniform(-30, 30) if i > 5 else 0})
        yield keras_case(FILLS[i % 4], 9, 8, 1 + 2 * (i % 2), p)


(HERE / "warp.txt").write_text("".join(warps()))
(HERE / "augment.txt").write_text("".join(augmentations()))
