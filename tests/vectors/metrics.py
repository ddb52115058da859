#!/usr/bin/python3
"""Writes metrics.txt: metrics as scikit-learn and SciPy compute them.

usage: metrics.py > metrics.txt    (Debian: python3-sklearn, python3-scipy;
                                    written by 1.2.1 and 1.10.1)

A case: a line "K N"; N lines of a label and K probabilities; a line of
accuracy, the two ends of its interval, log loss and AUC; K lines of precision,
recall and F1. What has the denominator 0 is nan: scikit-learn says 0 there, and
of an AUC with one class it says nothing.
"""
import sys
import warnings

import numpy as np
from scipy.stats import binomtest
from sklearn import metrics as sk

warnings.simplefilter("ignore")
rng = np.random.default_rng(7)
nan = float("nan")


def auc(label, p):
    k = p.shape[1]
    of = [1] if k == 2 else range(k)
    areas = []
    for c in of:
        y = label == c
        if y.any() and not y.all():
            areas.append(sk.roc_auc_score(y, p[:, c]))
    return np.mean(areas) if areas else nan


def case(label, p):
    label, p = np.asarray(label), np.asarray(p, float)
    n, k = p.shape
    guess = p.argmax(axis=1)
    right = int((guess == label).sum())
    ends = binomtest(right, n).proportion_ci(0.95, method="wilson")
    # the clipping of 1 to 1 - eps, which is not ours, is below 1e-14
    loss = sk.log_loss(label, p, eps=1e-15, labels=range(k))
    print(k, n)
    for y, row in zip(label, p):
        print(y, *map(repr, row.tolist()))
    print(*map(repr, map(float, (sk.accuracy_score(label, guess), ends.low,
                                 ends.high, loss, auc(label, p)))))
    precision, recall, f1, support = sk.precision_recall_fscore_support(
        label, guess, labels=range(k), zero_division=0)
    for c in range(k):
        predicted = (guess == c).sum()
        print(repr(float(precision[c])) if predicted else nan,
              repr(float(recall[c])) if support[c] else nan,
              repr(float(f1[c])) if predicted + support[c] else nan)


def binary(n, digits=None):
    label = rng.integers(0, 2, n)
    p = 1 / (1 + np.exp(-rng.normal(label - 0.5, 1)))
    if digits is not None:
        p = np.round(p, digits)
    return label, np.stack([1 - p, p], axis=1)


def several(n, k, digits=None):
    label = rng.integers(0, k, n)
    p = rng.random((n, k)) ** 2 + np.eye(k)[label] * 0.3
    if digits is not None:
        p = np.round(p, digits) + 0.1
    return label, p / p.sum(axis=1, keepdims=True)


case(*binary(40))
case(*binary(60, 1))                            # many ties
case([0, 1, 1, 0], np.full((4, 2), 0.5))        # nothing but ties
case([1] * 9, binary(9, 2)[1])                  # one class
case([0] * 5, [[1, 0]] * 5)                     # one class, all right
case([0, 1, 0, 1], [[0, 1], [1, 0]] * 2)        # all wrong, p = 0
case([1], [[0.25, 0.75]])                       # one picture
case(*several(50, 4))
case(*several(50, 3, 1))
label, p = several(30, 5)
case(np.where(label == 2, 3, label), p)         # a class without pictures
case([2] * 6, several(6, 3)[1])                 # one class of three
