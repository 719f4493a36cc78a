"""Writes test/golden/torch-networks.json: what PyTorch makes of the networks that specs/ holds.

Usage: python scripts/torch-networks.py [NAME…] > test/golden/torch-networks.json   (needs torch, torchvision and timm)

Of each network: the shapes of its weights in PyTorch's order (`num_batches_tracked` and networks of two thousand
weights and more skipped), trainable parameters, norm buffers, multiply-adds of convolutions and linear layers, and what it
computes in float64 at inference for the weights and the input that src/weights/hash.ts fills in. What torchvision or
timm have is theirs; the rest is written here, as the authors' code or the construction that the source names has it.
"""
import json
import math
import sys

import numpy as np
import timm
import torch
import torchvision.models as tv
from torch import nn

torch.set_default_dtype(torch.float64)


def uniform(first, count):
    h = np.arange(first + 1, first + count + 1, dtype=np.uint64).astype(np.uint32)
    h = h * np.uint32(0x9E3779B1)
    h = (h ^ h >> np.uint32(16)) * np.uint32(0x85EBCA6B)
    h = (h ^ h >> np.uint32(13)) * np.uint32(0xC2B2AE35)
    return (h ^ h >> np.uint32(16)) / 2.0**32


def float32(values):
    return torch.from_numpy(values.astype(np.float32).astype(np.float64))


def weights_of(net):
    return {k: v for k, v in net.state_dict(keep_vars=True).items() if not k.endswith("num_batches_tracked")}


def fill(net):
    """With the numbers of src/weights/hash.ts."""
    first = 0
    for name, weight in weights_of(net).items():
        u = uniform(first, weight.numel())
        first += weight.numel()
        if weight.dim() >= 2:
            u = (2 * u - 1) * math.sqrt(6 / (weight.numel() / weight.shape[0]))
        elif name.endswith(("running_var", "weight")):
            u = 0.5 + u
        else:
            u = 0.2 * u - 0.1
        weight.data.copy_(float32(u).reshape(weight.shape))


def hash_inputs(shapes):
    """Each input goes on counting where the one before has ended."""
    first, inputs = 1_000_000_000, []
    for shape in shapes:
        inputs.append(float32(2 * uniform(first, math.prod(shape)) - 1).reshape(1, *shape))
        first += math.prod(shape)
    return inputs


def multiply_adds(net, inputs):
    total = 0

    def count(module, args, output):
        nonlocal total
        if isinstance(module, nn.Linear):
            total += module.weight.numel() * output.numel() // module.out_features
        else:
            transposed = isinstance(module, (nn.ConvTranspose1d, nn.ConvTranspose2d, nn.ConvTranspose3d))
            positions = math.prod((args[0] if transposed else output).shape[2:])
            total += module.weight.numel() * positions

    kinds = (nn.Linear, nn.Conv1d, nn.Conv2d, nn.Conv3d, nn.ConvTranspose1d, nn.ConvTranspose2d, nn.ConvTranspose3d)
    hooks = [m.register_forward_hook(count) for m in net.modules() if isinstance(m, kinds)]
    with torch.no_grad():
        output = net(*inputs)
    for hook in hooks:
        hook.remove()
    return total, output


networks = {}


def network(name, make, source, input, small=None):
    """`small`: the input of the run. Very large networks, and those that another one stands for, do not run."""
    if sys.argv[1:] and name not in sys.argv[1:]:
        return
    print(name, file=sys.stderr)
    net = make().to(torch.float64).eval()
    shapes = input if isinstance(input[0], list) else [input]
    weights = weights_of(net)
    macs, output = multiply_adds(net, [torch.zeros(1, *shape) for shape in shapes])
    entry = {
        "source": source,
        "inputs": shapes,
        "output": list(output.shape[1:]),
        "params": sum(w.numel() for w in weights.values() if w.requires_grad),
        "buffers": sum(w.numel() for w in weights.values() if not w.requires_grad),
        "macs": macs,
    }
    if len(weights) < 2000:
        entry["weights"] = " ".join("x".join(map(str, w.shape)) for w in weights.values())
    if small is not None:
        small = small if isinstance(small[0], list) else [small]
        fill(net)
        with torch.no_grad():
            y = net(*hash_inputs(small)).reshape(-1)
        entry["run"] = {
            "inputs": small,
            "first": [float(f"{v:.10g}") for v in y[:8].tolist()],
            "sum": float(f"{y.sum().item():.12g}"),
            "mean_abs": float(f"{y.abs().mean().item():.12g}"),
        }
    networks[name] = entry


