"""Margins and losses in PyTorch, from their papers. Autograd does the gradients; angles are in radians."""

import math

import torch
from torch.nn import functional as F


def cosines(embeddings, centres):
    return F.normalize(embeddings) @ F.normalize(centres).T


def angle(cosine):
    return torch.acos(cosine.clamp(-1, 1))


def combined(c, m1, m2, m3):
    """cos(m1 theta + m2) - m3 (arXiv 1801.07698, equation 4), and where that angle is past pi, a line with slope 1 in
    the cosine that joins without a jump."""
    turn = math.cos((math.pi - m2) / m1) if m1 * math.pi + m2 > math.pi else -2
    return torch.where(c > turn, torch.cos(m1 * angle(c) + m2), c - turn - 1) - m3


def arcface(c, m, past):
    """cos(theta + m) (equation 3), and past theta = pi - m the cosine itself, moved down to join or by m sin(m), or
    nothing else."""
    turned = torch.cos(angle(c) + m)
    if past == "cosine":
        return turned
    beyond = c - m * math.sin(m) if past == "dropped" else c + math.cos(m) - 1
    return torch.where(c > math.cos(math.pi - m), turned, beyond)


def sphereface(c, m1):
    """(-1)^k cos(m1 theta) - 2k for theta between k pi / m1 and (k + 1) pi / m1 (arXiv 1704.08063, equation 7)."""
    theta = angle(c)
    k = torch.floor(m1 * theta.detach() / math.pi)
    return torch.where(k % 2 == 0, 1.0, -1.0).to(c) * torch.cos(m1 * theta) - 2 * k


def easy(c, margined):
    return torch.where(c > 0, margined, c)


def straight_through(c, margined):
    """The margined value; the gradient as if there were no margin."""
    return c + (margined - c).detach()


def own_margin(config, c, strength):
    """The margined cosine of the own class, at a share of the full margin."""
    kind = config["kind"]
    if kind == "cosface":
        return c - config["m3"] * strength
    if kind == "sphereface":
        made = sphereface(c, 1 + (config["m1"] - 1) * strength)
    elif kind == "combined":
        made = combined(c, 1 + (config["m1"] - 1) * strength, config["m2"] * strength, config["m3"] * strength)
    else:
        made = arcface(c, config["m"] * strength, config.get("pastPi", "continued"))
    if config.get("easy", False):
        made = easy(c, made)
    return straight_through(c, made) if config.get("gradient", "exact") == "straight-through" else made


OWN_MARGINS = {"arcface", "cosface", "sphereface", "combined", "sub-center", "curricularface"}


class Head:
    """Centres and the loss by them. A row of `centres` is a class, or one of the several centres of a class."""

    def __init__(self, w, config, dimension):
        self.config = config
        self.kind = config["kind"]
        if self.kind not in OWN_MARGINS | {"none", "softmax"}:
            raise SystemExit(f"the margin {self.kind} is not known here")
        rows = len(w.arrays["centres"])
        self.each = config["subCentres"] if self.kind == "sub-center" else 1
        self.classes = rows // self.each
        self.centres = w.take("centres", rows, dimension)
        self.bias = w.take("bias", rows) if self.kind == "softmax" else None
        self.progress = torch.zeros((), dtype=w.dtype)

    def logits(self, embeddings, labels, strength, scale):
        if self.kind == "softmax":
            return embeddings @ self.centres.T + self.bias
        c = cosines(embeddings, self.centres)
        if self.each > 1:
            # Row k S + s is centre s of class k; the nearest counts.
            c = torch.stack([c[:, s :: self.each] for s in range(self.each)]).max(dim=0).values
        if self.kind == "none":
            return c * scale
        own = c.gather(1, labels[:, None])
        margined = own_margin(self.config, own, strength)
        if self.kind == "curricularface":
            # arXiv 2004.00288: t is the running mean of the own cosines, nothing is learned through it.
            self.progress = 0.99 * self.progress + 0.01 * own.detach().mean()
            c = torch.where(c.detach() > margined.detach(), c * (self.progress + c), c)
        return c.scatter(1, labels[:, None], margined) * scale

    def loss(self, embeddings, labels, strength, scale, smoothing):
        return F.cross_entropy(self.logits(embeddings, labels, strength, scale), labels, label_smoothing=smoothing)
