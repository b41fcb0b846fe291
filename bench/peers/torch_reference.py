#!/usr/bin/env python3
"""The losses of a training run in PyTorch, in 64 bits: what every backend is held against.

Networks, loss and optimiser are written here once more from their definitions, with TensorFlow's padding. Weights
and pictures come from a formula that tests/browser/model/formula.ts knows too, so nothing but losses is stored:

    ./bench/peers/torch_reference.py > tests/browser/model/golden/mobilefacenet.json
"""

import argparse
import json
import math

import numpy as np
import torch
from torch.nn import functional as F

EPSILON = 1e-3
PATCH = 28
# Expansion, channels, repeats, first stride: arXiv 1804.07573, table 1.
BOTTLENECKS = [(2, 64, 5, 2), (4, 128, 1, 2), (2, 128, 6, 1), (4, 128, 1, 2), (2, 128, 2, 1)]


def hashed(name, count):
    """Numbers in [-1, 1): FNV-1a of the name, plus i times the golden ratio, through murmur3's finaliser."""
    seed = 0x811C9DC5
    for byte in name.encode():
        seed = ((seed ^ byte) * 0x01000193) & 0xFFFFFFFF
    with np.errstate(over="ignore"):
        h = np.uint32(seed) + np.arange(count, dtype=np.uint32) * np.uint32(0x9E3779B1)
        h ^= h >> np.uint32(16)
        h *= np.uint32(0x85EBCA6B)
        h ^= h >> np.uint32(13)
        h *= np.uint32(0xC2B2AE35)
        h ^= h >> np.uint32(16)
    return h.astype(np.float64) / 2**31 - 1


def starting(name, shape):
    """A weight's first values, in 32 bits as the page has them."""
    u = hashed(name, math.prod(shape)).reshape(shape)
    kind = name.split("/")[-1]
    if kind.endswith("kernel"):
        # One filter a channel has the channels before the last axis.
        inputs = math.prod(shape[:2]) if kind == "depthwise_kernel" else math.prod(shape[:-1])
        u = u * math.sqrt(6 / inputs)
    elif kind == "gamma":
        u = 1 + 0.2 * u
    elif kind == "beta":
        u = 0.1 * u
    elif kind == "alpha":
        u = 0.25 + 0.1 * u
    return torch.from_numpy(u.astype(np.float32).astype(np.float64))


def pictures(b, batch, size):
    """[batch, size, size, 3]: large patches with a little noise. Noise alone looks the same from afar: the last norms
    would divide by next to nothing, and 20 steps could not be foretold in 32 bits by anybody."""
    edge = size // PATCH
    patches = hashed(f"patches_{b}", batch * edge * edge * 3).reshape(batch, edge, edge, 3)
    noise = hashed(f"noise_{b}", batch * size * size * 3).reshape(batch, size, size, 3)
    return (0.75 * patches.repeat(PATCH, axis=1).repeat(PATCH, axis=2) + 0.25 * noise).astype(np.float32)


class Weights:
    """Made as they are first asked for."""

    def __init__(self, dtype):
        self.dtype = dtype
        self.all = {}

    def get(self, name, *shape):
        if name not in self.all:
            self.all[name] = starting(name, shape).to(self.dtype).requires_grad_()
        return self.all[name]


def same(size, kernel, stride):
    """TensorFlow's padding before and behind: the larger half behind."""
    total = max(0, (math.ceil(size / stride) - 1) * stride + kernel - size)
    return total // 2, total - total // 2


def norm(w, name, x, active):
    """Over all axes but that of the channels (1), by the batch's own statistics; PReLU behind it."""
    axes = [a for a in range(x.dim()) if a != 1]
    shape = [1, -1] + [1] * (x.dim() - 2)
    C = x.shape[1]
    mean = x.mean(axes, keepdim=True)
    variance = ((x - mean) ** 2).mean(axes, keepdim=True)
    gamma = w.get(f"{name}_norm/gamma", C).reshape(shape)
    beta = w.get(f"{name}_norm/beta", C).reshape(shape)
    y = (x - mean) / torch.sqrt(variance + EPSILON) * gamma + beta
    if not active:
        return y
    return torch.where(y > 0, y, y * w.get(f"{name}_prelu/alpha", 1, 1, C).reshape(shape))


