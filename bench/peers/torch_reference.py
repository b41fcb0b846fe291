#!/usr/bin/env python3
"""The losses of a training run in PyTorch, in 64 bits: what every backend is held against.

Reads what `npm run headless -- trace-init` writes: config.json, init.safetensors (weights by name, in TensorFlow's
layouts) and batches.safetensors (images_0, labels_0, ...). Networks, margins and the schedule are written once more
from their papers; gradients are autograd's, the optimisers PyTorch's own.

    ./bench/peers/torch_reference.py --in DIR [--float32] [--out FILE]

Prints {"backend", "losses"}, or writes it to FILE. Where DIR has losses.json of `npm run headless -- trace`, says on
stderr how far the two are apart.
"""

import argparse
import json
import math
import os
import sys

import torch

from reference_heads import Head
from reference_networks import Weights, network
from safetensors_file import read


def share(schedule, progress):
    """Of the full rate, behind the warm-up."""
    if schedule["kind"] == "cosine":
        least = schedule["finalFraction"]
        return least + (1 - least) * (1 + math.cos(math.pi * progress)) / 2
    if schedule["kind"] == "polynomial":
        least = schedule["finalFraction"]
        return least + (1 - least) * (1 - progress) ** schedule["power"]
    # n drops: n + 1 equal stairs.
    drops = schedule["drops"]
    return schedule["factor"] ** min(drops, math.floor(progress * (drops + 1) + 1e-9))


def rate_at(config, step, steps):
    schedule = config["schedule"]
    warmup = math.floor(schedule["warmupFraction"] * steps + 0.5)
    if step < warmup:
        return config["learningRate"] * (step + 1) / (warmup + 1)
    return config["learningRate"] * share(schedule, min(1, (step - warmup) / max(1, steps - 1 - warmup)))


def strength_at(margin, step, steps):
    warmup = margin.get("warmupFraction", 0) * steps
    return 1 if step >= warmup else step / warmup


def scale_of(config, classes):
    """AdaCos (arXiv 1905.00292, equation 11), at least 8."""
    if config["scale"] != "auto":
        return config["scale"]
    return max(8, math.sqrt(2) * math.log(max(1, classes - 1)))


def optimiser_of(config, trained, head_names):
    """Decay pulls kernels and centres only; the head's rate is a multiple of the network's."""
    groups = []
    for is_head in (False, True):
        for decays in (False, True):
            names = [
                name
                for name in trained
                if (name in head_names) == is_head and (name.endswith("kernel") or name == "centres") == decays
            ]
            if names:
                decay = config["weightDecay"] if decays else 0
                factor = config["headRateFactor"] if is_head else 1
                groups.append({"params": [trained[n] for n in names], "weight_decay": decay, "factor": factor})
    o = config["optimiser"]
    if o["kind"] == "sgd":
        nesterov = o["nesterov"] and o["momentum"] > 0
        return torch.optim.SGD(groups, lr=1, momentum=o["momentum"], nesterov=nesterov)
    return torch.optim.AdamW(groups, lr=1, betas=(o["beta1"], o["beta2"]), eps=o["epsilon"])


def clip(parameters, longest):
    """All gradients together no longer than this (arXiv 1211.5063, algorithm 1)."""
    if longest == 0:
        return
    length = math.sqrt(sum(p.grad.square().sum().item() for p in parameters))
    for p in parameters:
        p.grad.mul_(min(1, longest / max(length, 1e-30)))


def losses(config, arrays, batches, dtype):
    for setting, needed in {"stageRateFactor": 1, "accumulation": 1, "sampledCentres": 1}.items():
        if config.get(setting, needed) != needed:
            raise SystemExit(f"{setting} is not known here; it must be {needed}")
    w = Weights(arrays, dtype)
    backbone = config["backbone"]
    if backbone.get("dropout", 0) != 0:
        print("Dropout is left out: its masks are drawn at random.", file=sys.stderr)
    net = network(w, backbone)
    names = set(w.trained)
    head = Head(w, config["margin"], backbone["embeddingSize"])
    optimiser = optimiser_of(config, w.trained, set(w.trained) - names)
    parameters = list(w.trained.values())
    scale = scale_of(config, head.classes)
    steps = sum(name.startswith("images_") for name in batches)
    found = []
    for step in range(steps):
        images = torch.tensor(batches[f"images_{step}"], dtype=dtype).permute(0, 3, 1, 2).contiguous()
        labels = torch.tensor(batches[f"labels_{step}"], dtype=torch.int64)
        strength = strength_at(config["margin"], step, steps)
        loss = head.loss(net(images), labels, strength, scale, config.get("labelSmoothing", 0))
        optimiser.zero_grad()
        loss.backward()
        clip(parameters, config.get("clipNorm", 0))
        for group in optimiser.param_groups:
            group["lr"] = rate_at(config, step, steps) * group["factor"]
        optimiser.step()
        found.append(loss.item())
    return found


def worst(ours, theirs):
    return max(abs(a - b) / abs(b) for a, b in zip(ours, theirs))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--in", dest="folder", required=True)
    parser.add_argument("--out", help="a file instead of stdout")
    parser.add_argument("--float32", action="store_true", help="what PyTorch itself makes of it in 32 bits")
    parser.add_argument("--threads", type=int, default=0, help="0: as many as PyTorch takes by itself")
    given = parser.parse_args()
    if given.threads:
        torch.set_num_threads(given.threads)
    at = lambda name: os.path.join(given.folder, name)
    with open(at("config.json")) as file:
        config = json.load(file)
    dtype = torch.float32 if given.float32 else torch.float64
    found = losses(config, read(at("init.safetensors")), read(at("batches.safetensors")), dtype)
    text = json.dumps({"backend": f"pytorch {'float32' if given.float32 else 'float64'}", "losses": found})
    if given.out:
        with open(given.out, "w") as file:
            file.write(text + "\n")
    else:
        print(text)
    if os.path.exists(at("losses.json")):
        with open(at("losses.json")) as file:
            other = json.load(file)
        if len(other["losses"]) == len(found):
            off = worst(other["losses"], found)
            print(f"losses.json ({other['backend']}) is at most {off:.2g} off, relatively.", file=sys.stderr)


if __name__ == "__main__":
    main()
