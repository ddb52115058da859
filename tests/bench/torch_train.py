#!/usr/bin/python3
"""Training speed of PyTorch on the book's net: 150x150x3, batches of 20,
RMSprop, channels last, as many threads as the first argument says. Prints
pictures a second over the steps of the second argument, after three to warm
up. Data are drawn: the speed does not depend on them."""
import sys
import time

import torch
from torch import nn

threads, steps, batch = int(sys.argv[1]), int(sys.argv[2]), 20
torch.set_num_threads(threads)
torch.manual_seed(0)


def conv(cin, cout):
    return [nn.Conv2d(cin, cout, 3), nn.ReLU(), nn.MaxPool2d(2)]


net = nn.Sequential(*conv(3, 32), *conv(32, 64), *conv(64, 128),
                    *conv(128, 128), nn.Flatten(), nn.Linear(6272, 512),
                    nn.ReLU(), nn.Linear(512, 1))
net = net.to(memory_format=torch.channels_last)
opt = torch.optim.RMSprop(net.parameters(), lr=1e-4, alpha=0.9, eps=1e-7)
x = torch.rand(batch, 3, 150, 150).to(memory_format=torch.channels_last)
t = torch.randint(0, 2, (batch, 1)).float()


def step():
    opt.zero_grad()
    nn.functional.binary_cross_entropy_with_logits(net(x), t).backward()
    opt.step()


for _ in range(3):
    step()
start = time.perf_counter()
for _ in range(steps):
    step()
print(round(steps * batch / (time.perf_counter() - start), 1))
