"""The network of this folder as a plain torch.nn.Module, and its files. Needs PyTorch 1.13 or newer, nothing else.

    from model import load
    network, config, centres = load(".")
    embeddings = network(faces)   # [B, C, S, S], scaled as config["preprocessing"] says -> [B, D]

config.json describes the network as a list of nodes ("graph"); FaceNetwork computes them one after another. Feature maps are
[B, C, H, W]; a vector that was a feature map is in the order H, W, C, as in the program that the network comes from.
"""

import ctypes
import json
import math
import os
import struct

import torch
import torch.nn as nn
import torch.nn.functional as F

ACTIVATIONS = {
    "relu": F.relu,
    "relu6": F.relu6,
    "elu": F.elu,
    "selu": F.selu,
    "sigmoid": torch.sigmoid,
    "softplus": F.softplus,
    "softsign": F.softsign,
    "tanh": torch.tanh,
    "swish": F.silu,
    "softmax": lambda x: F.softmax(x, dim=1),
}


def same_padding(size, kernel, stride, dilation=1):
    """TensorFlow's "same": the output has ceil(size / stride) places; what is missing is added, the odd one behind."""
    missing = max(0, (math.ceil(size / stride) - 1) * stride + (kernel - 1) * dilation + 1 - size)
    return missing // 2, missing - missing // 2


def pad_same(x, kernel, stride, dilation=(1, 1), value=0.0):
    top, bottom = same_padding(x.shape[2], kernel[0], stride[0], dilation[0])
    left, right = same_padding(x.shape[3], kernel[1], stride[1], dilation[1])
    return F.pad(x, (left, right, top, bottom), value=value) if top or bottom or left or right else x


class Convolution(nn.Module):
    def __init__(self, node, shapes):
        super().__init__()
        self.stride, self.dilation = node["stride"], node["dilation"]
        self.same, self.groups = node["padding"] == "same", node["groups"]
        self.weight = nn.Parameter(torch.zeros(shapes["weight"]))
        self.bias = nn.Parameter(torch.zeros(shapes["bias"])) if node["bias"] else None

    def forward(self, x):
        if self.same:
            x = pad_same(x, self.weight.shape[2:], self.stride, self.dilation)
        return F.conv2d(x, self.weight, self.bias, self.stride, 0, self.dilation, self.groups)


class Dense(nn.Module):
    def __init__(self, node, shapes):
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(shapes["weight"]))
        self.bias = nn.Parameter(torch.zeros(shapes["bias"])) if node["bias"] else None

    def forward(self, x):
        if x.dim() == 2:
            return F.linear(x, self.weight, self.bias)
        return F.linear(x.permute(0, 2, 3, 1), self.weight, self.bias).permute(0, 3, 1, 2)


class Norm(nn.Module):
    """Batch-norm. The moving variance takes in the batch's own variance, without the factor n / (n - 1) of nn.BatchNorm2d."""

    def __init__(self, node, shapes):
        super().__init__()
        self.epsilon, self.momentum = node["epsilon"], node["momentum"]
        self.weight = nn.Parameter(torch.ones(shapes["weight"]))
        self.bias = nn.Parameter(torch.zeros(shapes["bias"]))
        self.register_buffer("running_mean", torch.zeros(shapes["running_mean"]))
        self.register_buffer("running_var", torch.ones(shapes["running_var"]))

    def forward(self, x):
        frozen = not (self.weight.requires_grad or self.bias.requires_grad)
        if self.training and not frozen:
            with torch.no_grad():
                axes = [0] + list(range(2, x.dim()))
                values = x.detach().float()
                self.running_mean.lerp_(values.mean(axes), self.momentum)
                self.running_var.lerp_(values.var(axes, unbiased=False), self.momentum)
            return F.batch_norm(x, None, None, self.weight, self.bias, True, 0.0, self.epsilon)
        return F.batch_norm(
            x, self.running_mean, self.running_var, self.weight, self.bias, False, 0.0, self.epsilon
        )


class PReLU(nn.Module):
    def __init__(self, node, shapes):
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(shapes["weight"]))

    def forward(self, x):
        return torch.where(x > 0, x, self.weight.to(x.dtype) * x)


class Pool(nn.Module):
    def __init__(self, node, shapes):
        super().__init__()
        self.how, self.same = node["how"], node["padding"] == "same"
        self.size, self.stride = node["size"], node["stride"]

    def forward(self, x):
        if self.how == "max":
            if self.same:
                x = pad_same(x, self.size, self.stride, value=-math.inf)
            return F.max_pool2d(x, self.size, self.stride)
        if not self.same:
            return F.avg_pool2d(x, self.size, self.stride)
        # The mean of the pixels that are there: padding does not count.
        inside = pad_same(torch.ones_like(x[:1, :1]), self.size, self.stride)
        sums = F.avg_pool2d(pad_same(x, self.size, self.stride), self.size, self.stride)
        return sums / F.avg_pool2d(inside, self.size, self.stride)


class Reshape(nn.Module):
    """By way of the order H, W, C."""

    def __init__(self, node, shapes):
        super().__init__()
        self.shape = node["shape"]

    def forward(self, x):
        if x.dim() == 4:
            x = x.permute(0, 2, 3, 1)
        x = x.reshape(x.shape[0], *self.shape)
        return x.permute(0, 3, 1, 2) if x.dim() == 4 else x


class Function(nn.Module):
    """A node without weights or state."""

    def __init__(self, compute):
        super().__init__()
        self.compute = compute

    def forward(self, *inputs):
        return self.compute(*inputs)