IMAGE = [3, 224, 224]
SMALL = [3, 64, 64]
CIFAR = [3, 32, 32]


def torchvision(name, small=SMALL, **options):
    called = "".join(f", {k}={v}" for k, v in options.items())
    network(
        name,
        lambda: getattr(tv, name)(weights=None, **options),
        f"torchvision.models.{name}(weights=None{called})",
        IMAGE,
        small,
    )


# --- Residual networks for CIFAR -----------------------------------------------------------------------------------


def conv3(inputs, c, s=1, bias=False):
    return nn.Conv2d(inputs, c, 3, s, 1, bias=bias)


class Basic(nn.Module):
    """shortcut: `A` (every other position, zero channels around), `B` (projection) or `pooled` (means, zero channels after)."""

    def __init__(self, inputs, c, s, shortcut, keep=1.0):
        super().__init__()
        self.conv1, self.bn1 = conv3(inputs, c, s), nn.BatchNorm2d(c)
        self.conv2, self.bn2 = conv3(c, c), nn.BatchNorm2d(c)
        self.s, self.added, self.shortcut, self.keep = s, c - inputs, shortcut, keep
        self.relu = nn.ReLU(inplace=True)
        changes = s != 1 or inputs != c
        if shortcut == "B" and changes:
            self.down = nn.Sequential(nn.Conv2d(inputs, c, 1, s, bias=False), nn.BatchNorm2d(c))
        else:
            self.down = None

    def forward(self, x):
        y = self.bn2(self.conv2(self.relu(self.bn1(self.conv1(x)))))
        y = self.keep * y
        if self.down is not None:
            x = self.down(x)
        elif self.shortcut == "A":
            x = x[:, :, :: self.s, :: self.s]
            x = nn.functional.pad(x, (0, 0, 0, 0, self.added // 2, self.added - self.added // 2))
        elif self.s != 1:
            x = nn.functional.avg_pool2d(x, self.s)
            x = nn.functional.pad(x, (0, 0, 0, 0, 0, self.added))
        return self.relu(x + y)


def cifar_resnet(n, shortcut, last_keep=1.0):
    layers, inputs = [conv3(3, 16), nn.BatchNorm2d(16), nn.ReLU(inplace=True)], 16
    for j, c in enumerate([16, 32, 64]):
        for i in range(n):
            keep = 1 - (j * n + i + 1) / (3 * n) * (1 - last_keep)
            layers.append(Basic(inputs, c, 2 if i == 0 and j > 0 else 1, shortcut, keep))
            inputs = c
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(64, 10))


class PreBasic(nn.Module):
    """kuangliu/pytorch-cifar: where the shape changes, the first norm and activation feed the projection too."""

    def __init__(self, inputs, c, s):
        super().__init__()
        self.bn1, self.conv1 = nn.BatchNorm2d(inputs), conv3(inputs, c, s)
        self.bn2, self.conv2 = nn.BatchNorm2d(c), conv3(c, c)
        self.down = nn.Conv2d(inputs, c, 1, s, bias=False) if s != 1 or inputs != c else None
        self.relu = nn.ReLU(inplace=True)

    def forward(self, x):
        y = self.relu(self.bn1(x))
        shortcut = x if self.down is None else self.down(y)
        return shortcut + self.conv2(self.relu(self.bn2(self.conv1(y))))


def preresnet(n):
    layers, inputs = [conv3(3, 16)], 16
    for j, c in enumerate([16, 32, 64]):
        for i in range(n):
            layers.append(PreBasic(inputs, c, 2 if i == 0 and j > 0 else 1))
            inputs = c
    layers += [nn.BatchNorm2d(64), nn.ReLU(inplace=True), nn.AdaptiveAvgPool2d(1), nn.Flatten()]
    return nn.Sequential(*layers, nn.Linear(64, 10))


# --- U-Nets ----------------------------------------------------------------------------------------------------------


class UNet(nn.Module):
    """The construction of test/golden/forward.json; `valid` crops what it passes over, in the middle."""

    def __init__(self, base, depth, inputs, outputs, norm, valid=False, rank=2):
        super().__init__()
        conv = [None, nn.Conv1d, nn.Conv2d, nn.Conv3d][rank]
        norm_of = [None, nn.BatchNorm1d, nn.BatchNorm2d, nn.BatchNorm3d][rank]
        up = [None, nn.ConvTranspose1d, nn.ConvTranspose2d, nn.ConvTranspose3d][rank]
        self.pool = [None, nn.MaxPool1d, nn.MaxPool2d, nn.MaxPool3d][rank](2)

        def double(inputs, c):
            layers = []
            for i in (inputs, c):
                layers.append(conv(i, c, 3, padding=0 if valid else 1, bias=not norm))
                layers += [norm_of(c)] if norm else []
                layers.append(nn.ReLU(inplace=True))
            return nn.Sequential(*layers)

        widths = [base * 2**i for i in range(depth + 1)]
        self.down = nn.ModuleList(double(i, c) for i, c in zip([inputs, *widths], widths))
        self.steps = nn.ModuleList()
        for c in reversed(widths[:-1]):
            self.steps.append(nn.ModuleList([up(2 * c, c, 2, 2), double(2 * c, c)]))
        self.head = conv(base, outputs, 1)

    def forward(self, x):
        skips = []
        for level in self.down:
            x = level(self.pool(x) if skips else x)
            skips.append(x)
        skips.pop()
        for up, double in self.steps:
            x, skip = up(x), skips.pop()
            for axis in range(2, x.dim()):
                skip = skip.narrow(axis, (skip.shape[axis] - x.shape[axis]) // 2, x.shape[axis])
            x = double(torch.cat([skip, x], 1))
        return self.head(x)


# --- DenseNets and their kin -----------------------------------------------------------------------------------------


class Grow(nn.Module):
    """Adds what its branches make of x to x."""

    def __init__(self, *branches):
        super().__init__()
        self.branches = nn.ModuleList(branches)

    def forward(self, x):
        return torch.cat([x, *(branch(x) for branch in self.branches)], 1)


class TiramisuLayers(nn.Module):
    """SimJeg/FC-DenseNet, `BN_ReLU_Conv` in a dense block: norm, ReLU, 3x3 with bias, dropout."""

    def __init__(self, inputs, k, n, drop):
        super().__init__()
        self.layers = nn.ModuleList(
            Grow(nn.Sequential(nn.BatchNorm2d(c), nn.ReLU(inplace=True), conv3(c, k, bias=True), nn.Dropout(drop)))
            for c in range(inputs, inputs + k * n, k)
        )

    def forward(self, x):
        for layer in self.layers:
            x = layer(x)
        return x


class Tiramisu(nn.Module):
    """SimJeg/FC-DenseNet, FC-DenseNet.py: `layers` down, at the bottom and up; blocks on the way up pass on what is new."""

    def __init__(self, k, layers, classes, first=48, drop=0.0):
        super().__init__()
        pools, c, skips = len(layers) // 2, first, []
        self.k, self.counts = k, layers
        self.first = conv3(3, first, bias=True)
        self.blocks, self.downs, self.ups = nn.ModuleList(), nn.ModuleList(), nn.ModuleList()
        for n in layers[:pools]:
            self.blocks.append(TiramisuLayers(c, k, n, drop))
            c += k * n
            skips.append(c)
            down = [nn.BatchNorm2d(c), nn.ReLU(inplace=True), nn.Conv2d(c, c, 1), nn.Dropout(drop), nn.MaxPool2d(2)]
            self.downs.append(nn.Sequential(*down))
        self.blocks.append(TiramisuLayers(c, k, layers[pools], drop))
        for before, n in zip(layers[pools:], layers[pools + 1 :]):
            new = k * before
            self.ups.append(nn.ConvTranspose2d(new, new, 3, 2))
            c = new + skips.pop()
            self.blocks.append(TiramisuLayers(c, k, n, drop))
            c += k * n
        self.head, self.softmax = nn.Conv2d(c, classes, 1), nn.Softmax(1)
        order = [self.first]
        for block, down in zip(self.blocks, self.downs):
            order += [block, down]
        order.append(self.blocks[pools])
        for up, block in zip(self.ups, self.blocks[pools + 1 :]):
            order += [up, block]
        self.in_order = [*order, self.head]

    def state_dict(self, *args, destination=None, prefix="", keep_vars=False):
        """In the order of execution."""
        destination = nn.Identity().state_dict() if destination is None else destination
        for i, module in enumerate(self.in_order):
            module.state_dict(destination=destination, prefix=f"{prefix}{i}.", keep_vars=keep_vars)
        return destination

    def forward(self, x):
        pools, skips = len(self.downs), []
        x = self.first(x)
        for block, down in zip(self.blocks, self.downs):
            skips.append(block(x))
            x = down(skips[-1])
        x = self.blocks[pools](x)
        for up, before, block in zip(self.ups, self.counts[pools:], self.blocks[pools + 1 :]):
            skip, x = skips.pop(), up(x[:, -self.k * before :])
            for axis in (2, 3):
                x = x.narrow(axis, (x.shape[axis] - skip.shape[axis]) // 2, skip.shape[axis])
            x = block(torch.cat([x, skip], 1))
        return self.softmax(self.head(x))


def unit(inputs, c, size, s=1, groups=1):
    padded = (size - 1) // 2
    return nn.Sequential(
        nn.Conv2d(inputs, c, size, s, padded, groups=groups, bias=False), nn.BatchNorm2d(c), nn.ReLU(inplace=True)
    )


class PeleeStem(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.first, self.last = unit(3, c, 3, 2), unit(2 * c, c, 1)
        self.pool, self.branch = nn.MaxPool2d(2), nn.Sequential(unit(c, c // 2, 1), unit(c // 2, c, 3, 2))
        self.in_order = [self.first, self.branch, self.last]

    def state_dict(self, *args, destination=None, prefix="", keep_vars=False):
        for i, module in enumerate(self.in_order):
            module.state_dict(destination=destination, prefix=f"{prefix}{i}.", keep_vars=keep_vars)
        return destination

    def forward(self, x):
        x = self.first(x)
        return self.last(torch.cat([self.pool(x), self.branch(x)], 1))


def peleenet():
    """Robert-JunWang/PeleeNet, peleenet.py."""
    layers, c = [PeleeStem(32)], 32
    for i, (n, width) in enumerate(zip([3, 4, 8, 6], [1, 2, 4, 4])):
        for _ in range(n):
            narrow = 16 * width // 4 * 4
            if narrow > c / 2:
                narrow = c // 8 * 4
            three, five = [unit(c, narrow, 1), unit(narrow, 16, 3)], [unit(c, narrow, 1), unit(narrow, 16, 3), unit(16, 16, 3)]
            layers.append(Grow(nn.Sequential(*three), nn.Sequential(*five)))
            c += 32
        layers.append(unit(c, c, 1))
        if i < 3:
            layers.append(nn.AvgPool2d(2))
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Dropout(0.05), nn.Linear(c, 1000))


def mobilenet_v1():
    layers, c = [unit(3, 32, 3, 2)], 32
    for out, s in [(64, 1), (128, 2), (128, 1), (256, 2), (256, 1), (512, 2), *[(512, 1)] * 5, (1024, 2), (1024, 1)]:
        layers += [unit(c, c, 3, s, groups=c), unit(c, out, 1)]
        c = out
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(c, 1000))


def trunk(inputs, k, n, rank):
    """Two dense blocks of n layers with a transition between them, and the mean of what they make."""
    conv, norm = [(nn.Conv1d, nn.BatchNorm1d), (nn.Conv2d, nn.BatchNorm2d)][rank - 1]
    pool, mean = [(nn.AvgPool1d, nn.AdaptiveAvgPool1d), (nn.AvgPool2d, nn.AdaptiveAvgPool2d)][rank - 1]

    def layer(c):
        narrow = [norm(c), nn.ReLU(inplace=True), conv(c, 4 * k, 1, bias=False)]
        wide = [norm(4 * k), nn.ReLU(inplace=True), conv(4 * k, k, 3, padding=1, bias=False)]
        return Grow(nn.Sequential(*narrow, *wide))

    c = 2 * k
    layers = [conv(inputs, c, 3, 2, 1, bias=False), norm(c), nn.ReLU(inplace=True)]
    layers += [layer(c + k * i) for i in range(n)]
    c += k * n
    layers += [norm(c), nn.ReLU(inplace=True), conv(c, c // 2, 1, bias=False), pool(2)]
    c //= 2
    layers += [layer(c + k * i) for i in range(n)]
    return nn.Sequential(*layers, norm(c + k * n), nn.ReLU(inplace=True), mean(1), nn.Flatten())


class Siamese(nn.Module):
    """Two images through one DenseNet."""

    def __init__(self):
        super().__init__()
        self.look = trunk(1, 12, 4, 2)
        self.head = nn.Sequential(nn.Linear(2 * 84, 64), nn.ReLU(inplace=True), nn.Linear(64, 1), nn.Sigmoid())

    def forward(self, left, right):
        return self.head(torch.cat([self.look(left), self.look(right)], 1))


class Multimodal(nn.Module):
    """Two images through one DenseNet, and a signal through another; it returns the first of the answers."""

    def __init__(self):
        super().__init__()
        self.look, self.listen = trunk(1, 12, 4, 2), trunk(2, 12, 4, 1)
        self.joint = nn.Sequential(nn.Linear(3 * 84, 64), nn.ReLU(inplace=True))
        self.same, self.kind = nn.Linear(64, 1), nn.Linear(64, 5)

    def forward(self, left, right, ecg):
        joint = self.joint(torch.cat([self.look(left), self.look(right), self.listen(ecg)], 1))
        self.kind(joint)
        return self.same(joint).sigmoid()


def main():
    for name in ["resnet18", "resnet50"]:
        torchvision(name)
    for name in ["resnet34", "resnet101", "resnet152", "resnext101_32x8d", "vgg16"]:
        torchvision(name, small=None)
    torchvision("resnext50_32x4d")
    network("se_resnet50", lambda: timm.create_model("seresnet50"), "timm.create_model('seresnet50')", IMAGE, SMALL)
    torchvision("googlenet", aux_logits=False, init_weights=False)
    torchvision("squeezenet1_0")
    torchvision("squeezenet1_1")
    torchvision("mobilenet_v2")
    network(
        "mobilenet_v2_half",
        lambda: tv.mobilenet_v2(weights=None, width_mult=0.5),
        "torchvision.models.mobilenet_v2(weights=None, width_mult=0.5)",
        IMAGE,
        SMALL,
    )
    torchvision("efficientnet_b0")
    network("densenet264d", lambda: timm.create_model("densenet264d"), "timm.create_model('densenet264d')", IMAGE)
    network("mobilenet_v1", mobilenet_v1, "Howard et al. 2017, table 1", IMAGE, SMALL)
    network("peleenet", peleenet, "Robert-JunWang/PeleeNet", IMAGE, SMALL)
    for n in (3, 9, 18, 200):
        depth = 6 * n + 2
        small = CIFAR if n in (3, 18) else None
        source = f"He et al. 2016, {depth} layers, "
        network(f"resnet{depth}_cifar", lambda: cifar_resnet(n, "A"), source + "option A", CIFAR, small)
        network(f"resnet{depth}_cifar_projected", lambda: cifar_resnet(n, "B"), source + "option B", CIFAR, small)
        if n >= 18:
            network(
                f"resnet{depth}_stochastic",
                lambda: cifar_resnet(n, "pooled", 0.5),
                f"Huang et al. 2016, {depth} layers, last survival 0.5",
                CIFAR,
                small,
            )
        if n != 9:
            source = f"He et al. 2016 (identity mappings), {depth} layers"
            network(f"preresnet{depth}", lambda: preresnet(n), source, CIFAR, small)
    network("unet", lambda: UNet(64, 4, 1, 2, False, valid=True), "Ronneberger et al. 2015", [1, 572, 572], [1, 188, 188])
    network("unet2d", lambda: UNet(64, 4, 1, 2, False), "the same, padded", [1, 48, 48])
    network("unet2d_bn", lambda: UNet(64, 4, 1, 2, True), "the same, padded, with norms", [1, 48, 48], [1, 48, 32])
    network("unet3d", lambda: UNet(16, 3, 1, 4, True, rank=3), "the same for volumes", [1, 32, 32, 32], [1, 8, 16, 24])
    for name, k, layers in [
        ("fc_densenet56", 12, [4] * 11),
        ("fc_densenet67", 16, [5] * 11),
        ("fc_densenet103", 16, [4, 5, 7, 10, 12, 15, 12, 10, 7, 5, 4]),
    ]:
        network(name, lambda: Tiramisu(k, layers, 11), "SimJeg/FC-DenseNet", [3, 224, 224], [3, 32, 64])
    network("siamese", Siamese, "two images through one DenseNet", [[1, 64, 64], [1, 64, 64]], [[1, 64, 64], [1, 64, 64]])
    sizes = [[1, 64, 64], [1, 64, 64], [2, 100]]
    network("multimodal", Multimodal, "two images through one DenseNet, a signal through another", sizes, sizes)
    lines = ",\n".join(f"{json.dumps(name)}: {json.dumps(entry)}" for name, entry in networks.items())
    versions = json.dumps({"torch": torch.__version__, "timm": timm.__version__})
    print(f'{{"versions": {versions},\n"networks": {{\n{lines}\n}}}}')


if __name__ == "__main__":
    main()
