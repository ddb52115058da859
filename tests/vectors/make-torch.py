#!/usr/bin/python3
"""Writes torch.txt: what PyTorch, in double, computes for small inputs.

usage: make-torch.py > torch.txt    (Debian: python3-torch; written by 1.13)

A case is a line of its kind and numbers, then a line "name value ..." for each
tensor, then an empty line. Layouts are ours: maps HWC, weights [kh,kw,in,out].
"""
import torch
import torch.nn.functional as F

torch.set_default_dtype(torch.float64)
torch.manual_seed(1)


def draw(*shape, top=32):
    """Multiples of 1/32 in [-1, 1]: exact in a float, and short to write."""
    return torch.randint(-top, top + 1, shape).double() / 32


def put(**tensors):
    for name, t in tensors.items():
        values = t.detach().reshape(-1).tolist()
        print(name, *("%.7g" % v for v in values))
    print()


def grad(*leaves):
    for t in leaves:
        t.requires_grad_(True)
    return leaves


def conv(h, w, cin, kh, kw, stride, pad, cout, relu, pool):
    x, k, b = grad(draw(h, w, cin), draw(kh, kw, cin, cout), draw(cout))
    y = F.conv2d(x.permute(2, 0, 1)[None], k.permute(3, 2, 0, 1), b,
                 stride=stride, padding=pad)
    y = F.relu(y) if relu else y
    y = F.max_pool2d(y, 2) if pool else y
    y = y[0].permute(1, 2, 0)
    dy = draw(*y.shape)
    y.backward(dy)
    print("conv", h, w, cin, kh, kw, stride, pad, cout, relu, pool)
    put(x=x, w=k, b=b, y=y, dy=dy, dx=x.grad, dw=k.grad, db=b.grad)


def pool(h, w, c, size, stride):
    # no ties, whose gradient is anyone's choice
    x, = grad(torch.randperm(h * w * c).double().reshape(h, w, c) / 8)
    y = F.max_pool2d(x.permute(2, 0, 1)[None], size, stride)
    y = y[0].permute(1, 2, 0)
    dy = draw(*y.shape)
    y.backward(dy)
    print("pool", h, w, c, size, stride)
    put(x=x, y=y, dy=dy, dx=x.grad)


def dense(m, n, k):
    x, w, b = grad(draw(m, k), draw(k, n), draw(n))
    y = F.relu(F.linear(x, w.T, b))
    dy = draw(m, n)
    y.backward(dy)
    print("dense", m, n, k)
    put(x=x, w=w, b=b, y=y, dy=dy, dx=x.grad, dw=w.grad, db=b.grad)


def logistic(m):
    z, = grad(draw(m, top=300))
    t = torch.randint(0, 5, (m,)).double() / 4
    loss = F.binary_cross_entropy_with_logits(z, t, reduction="sum")
    loss.backward()
    print("logistic", m)
    put(z=z, t=t, loss=loss, p=torch.sigmoid(z), dz=z.grad)


def softmax(m, k):
    z, = grad(draw(m, k, top=300))
    t = F.one_hot(torch.randint(0, k, (m,)), k) * 0.75 + 0.25 / k
    loss = F.cross_entropy(z, t, reduction="sum")
    loss.backward()
    print("softmax", m, k)
    put(z=z, t=t, loss=loss, p=F.softmax(z, 1), dz=z.grad)


def optimiser(kind, numbers, make, n=16, steps=5):
    """w after each step, gradients given."""
    w, = grad(draw(n) / 8)
    g = draw(steps, n)
    start, after = w.detach().clone(), []
    opt = make([w])
    for i in range(steps):
        w.grad = g[i].clone()
        opt.step()
        after.append(w.detach().clone())
    print(kind, n, steps, *numbers)
    put(w=start, g=g, after=torch.stack(after))


