"""Aligned faces from a folder: DIR/PERSON/*.png, of the size that config.json names, or of any size where they show the same part.

Where DIR has a split.csv (columns file, person, role), as this program writes it, only rows with the role "train" are taken and
`person` is the name; else the folder is the name.
"""

import csv
import os

import torch
from PIL import Image

PICTURES = (".png", ".jpg", ".jpeg", ".webp", ".bmp")


def find_faces(folder):
    """[(path, person), ...], sorted."""
    table = os.path.join(folder, "split.csv")
    if os.path.exists(table):
        with open(table, newline="", encoding="utf-8-sig") as file:
            rows = [row for row in csv.DictReader(file) if row["role"] == "train"]
        return sorted((os.path.join(folder, row["file"]), row["person"]) for row in rows)
    faces = []
    for person in sorted(os.listdir(folder)):
        inside = os.path.join(folder, person)
        if os.path.isdir(inside):
            names = sorted(name for name in os.listdir(inside) if name.lower().endswith(PICTURES))
            faces += [(os.path.join(inside, name), person) for name in names]
    return faces


def resize_matrix(before, after):
    """[after, before]: each new pixel as shares of the old ones; areas are averaged, or neighbours interpolated."""
    matrix = torch.zeros(after, before, dtype=torch.float64)
    ratio = before / after
    for i in range(after):
        if after <= before:
            begin, end = i * ratio, (i + 1) * ratio
            for at in range(int(begin), before):
                share = min(at + 1, end) - max(at, begin)
                if share <= 1e-9:
                    break
                matrix[i, at] = share / ratio
        else:
            place = min(before - 1.0, max(0.0, (i + 0.5) * ratio - 0.5))
            first = min(int(place), before - 2)
            matrix[i, first], matrix[i, first + 1] = 1 - (place - first), place - first
    return matrix


class Faces(torch.utils.data.Dataset):
    """Items are asked for as (number of the face, whether it is mirrored): ([C, S, S], class)."""

    def __init__(self, faces, labels, preprocessing):
        self.faces, self.labels = faces, labels
        self.aligned, self.edge = preprocessing["alignedSize"], preprocessing["inputSize"]
        self.grey = preprocessing["channels"] == "luminance"
        self.mean = torch.tensor(preprocessing["mean"]).reshape(-1, 1, 1)
        self.divisor = torch.tensor(preprocessing["divisor"]).reshape(-1, 1, 1)
        self.resize = None if self.edge == self.aligned else resize_matrix(self.aligned, self.edge)

    def __len__(self):
        return len(self.faces)

    def __getitem__(self, item):
        number, mirrored = item
        pixels = self.picture(self.faces[number])
        return (pixels.flip(2) if mirrored else pixels), self.labels[number]

    def picture(self, path):
        with Image.open(path) as image:
            image = image.convert("RGB")
        if image.size != (self.aligned, self.aligned):
            image = image.resize((self.aligned, self.aligned), Image.BILINEAR)
        pixels = torch.frombuffer(bytearray(image.tobytes()), dtype=torch.uint8)
        pixels = pixels.reshape(self.aligned, self.aligned, 3).permute(2, 0, 1)
        if self.resize is not None:
            # Rounded to bytes, as everywhere in the program that the network comes from.
            pixels = torch.floor(self.resize @ pixels.double() @ self.resize.T + 0.5)
        pixels = pixels.float()
        if self.grey:
            weights = torch.tensor([0.299, 0.587, 0.114]).reshape(3, 1, 1)
            pixels = (pixels * weights).sum(0, keepdim=True)
        return (pixels - self.mean) / self.divisor


def epoch_order(count, seed, epoch):
    """The faces in the order of an epoch, and which are mirrored: the same on every process."""
    generator = torch.Generator().manual_seed(seed * 100_003 + epoch)
    order = torch.randperm(count, generator=generator).tolist()
    mirrored = (torch.rand(count, generator=generator) < 0.5).tolist()
    return order, mirrored


class EpochBatches:
    """The batches of an epoch from a step on: sizes differ by at most one, so that none is too small for batch-norm.

    Of a batch each process takes as many faces, every `world`-th; up to world - 1 of its faces are left out.
    """

    def __init__(self, count, batch, seed, mirror, rank=0, world=1):
        self.count, self.seed, self.mirror = count, seed, mirror
        self.rank, self.world = rank, world
        self.steps = max(1, round(count / (batch * world)))
        self.epoch, self.first = 0, 0

    def whole(self, step):
        """The faces of a step on all processes together."""
        order, _ = epoch_order(self.count, self.seed, self.epoch)
        return self.cut(order, step)

    def cut(self, items, step):
        part = items[round(step * self.count / self.steps) : round((step + 1) * self.count / self.steps)]
        return part[: len(part) // self.world * self.world]

    def __iter__(self):
        order, mirrored = epoch_order(self.count, self.seed, self.epoch)
        items = [(face, self.mirror and flip) for face, flip in zip(order, mirrored)]
        for step in range(self.first, self.steps):
            yield self.cut(items, step)[self.rank :: self.world]

    def __len__(self):
        return self.steps - self.first
