"""The networks in PyTorch, from their papers. Weights come by the names and in the layouts of TensorFlow.js Layers."""

import math

import torch
from torch import nn
from torch.nn import functional as F


class Weights:
    """Arrays handed out as parameters, each once, and checked for the shape that the paper says."""

    def __init__(self, arrays, dtype):
        self.arrays = arrays
        self.dtype = dtype
        self.trained = {}

    def constant(self, name, *shape):
        if name not in self.arrays:
            raise SystemExit(f"init.safetensors has no {name}")
        array = self.arrays[name]
        if array.shape != shape:
            raise SystemExit(f"{name} has the shape {array.shape}, not {shape}")
        return torch.tensor(array, dtype=self.dtype)

    def take(self, name, *shape):
        self.trained[name] = nn.Parameter(self.constant(name, *shape))
        return self.trained[name]


def outside(size, kernel, stride):
    """What TensorFlow's `same` adds before and behind: ceil(size / stride) places, the larger half behind."""
    total = max(0, (math.ceil(size / stride) - 1) * stride + kernel - size)
    return total // 2, total - total // 2


# Places of an output up to which a convolution is one product.
FEW = 64


class Convolution(nn.Module):
    """Without bias. Kernels are [y, x, in, out], of one filter a channel [y, x, channels, 1]."""

    def __init__(self, w, name, before, after, size, stride=1, padding="same"):
        super().__init__()
        self.kernel = w.take(f"{name}/kernel", size, size, before, after)
        self.size, self.stride, self.padding = size, stride, padding

    def padded(self, x):
        if self.padding == "same":
            (top, bottom), (left, right) = (outside(n, self.size, self.stride) for n in x.shape[2:])
            return F.pad(x, (left, right, top, bottom))
        return F.pad(x, (self.padding,) * 4) if self.padding > 0 else x

    def forward(self, x):
        x = self.padded(x)
        kernel = self.kernel.permute(3, 2, 0, 1)
        height, width = ((n - self.size) // self.stride + 1 for n in x.shape[2:])
        if height * width > FEW:
            return F.conv2d(x, kernel, stride=self.stride)
        # One product for the batch: in 64 bits conv2d reads all weights once for each picture.
        seen = F.unfold(x, self.size, stride=self.stride).transpose(0, 1)  # [in y x, B, places]
        y = kernel.flatten(1) @ seen.flatten(1)  # [out, B places]
        return y.unflatten(1, (len(x), height, width)).transpose(0, 1)


class Depthwise(Convolution):
    """Place of the kernel by place: conv2d takes the channels one after the other in 64 bits."""

    def __init__(self, w, name, channels, size, stride=1, padding="same"):
        nn.Module.__init__(self)
        self.kernel = w.take(f"{name}/depthwise_kernel", size, size, channels, 1)
        self.size, self.stride, self.padding = size, stride, padding

    def forward(self, x):
        x, s = self.padded(x), self.stride
        height, width = ((n - self.size) // s + 1 for n in x.shape[2:])
        return sum(
            self.kernel[i, j, :, :, None] * x[:, :, i : i + s * (height - 1) + 1 : s, j : j + s * (width - 1) + 1 : s]
            for i in range(self.size)
            for j in range(self.size)
        )


class Norm(nn.Module):
    """Batch-norm by the batch's own statistics (arXiv 1502.03167, algorithm 1)."""

    def __init__(self, w, name, channels, epsilon, fixed=False):
        super().__init__()
        self.gamma = (w.constant if fixed else w.take)(f"{name}/gamma", channels)
        self.beta = w.take(f"{name}/beta", channels)
        self.epsilon = epsilon

    def forward(self, x):
        return F.batch_norm(x, None, None, self.gamma, self.beta, True, 0.0, self.epsilon)


class Prelu(nn.Module):
    """One slope a channel (arXiv 1502.01852, equation 1)."""

    def __init__(self, w, name, channels):
        super().__init__()
        self.alpha = w.take(f"{name}/alpha", 1, 1, channels)

    def forward(self, x):
        return F.prelu(x, self.alpha.flatten())


class Flatten(nn.Module):
    """Places first, channels last: the order of TensorFlow."""

    def forward(self, x):
        return x.permute(0, 2, 3, 1).flatten(1)


class Dense(nn.Module):
    def __init__(self, w, name, before, after, bias):
        super().__init__()
        self.kernel = w.take(f"{name}/kernel", before, after)
        self.bias = w.take(f"{name}/bias", after) if bias else None

    def forward(self, x):
        y = x @ self.kernel
        return y if self.bias is None else y + self.bias


EPSILON = 1e-3


def convolved(w, name, before, after, size, stride=1, active=True):
    layers = [Convolution(w, name, before, after, size, stride), Norm(w, f"{name}_norm", after, EPSILON)]
    return layers + [Prelu(w, f"{name}_prelu", after)] if active else layers


def depthwise(w, name, channels, size, stride=1, active=True, padding="same"):
    layers = [Depthwise(w, name, channels, size, stride, padding), Norm(w, f"{name}_norm", channels, EPSILON)]
    return layers + [Prelu(w, f"{name}_prelu", channels)] if active else layers


class Bottleneck(nn.Module):
    """Wider by 1x1, 3x3 in each channel, narrower by 1x1 without activation; residual where shapes allow."""

    def __init__(self, w, name, before, wide, after, stride):
        super().__init__()
        self.residual = stride == 1 and before == after
        self.layers = nn.Sequential(
            *convolved(w, f"{name}_expand", before, wide, 1),
            *depthwise(w, f"{name}_depthwise", wide, 3, stride),
            *convolved(w, f"{name}_project", wide, after, 1, active=False),
        )

    def forward(self, x):
        y = self.layers(x)
        return x + y if self.residual else y


def mobilefacenet(w, config):
    """arXiv 1804.07573, table 1: factor of expansion t, channels c, repeats n, first stride s. `width` multiplies the
    stem and c, as insightface's mbf does with scale 2, which leaves the channels between (t c) as they are."""
    width, dimension = config.get("width", 1), config["embeddingSize"]
    stem = 64 * width
    layers = [*convolved(w, "conv1", 3, stem, 3, 2), *depthwise(w, "conv2_depthwise", stem, 3)]
    channels, narrow = stem, 64
    table = [(2, 64, 5, 2), (4, 128, 1, 2), (2, 128, 6, 1), (4, 128, 1, 2), (2, 128, 2, 1)]
    for block, (t, c, n, s) in enumerate(table, 1):
        # The paper's t multiplies the channels that come in: 64, 64, 128, 128, 128.
        wide = narrow * t
        for i in range(n):
            layers.append(Bottleneck(w, f"block{block}_{i + 1}", channels, wide, c * width, s if i == 0 else 1))
            channels, narrow = c * width, c
    layers += convolved(w, "conv3", channels, 512, 1)
    # As large as the map that is left: 7 of 112 pixels.
    layers += depthwise(w, "global_depthwise", 512, config["inputSize"] // 16, active=False, padding=0)
    layers += [Flatten(), Dense(w, "embedding", 512, dimension, False)]
    return nn.Sequential(*layers, Norm(w, "embedding_norm", dimension, EPSILON))


def small_cnn(w, config):
    """3x3 convolutions with stride 2 until 7 pixels or fewer are left; 16, 32, 64, 64, ... channels."""
    size, dimension = config["inputSize"], config["embeddingSize"]
    layers, before, stage = [], 3, 0
    while size > 7:
        stage += 1
        size, after = math.ceil(size / 2), min(64, 8 * 2**stage)
        layers.append(Convolution(w, f"conv{stage}", before, after, 3, 2))
        layers += [Norm(w, f"norm{stage}", after, EPSILON), Prelu(w, f"prelu{stage}", after)]
        before = after
    layers += [Flatten(), Dense(w, "embedding", before * size * size, dimension, False)]
    return nn.Sequential(*layers, Norm(w, "embedding_norm", dimension, EPSILON))


def vgg8(w, config):
    """Three times two 3x3 convolutions, each with norm and ReLU, and 2x2 max-pooling; norm, dense, norm."""
    size, dimension = config["inputSize"], config["embeddingSize"]
    layers, before = [], 3
    for pair, after in enumerate([16, 32, 64], 1):
        for half in "ab":
            name = f"conv{pair}{half}"
            layers += [Convolution(w, name, before, after, 3), Norm(w, f"{name}_norm", after, EPSILON), nn.ReLU()]
            before = after
        layers.append(nn.MaxPool2d(2))
        size //= 2
    layers += [Norm(w, "features_norm", before, EPSILON), Flatten()]
    layers += [Dense(w, "embedding", before * size * size, dimension, False)]
    return nn.Sequential(*layers, Norm(w, "embedding_norm", dimension, EPSILON))


class ResidualBlock(nn.Module):
    """norm, 3x3, norm, PReLU, 3x3 with stride, norm; the shortcut of a stride has a 1x1 convolution and a norm
    (arXiv 1801.07698, section 3.1, and insightface's iresnet.py). Padding is 1 on every side."""

    def __init__(self, w, name, before, after, stride):
        super().__init__()
        self.layers = nn.Sequential(
            Norm(w, f"{name}_norm1", before, 1e-5),
            Convolution(w, f"{name}_conv1", before, after, 3, 1, padding=1),
            Norm(w, f"{name}_norm2", after, 1e-5),
            Prelu(w, f"{name}_prelu", after),
            Convolution(w, f"{name}_conv2", after, after, 3, stride, padding=1),
            Norm(w, f"{name}_norm3", after, 1e-5),
        )
        self.shortcut = nn.Identity()
        if stride != 1:
            around = Convolution(w, f"{name}_shortcut", before, after, 1, stride, padding=0)
            self.shortcut = nn.Sequential(around, Norm(w, f"{name}_shortcut_norm", after, 1e-5))

    def forward(self, x):
        return self.layers(x) + self.shortcut(x)


def iresnet(w, config):
    repeats = {"iresnet-18": [2, 2, 2, 2], "iresnet-50": [3, 4, 14, 3]}[config["kind"]]
    dimension = config["embeddingSize"]
    layers = [Convolution(w, "conv1", 3, 64, 3, 1, padding=1), Norm(w, "conv1_norm", 64, 1e-5)]
    layers.append(Prelu(w, "conv1_prelu", 64))
    before = 64
    for stage, (count, after) in enumerate(zip(repeats, [64, 128, 256, 512]), 1):
        for i in range(count):
            layers.append(ResidualBlock(w, f"stage{stage}_{i + 1}", before, after, 2 if i == 0 else 1))
            before = after
    features = 512 * (config["inputSize"] // 16) ** 2
    layers += [Norm(w, "features_norm", 512, 1e-5), Flatten(), Dense(w, "embedding", features, dimension, True)]
    return nn.Sequential(*layers, Norm(w, "embedding_norm", dimension, 1e-5, fixed=True))


NETWORKS = {
    "mobilefacenet": mobilefacenet,
    "small-cnn": small_cnn,
    "vgg8": vgg8,
    "iresnet-18": iresnet,
    "iresnet-50": iresnet,
}


def network(w, config):
    if config["kind"] not in NETWORKS:
        raise SystemExit(f"the network {config['kind']} is not known here")
    return NETWORKS[config["kind"]](w, config)