def merge(how):
    def compute(*inputs):
        stack = torch.stack(inputs)
        if how == "add":
            return stack.sum(0)
        if how == "average":
            return stack.mean(0)
        if how == "multiply":
            return stack.prod(0)
        return stack.amax(0) if how == "maximum" else stack.amin(0)

    return compute


def crop(x, node):
    bottom, right = x.shape[2] - node["bottom"], x.shape[3] - node["right"]
    return x[:, :, node["top"] : bottom, node["left"] : right]


def make_layer(node, shapes):
    """The module of a node. shapes: of its tensors, by their last name."""
    op = node["op"]
    with_state = {
        "conv": Convolution,
        "dense": Dense,
        "norm": Norm,
        "prelu": PReLU,
        "pool": Pool,
        "reshape": Reshape,
    }
    if op in with_state:
        return with_state[op](node, shapes)
    if op == "dropout":
        return nn.Dropout(node["rate"])
    if op == "leaky-relu":
        return nn.LeakyReLU(node["slope"])
    if op == "activation":
        return Function(ACTIVATIONS[node["function"]])
    if op == "merge":
        return Function(merge(node["how"]))
    if op == "concatenate":
        return Function(lambda *inputs: torch.cat(inputs, 1))
    if op == "global-pool":
        largest = node["how"] == "max"
        return Function(lambda x: x.amax((2, 3)) if largest else x.mean((2, 3)))
    if op == "pad":
        sides = (node["left"], node["right"], node["top"], node["bottom"])
        return Function(lambda x: F.pad(x, sides))
    if op == "crop":
        return Function(lambda x: crop(x, node))
    if op == "upsample":
        return Function(lambda x: F.interpolate(x, scale_factor=tuple(map(float, node["size"]))))
    if op == "rescale":
        return Function(lambda x: x * node["scale"] + node["offset"])
    raise ValueError(f"config.json has a node of an unknown kind: {op}")


class FaceNetwork(nn.Module):
    """[B, C, S, S] -> [B, D], the raw embedding: neither averaged with that of the mirror image nor normalised."""

    def __init__(self, graph, shapes):
        super().__init__()
        self.graph = graph
        reserved = nn.ModuleDict()
        self.layers = nn.ModuleDict()
        self.keys = {}
        for node in graph["nodes"]:
            name = node["name"]
            # A module cannot be called like a method of the container.
            self.keys[name] = name + "_" if hasattr(reserved, name) else name
            prefix = name + "."
            own = {key[len(prefix) :]: shape for key, shape in shapes.items() if key.startswith(prefix)}
            self.layers[self.keys[name]] = make_layer(node, own)

    def forward(self, faces):
        values = {self.graph["input"]: faces}
        for node in self.graph["nodes"]:
            layer = self.layers[self.keys[node["name"]]]
            values[node["name"]] = layer(*[values[name] for name in node["inputs"]])
        return values[self.graph["output"]]

    def tensors(self):
        """Every weight and moving average by its name in the file."""
        names = {key: name for name, key in self.keys.items()}
        found = {}
        for path, tensor in self.state_dict(keep_vars=True).items():
            _, key, tensor_name = path.split(".")
            found[f"{names[key]}.{tensor_name}"] = tensor
        return found

    @torch.no_grad()
    def fill(self, tensors):
        for name, tensor in self.tensors().items():
            tensor.copy_(tensors[name])


DTYPES = {
    "F32": torch.float32,
    "F64": torch.float64,
    "F16": torch.float16,
    "I8": torch.int8,
    "I32": torch.int32,
    "I64": torch.int64,
}


def read_safetensors(path):
    """The tensors of a .safetensors file by name."""
    with open(path, "rb") as file:
        (length,) = struct.unpack("<Q", file.read(8))
        if length > 100_000_000:
            raise ValueError(f"{path} is no safetensors file")
        header = json.loads(file.read(length))
        data = bytearray(file.read())
    header.pop("__metadata__", None)
    tensors = {}
    for name, entry in header.items():
        begin, end = entry["data_offsets"]
        dtype = DTYPES[entry["dtype"]]
        if begin == end:
            tensors[name] = torch.zeros(entry["shape"], dtype=dtype)
            continue
        tensors[name] = torch.frombuffer(data, dtype=torch.uint8, offset=begin, count=end - begin)
        tensors[name] = tensors[name].clone().view(dtype).reshape(entry["shape"])
    return tensors


def write_safetensors(path, tensors):
    """Writes 32-bit tensors; the file is there only once it is whole."""
    header, at = {"__metadata__": {"format": "pt"}}, 0
    blocks = [(name, tensor.detach().float().cpu().contiguous()) for name, tensor in tensors.items()]
    for name, tensor in blocks:
        end = at + tensor.numel() * 4
        header[name] = {"dtype": "F32", "shape": list(tensor.shape), "data_offsets": [at, end]}
        at = end
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with open(path + ".part", "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text)
        for _, tensor in blocks:
            file.write(ctypes.string_at(tensor.data_ptr(), tensor.numel() * 4))
    os.replace(path + ".part", path)


def load(folder, device="cpu"):
    """The network in inference mode, the settings, and the class centres [K, D] of config["people"]."""
    with open(os.path.join(folder, "config.json"), encoding="utf-8") as file:
        config = json.load(file)
    tensors = read_safetensors(os.path.join(folder, "weights.safetensors"))
    centres = tensors.pop("centres")
    network = FaceNetwork(config["graph"], {name: tensor.shape for name, tensor in tensors.items()})
    network.fill(tensors)
    return network.to(device).eval(), config, centres