def train(kind, size, params, forward, loss_of, classes, n=4, steps=4):
    """A net trained by SGD with Nesterov momentum on one batch, the loss being
    the mean. Saves the losses before each step, the first gradients, and the
    parameters after the last."""
    images = torch.randint(0, 256, (n, size, size, 3)).double()
    t = F.one_hot(torch.randint(0, classes, (n,)), classes).double()
    leaves = grad(*(draw(*shape) / scale for shape, scale in params))
    start = [p.detach().clone() for p in leaves]
    opt = sgd(leaves, lr=0.05, momentum=0.9, nesterov=True)
    losses, first = [], None
    for i in range(steps):
        opt.zero_grad()
        z = forward((images / 255).permute(0, 3, 1, 2), *leaves)
        loss = loss_of(z, t)
        loss.backward()
        first = first or [p.grad.clone() for p in leaves]
        losses.append(loss)
        opt.step()
    print(kind, n, steps, 0.05, 0.9)
    numbered = {}
    for i, p in enumerate(leaves):
        numbered["start%d" % i] = start[i]
        numbered["grad%d" % i] = first[i]
        numbered["end%d" % i] = p
    put(images=images, t=t, loss=torch.stack(losses), **numbered)


def conv_nchw(x, w, b, **how):
    return F.conv2d(x, w.permute(3, 2, 0, 1), b, **how)


def flat(x):
    return x.permute(0, 2, 3, 1).reshape(len(x), -1)


def book(x, w1, b1, w2, b2, w3, b3, w4, b4):
    x = F.max_pool2d(F.relu(conv_nchw(x, w1, b1)), 2)
    x = F.max_pool2d(F.relu(conv_nchw(x, w2, b2, padding=1)), 2)
    return F.relu(flat(x) @ w3 + b3) @ w4 + b4


def strided(x, w1, b1, w2, b2):
    x = F.relu(conv_nchw(x, w1, b1, stride=2, padding=1))
    return flat(F.max_pool2d(x, 3, 1)) @ w2 + b2


def logistic_mean(z, t):
    return F.binary_cross_entropy_with_logits(z[:, 0], t[:, 1])


sgd = torch.optim.SGD
conv(6, 7, 3, 3, 3, 1, 0, 4, 0, 0)
conv(6, 7, 3, 3, 3, 1, 1, 4, 1, 0)
conv(8, 7, 3, 3, 3, 1, 0, 9, 1, 1)
conv(7, 7, 2, 5, 3, 2, 2, 5, 1, 0)
conv(8, 9, 2, 3, 3, 2, 1, 3, 0, 1)
conv(5, 5, 8, 1, 1, 1, 0, 8, 1, 1)
conv(6, 6, 4, 3, 3, 1, 1, 8, 1, 1)
pool(6, 7, 3, 2, 2)
pool(9, 8, 2, 3, 2)
dense(5, 9, 21)
logistic(40)
softmax(8, 5)
optimiser("sgd", (0.05, 0, 0), lambda w: sgd(w, lr=0.05))
optimiser("sgd", (0.05, 0.9, 0), lambda w: sgd(w, lr=0.05, momentum=0.9))
optimiser("sgd", (0.05, 0.9, 1),
          lambda w: sgd(w, lr=0.05, momentum=0.9, nesterov=True))
optimiser("rmsprop", (0.01, 0.9, 1e-7),
          lambda w: torch.optim.RMSprop(w, lr=0.01, alpha=0.9, eps=1e-7))
optimiser("rmsprop", (0.01, 0.9, 0.25),
          lambda w: torch.optim.RMSprop(w, lr=0.01, alpha=0.9, eps=0.25))
optimiser("adam", (0.01, 0.9, 0.999, 1e-7),
          lambda w: torch.optim.Adam(w, lr=0.01, eps=1e-7))
optimiser("adam", (0.01, 0.8, 0.95, 0.25),
          lambda w: torch.optim.Adam(w, lr=0.01, betas=(0.8, 0.95), eps=0.25))
train("book", 12,
      [((3, 3, 3, 4), 2), ((4,), 4), ((3, 3, 4, 6), 2), ((6,), 4),
       ((24, 8), 2), ((8,), 4), ((8, 1), 1), ((1,), 1)],
      book, logistic_mean, 2)
train("strided", 9,
      [((3, 3, 3, 4), 2), ((4,), 4), ((36, 3), 2), ((3,), 1)],
      strided, F.cross_entropy, 3)