def convolve(w, name, x, filters, kernel, stride=1, depthwise=False, active=True, pad=True):
    C = x.shape[1]
    if pad:
        top, bottom = same(x.shape[2], kernel, stride)
        left, right = same(x.shape[3], kernel, stride)
        x = F.pad(x, (left, right, top, bottom))
    if depthwise:
        k = w.get(f"{name}/depthwise_kernel", kernel, kernel, C, 1).permute(2, 3, 0, 1)
        y = F.conv2d(x, k, stride=stride, groups=C)
    else:
        y = F.conv2d(x, w.get(f"{name}/kernel", kernel, kernel, C, filters).permute(3, 2, 0, 1), stride=stride)
    return norm(w, name, y, active)


def mobilefacenet(w, x, embedding):
    x = convolve(w, "conv1", x, 64, 3, stride=2)
    x = convolve(w, "conv2_depthwise", x, 0, 3, depthwise=True)
    channels = 64
    for block, (t, c, repeats, first) in enumerate(BOTTLENECKS, 1):
        for i in range(repeats):
            stride = first if i == 0 else 1
            name = f"block{block}_{i + 1}"
            y = convolve(w, f"{name}_expand", x, channels * t, 1)
            y = convolve(w, f"{name}_depthwise", y, 0, 3, stride=stride, depthwise=True)
            y = convolve(w, f"{name}_project", y, c, 1, active=False)
            x = x + y if stride == 1 and channels == c else y
            channels = c
    x = convolve(w, "conv3", x, 512, 1)
    x = convolve(w, "global_depthwise", x, 0, 7, depthwise=True, active=False, pad=False)
    x = x.flatten(1) @ w.get("embedding/kernel", 512, embedding)
    return norm(w, "embedding", x, False)


def arcface(w, embeddings, labels, classes, margin, scale):
    """cos(theta + m) = c cos m - s sin m on the own class; past pi - m it goes on as c + cos m - 1."""
    centres = w.get("centres", classes, embeddings.shape[1])
    cosines = F.normalize(embeddings) @ F.normalize(centres).T
    own = cosines.gather(1, labels[:, None])
    margined = own * math.cos(margin) - torch.sqrt(1 - own * own) * math.sin(margin)
    margined = torch.where(own > -math.cos(margin), margined, own + math.cos(margin) - 1)
    return F.cross_entropy(cosines.scatter(1, labels[:, None], margined) * scale, labels)


def losses(o, dtype):
    w = Weights(dtype)
    velocities = {}
    found = []
    for step in range(o["steps"]):
        b = step % o["batches"]
        x = torch.from_numpy(pictures(b, o["batch"], o["size"])).to(dtype).permute(0, 3, 1, 2)
        labels = torch.tensor([(3 * i + b) % o["classes"] for i in range(o["batch"])])
        embeddings = mobilefacenet(w, x, o["embedding"])
        loss = arcface(w, embeddings, labels, o["classes"], o["margin"], o["scale"])
        gradients = torch.autograd.grad(loss, list(w.all.values()))
        with torch.no_grad():
            for (name, weight), g in zip(w.all.items(), gradients):
                # Decay pulls kernels and centres only.
                if name.endswith("kernel") or name == "centres":
                    g = g + o["decay"] * weight
                velocities[name] = g if name not in velocities else o["momentum"] * velocities[name] + g
                weight -= o["rate"] * velocities[name]
        found.append(loss.item())
    return found


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--steps", type=int, default=20)
    parser.add_argument("--rate", type=float, default=5e-5)
    parser.add_argument("--batch", type=int, default=16)
    given = parser.parse_args()
    options = {
        "backbone": "mobilefacenet", "size": 112, "embedding": 128, "batch": given.batch, "batches": 4,
        "steps": given.steps, "classes": 10, "margin": 0.5, "scale": 16, "rate": given.rate, "momentum": 0.9,
        "decay": 5e-4,
    }
    wide = losses(options, torch.float64)
    narrow = losses(options, torch.float32)
    print(json.dumps({**options, "float64": wide, "float32": narrow}))


if __name__ == "__main__":
    main()
