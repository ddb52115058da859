#!/usr/bin/python3
"""Writes optim.txt: what PyTorch's optimisers, in double, make of gradients.

usage: make-optim.py > optim.txt    (Debian: python3-torch; written by 1.13)

A case is a line "KIND lr momentum nesterov rho beta1 beta2 epsilon decay clip
average steps", then the 6 weights and 2 biases at the start; for each step the
gradient, the parameters after it, and their moving average.
"""
import torch

torch.set_default_dtype(torch.float64)
torch.manual_seed(2)


def draw(n):
    """Multiples of 1/32: exact in a float, and short to write."""
    return torch.randint(-32, 33, (n,)).double() / 32


def put(*tensors):
    print(*("%.9g" % v for t in tensors for v in t.detach().tolist()))


def case(kind, lr, momentum=0, nesterov=0, rho=0.9, beta1=0.9, beta2=0.999,
         epsilon=1e-7, decay=0, clip=0, average=0, steps=5):
    w, b = draw(6).requires_grad_(True), draw(2).requires_grad_(True)
    groups = [{"params": [w], "weight_decay": decay},
              {"params": [b], "weight_decay": 0}]
    if kind == "sgd":
        o = torch.optim.SGD(groups, lr, momentum, nesterov=bool(nesterov))
    elif kind == "rmsprop":
        o = torch.optim.RMSprop(groups, lr, alpha=rho, eps=epsilon)
    elif kind == "adam":
        o = torch.optim.Adam(groups, lr, (beta1, beta2), epsilon)
    else:
        o = torch.optim.AdamW(groups, lr, (beta1, beta2), epsilon)
    print(kind, lr, momentum, nesterov, rho, beta1, beta2, epsilon, decay,
          clip, average, steps)
    put(w, b)
    aw, ab = w.detach().clone(), b.detach().clone()
    for t in range(1, steps + 1):
        w.grad, b.grad = draw(6), draw(2)
        put(w.grad, b.grad)
        if clip:
            torch.nn.utils.clip_grad_norm_([w, b], clip)
        o.step()
        put(w, b)
        d = min(average, (1 + t) / (10 + t))
        aw = d * aw + (1 - d) * w.detach()
        ab = d * ab + (1 - d) * b.detach()
        put(aw, ab)


case("sgd", 0.1, decay=0.1)
case("sgd", 0.1, momentum=0.9, decay=1e-3, average=0.999)
case("sgd", 0.1, momentum=0.9, nesterov=1, decay=0.1, clip=1, average=0.2)
case("rmsprop", 0.01, decay=0.1, clip=0.5)
case("adam", 0.01, decay=0.1, average=0.3)
case("adam", 0.01, clip=100)
case("adamw", 0.01, decay=0.1)
case("adamw", 0.1, beta1=0.8, beta2=0.9, decay=1, clip=1.5, average=0.9)
