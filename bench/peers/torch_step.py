#!/usr/bin/env python3
"""The bench's training step in plain PyTorch, on the processor.

The networks of src/model/backbones, batch-norm and PReLU a channel, ArcFace's head, SGD with momentum and decay.
One difference: TensorFlow pads a strided convolution at the far side only, here both sides are padded, as one
writes it in PyTorch. The grid lies one pixel further up and left; sizes and arithmetic are the same.

Prints one JSON line when it is ready, then one line a step: {"stepMs": ..., "loss": ...}.
With --serve it waits: each line "N SECONDS" on stdin asks for N steps, none begun after SECONDS, answered with one
line {"stepMs": [...], "loss": ...}; the end of stdin ends it.
"""

import argparse
import json
import math
import platform
import sys
import time

import torch
from torch import nn
from torch.nn import functional as F

CLASSES = 100
MARGIN = 0.5
RATE = 0.01
MOMENTUM = 0.9
WEIGHT_DECAY = 5e-4
# Expansion, channels, repeats, first stride: arXiv 1804.07573, table 1.
BOTTLENECKS = [(2, 64, 5, 2), (4, 128, 1, 2), (2, 128, 6, 1), (4, 128, 1, 2), (2, 128, 2, 1)]


def norm(channels, kind=nn.BatchNorm2d):
    return kind(channels, eps=1e-3, momentum=0.1)


def convolve(before, after, kernel, stride=1, depthwise=False, active=True, pad=True):
    layers = [
        nn.Conv2d(
            before,
            after,
            kernel,
            stride,
            padding=kernel // 2 if pad else 0,
            groups=before if depthwise else 1,
            bias=False,
        ),
        norm(after),
    ]
    if active:
        layers.append(nn.PReLU(after))
    return nn.Sequential(*layers)


class Bottleneck(nn.Module):
    def __init__(self, before, after, expansion, stride):
        super().__init__()
        wide = before * expansion
        self.residual = stride == 1 and before == after
        self.layers = nn.Sequential(
            convolve(before, wide, 1),
            convolve(wide, wide, 3, stride, depthwise=True),
            convolve(wide, after, 1, active=False),
        )

    def forward(self, x):
        y = self.layers(x)
        return x + y if self.residual else y


def mobilefacenet(size):
    layers = [convolve(3, 64, 3, 2), convolve(64, 64, 3, depthwise=True)]
    channels = 64
    for expansion, after, repeats, first in BOTTLENECKS:
        for i in range(repeats):
            layers.append(Bottleneck(channels, after, expansion, first if i == 0 else 1))
            channels = after
    layers += [convolve(128, 512, 1), convolve(512, 512, size // 16, depthwise=True, active=False, pad=False)]
    return layers, 512, 128


def small_cnn(size):
    layers = []
    channels = 3
    for after in [16, 32, 64, 64, 64, 64]:
        if size <= 7:
            break
        layers.append(convolve(channels, after, 3, 2))
        channels = after
        size = math.ceil(size / 2)
    return layers, channels * size * size, 64


class Network(nn.Module):
    def __init__(self, backbone, size):
        super().__init__()
        layers, features, embedding = mobilefacenet(size) if backbone == "mobilefacenet" else small_cnn(size)
        self.layers = nn.Sequential(
            *layers,
            nn.Flatten(),
            nn.Linear(features, embedding, bias=False),
            norm(embedding, nn.BatchNorm1d),
        )
        self.centres = nn.Parameter(torch.randn(CLASSES, embedding) / math.sqrt(embedding))

    def forward(self, x):
        return self.layers(x)


def arcface_loss(embeddings, centres, labels, scale):
    """cos(theta + m) = c cos m - s sin m on the own class; past pi - m it goes on as c + cos m - 1."""
    cosines = F.linear(F.normalize(embeddings), F.normalize(centres))
    own = cosines.gather(1, labels[:, None])
    sine = torch.sqrt(torch.clamp(1 - own * own, min=1e-6))
    margined = own * math.cos(MARGIN) - sine * math.sin(MARGIN)
    margined = torch.where(own > -math.cos(MARGIN), margined, own + math.cos(MARGIN) - 1)
    return F.cross_entropy(cosines.scatter(1, labels[:, None], margined) * scale, labels)


def parameter_groups(network):
    """Decay pulls kernels and centres only: never norms or the slopes of PReLU."""
    kernels = [m.weight for m in network.modules() if isinstance(m, (nn.Conv2d, nn.Linear))]
    decayed = kernels + [network.centres]
    known = {id(p) for p in decayed}
    others = [p for p in network.parameters() if id(p) not in known]
    return [{"params": decayed, "weight_decay": WEIGHT_DECAY}, {"params": others, "weight_decay": 0}]


def make_step(options):
    torch.manual_seed(2026)
    network = Network(options.backbone, options.size)
    pictures = torch.rand(options.batch, 3, options.size, options.size) * 2 - 1
    labels = torch.randint(CLASSES, (options.batch,))
    if options.channels_last:
        network = network.to(memory_format=torch.channels_last)
        pictures = pictures.contiguous(memory_format=torch.channels_last)
    if options.forward:
        network.eval()

        def embed():
            with torch.inference_mode():
                network(pictures.clone())

        return embed

    optimiser = torch.optim.SGD(parameter_groups(network), lr=RATE, momentum=MOMENTUM)
    scale = max(8.0, math.sqrt(2) * math.log(CLASSES - 1))

    def train():
        optimiser.zero_grad(set_to_none=True)
        loss = arcface_loss(network(pictures.clone()), network.centres, labels, scale)
        loss.backward()
        optimiser.step()
        return loss.item()

    return train


def say(line):
    print(json.dumps(line), flush=True)


def timed(step):
    start = time.perf_counter()
    loss = step()
    return (time.perf_counter() - start) * 1000, loss


def serve(step):
    for line in sys.stdin:
        steps, seconds = line.split()
        times = []
        loss = None
        start = time.perf_counter()
        while len(times) < int(steps):
            ms, loss = timed(step)
            times.append(ms)
            if time.perf_counter() - start > float(seconds):
                break
        say({"stepMs": times, "loss": loss})


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--backbone", choices=["mobilefacenet", "small-cnn"], default="mobilefacenet")
    parser.add_argument("--size", type=int, default=112)
    parser.add_argument("--batch", type=int, default=32)
    parser.add_argument("--steps", type=int, default=5)
    parser.add_argument("--threads", type=int, default=0, help="0: as many as PyTorch takes by itself")
    parser.add_argument("--forward", action="store_true", help="inference only")
    parser.add_argument("--channels-last", action="store_true", help="pictures and kernels channel by channel")
    parser.add_argument("--serve", action="store_true")
    options = parser.parse_args()
    if options.threads:
        torch.set_num_threads(options.threads)
    step = make_step(options)
    agent = f"PyTorch {torch.__version__}, Python {platform.python_version()}"
    say({"batch": options.batch, "threads": torch.get_num_threads(), "userAgent": agent})
    if options.serve:
        serve(step)
        return
    for _ in range(options.steps):
        ms, loss = timed(step)
        say({"stepMs": ms, "loss": loss})


if __name__ == "__main__":
    main()
