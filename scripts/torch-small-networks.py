"""Small networks that are nobody's, each with what others lack: what torch-costs.py measures of them is held against the
specs of the same names in test/report/unseen.dn."""
import torch
from torch import nn
from torch.nn import functional as F


class Shortcut(nn.Module):
    """x + f(x)."""

    def __init__(self, *layers):
        super().__init__()
        self.body = nn.Sequential(*layers)

    def forward(self, x):
        return x + self.body(x)


class Gate(nn.Module):
    """x * f(x)."""

    def __init__(self, *layers):
        super().__init__()
        self.body = nn.Sequential(*layers)

    def forward(self, x):
        return x * self.body(x)


class Joined(nn.Module):
    def __init__(self, *branches):
        super().__init__()
        self.branches = nn.ModuleList(branches)

    def forward(self, x):
        return torch.cat([branch(x) for branch in self.branches], 1)


def grouped_dilated():
    return nn.Sequential(
        nn.Conv2d(4, 16, 3, padding=2, dilation=2, groups=2),
        nn.BatchNorm2d(16),
        nn.ReLU(inplace=True),
        nn.ZeroPad2d((0, 1, 1, 2)),
        nn.Conv2d(16, 24, 3, groups=4),
        nn.ReLU(inplace=True),
        nn.Conv2d(24, 24, (1, 5), (1, 2), (0, 2), bias=False),
        nn.Conv2d(24, 12, (5, 1), (2, 1), (4, 0), dilation=(2, 1), groups=12, bias=False),
        nn.BatchNorm2d(12),
        nn.ReLU(inplace=True),
        nn.Flatten(),
        nn.Linear(12 * 11 * 11, 7),
    )


def even_windows():
    """`padding="same"` with windows of even sizes: one more row after than before."""
    return nn.Sequential(
        nn.Conv2d(3, 8, 4, padding="same"),
        nn.ReLU(inplace=True),
        nn.Conv2d(8, 8, (2, 3), padding="same", bias=False),
        nn.BatchNorm2d(8),
        nn.ReLU(inplace=True),
        nn.Conv2d(8, 5, 1),
    )


def transposed():
    return nn.Sequential(
        nn.Conv2d(3, 16, 3, 2, 1, bias=False),
        nn.BatchNorm2d(16),
        nn.ReLU(inplace=True),
        nn.Conv2d(16, 32, 4, 2, 1),
        nn.LeakyReLU(0.2, inplace=True),
        nn.ConvTranspose2d(32, 16, 4, 2, 1, bias=False),
        nn.BatchNorm2d(16),
        nn.ReLU(inplace=True),
        nn.ConvTranspose2d(16, 12, 3, 2, 1, 1, groups=4),
        nn.Tanh(),
        nn.ConvTranspose2d(12, 3, (2, 3), (2, 3)),
        nn.Sigmoid(),
    )


def ceiled():
    return nn.Sequential(
        nn.Conv2d(3, 8, 3),
        nn.ReLU(inplace=True),
        nn.MaxPool2d(3, 2, ceil_mode=True),
        nn.Conv2d(8, 12, 3, padding=1, bias=False),
        nn.BatchNorm2d(12),
        nn.ReLU(inplace=True),
        nn.AvgPool2d(2, ceil_mode=True),
        nn.Conv2d(12, 12, 1),
        nn.ReLU(inplace=True),
        nn.AvgPool2d(3, 2, 1, ceil_mode=True, count_include_pad=False),
        nn.AdaptiveAvgPool2d((3, 2)),
        nn.Flatten(),
        nn.Linear(72, 10),
    )


def signal():
    def unit(inputs, c, size, s=1):
        convolution = nn.Conv1d(inputs, c, size, s, size // 2, bias=False)
        return [convolution, nn.BatchNorm1d(c), nn.LeakyReLU(0.01, inplace=True)]

    return nn.Sequential(
        *unit(2, 16, 15, 2),
        nn.MaxPool1d(3, 2, 1),
        *unit(16, 32, 7),
        nn.AvgPool1d(2),
        *unit(32, 64, 3),
        nn.Conv1d(64, 64, 9, padding=8, dilation=2, groups=64),
        nn.AdaptiveAvgPool1d(1),
        nn.Flatten(),
        nn.Linear(64, 5),
        nn.Softmax(1),
    )


def volume():
    return nn.Sequential(
        nn.Conv3d(1, 8, 3, padding=1),
        nn.GroupNorm(4, 8),
        nn.ELU(inplace=True),
        nn.MaxPool3d(2),
        nn.Conv3d(8, 16, (1, 3, 3), padding=(0, 1, 1)),
        nn.GroupNorm(8, 16),
        nn.ELU(inplace=True),
        nn.ConvTranspose3d(16, 8, 2, 2),
        nn.Conv3d(8, 2, 1),
        nn.Softmax(1),
    )


class SqueezedInverted(nn.Module):
    """The block of MobileNetV3."""

    def __init__(self, c, width):
        super().__init__()
        self.wide = nn.Sequential(nn.Conv2d(c, width, 1, bias=False), nn.BatchNorm2d(width), nn.Hardswish(inplace=True))
        self.deep = nn.Sequential(
            nn.Conv2d(width, width, 5, padding=2, groups=width, bias=False),
            nn.BatchNorm2d(width),
            nn.Hardswish(inplace=True),
            Gate(
                nn.AdaptiveAvgPool2d(1),
                nn.Conv2d(width, width // 4, 1),
                nn.ReLU(inplace=True),
                nn.Conv2d(width // 4, width, 1),
                nn.Hardsigmoid(inplace=True),
            ),
        )
        self.narrow = nn.Sequential(nn.Conv2d(width, c, 1, bias=False), nn.BatchNorm2d(c))

    def forward(self, x):
        return x + self.narrow(self.deep(self.wide(x)))


def squeezed():
    return nn.Sequential(
        nn.Conv2d(3, 16, 3, 2, 1, bias=False),
        nn.BatchNorm2d(16),
        nn.Hardswish(inplace=True),
        SqueezedInverted(16, 64),
        SqueezedInverted(16, 72),
        nn.Conv2d(16, 32, 1, bias=False),
        nn.BatchNorm2d(32),
        nn.ReLU6(inplace=True),
        nn.AdaptiveAvgPool2d(1),
        nn.Flatten(),
        nn.Linear(32, 40),
        nn.Hardswish(inplace=True),
        nn.Dropout(0.2, inplace=True),
        nn.Linear(40, 9),
    )


class Diffused(nn.Module):
    """A residual block of diffusion models."""

    def __init__(self, inputs, c):
        super().__init__()
        self.first = nn.Sequential(nn.GroupNorm(8, inputs), nn.SiLU(), nn.Conv2d(inputs, c, 3, padding=1))
        self.last = nn.Sequential(nn.GroupNorm(8, c), nn.SiLU(), nn.Dropout(0.1), nn.Conv2d(c, c, 3, padding=1))
        self.shortcut = nn.Identity() if inputs == c else nn.Conv2d(inputs, c, 1)

    def forward(self, x):
        return self.last(self.first(x)) + self.shortcut(x)


def diffused():
    return nn.Sequential(
        nn.Conv2d(3, 32, 3, padding=1),
        Diffused(32, 32),
        nn.Conv2d(32, 32, 3, 2, 1),
        Diffused(32, 64),
        nn.Upsample(scale_factor=2),
        nn.Conv2d(64, 32, 3, padding=1),
        nn.GroupNorm(8, 32),
        nn.SiLU(),
        nn.Conv2d(32, 3, 3, padding=1),
    )


class OverChannels(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.norm = nn.LayerNorm(c)

    def forward(self, x):
        return self.norm(x.permute(0, 2, 3, 1)).permute(0, 3, 1, 2)


def modern():
    """Blocks of ConvNeXt with 1x1 convolutions."""

    def block(c):
        return Shortcut(
            nn.Conv2d(c, c, 7, padding=3, groups=c),
            OverChannels(c),
            nn.Conv2d(c, 4 * c, 1),
            nn.GELU(),
            nn.Conv2d(4 * c, c, 1),
        )

    return nn.Sequential(
        nn.Conv2d(3, 24, 4, 4),
        OverChannels(24),
        block(24),
        block(24),
        OverChannels(24),
        nn.Conv2d(24, 48, 2, 2),
        block(48),
        nn.AdaptiveAvgPool2d(1),
        nn.Flatten(),
        nn.LayerNorm(48),
        nn.Linear(48, 11),
    )


class Pyramid(nn.Module):
    """Features of two sizes, the smaller made larger and added."""

    def __init__(self, mode):
        super().__init__()
        self.mode = mode
        self.fine = nn.Sequential(nn.Conv2d(3, 16, 3, 2, 1, bias=False), nn.BatchNorm2d(16), nn.ReLU(inplace=True))
        self.coarse = nn.Sequential(nn.Conv2d(16, 32, 3, 2, 1, bias=False), nn.BatchNorm2d(32), nn.ReLU(inplace=True))
        self.side, self.top = nn.Conv2d(16, 24, 1), nn.Conv2d(32, 24, 1)
        if mode == "nearest":
            self.up = nn.Upsample(scale_factor=2)
        else:
            self.up = nn.Upsample(scale_factor=2, mode="bilinear", align_corners=False)
        self.last = nn.Conv2d(24, 5, 3, padding=1)

    def forward(self, x):
        fine = self.fine(x)
        return self.last(self.side(fine) + self.up(self.top(self.coarse(fine))))


class Compared(nn.Module):
    """Two images through one network; their difference and their product are judged."""

    def __init__(self):
        super().__init__()
        self.look = nn.Sequential(
            nn.Conv2d(1, 12, 5, 2, 2),
            nn.ReLU(inplace=True),
            nn.MaxPool2d(2),
            nn.Conv2d(12, 24, 3, padding=1),
            nn.ReLU(inplace=True),
            nn.AdaptiveAvgPool2d(1),
            nn.Flatten(),
        )
        self.head = nn.Sequential(nn.Linear(48, 16), nn.ReLU(inplace=True), nn.Linear(16, 1), nn.Sigmoid())

    def forward(self, left, right):
        left, right = self.look(left), self.look(right)
        return self.head(torch.cat([left - right, left * right], 1))


def restored():
    """Instance norms, learnt slopes, mirrored edges."""
    return nn.Sequential(
        nn.ReflectionPad2d(3),
        nn.Conv2d(3, 16, 7),
        nn.InstanceNorm2d(16, affine=True),
        nn.PReLU(16),
        Shortcut(
            nn.ReflectionPad2d(1),
            nn.Conv2d(16, 16, 3, bias=False),
            nn.InstanceNorm2d(16),
            nn.PReLU(),
            nn.Conv2d(16, 16, 3, padding=1, padding_mode="zeros", bias=False),
            nn.InstanceNorm2d(16),
        ),
        nn.Conv2d(16, 3, 3, padding=1),
        nn.Tanh(),
    )


class Shuffled(nn.Module):
    """ShuffleNet's unit that halves the sizes: grouped 1x1 convolutions, channels shuffled, a pool beside them."""

    def __init__(self, inputs, c, groups):
        super().__init__()
        narrow = c // 4
        self.body = nn.Sequential(
            nn.Conv2d(inputs, narrow, 1, groups=groups, bias=False),
            nn.BatchNorm2d(narrow),
            nn.ReLU(inplace=True),
            nn.ChannelShuffle(groups),
            nn.Conv2d(narrow, narrow, 3, 2, 1, groups=narrow, bias=False),
            nn.BatchNorm2d(narrow),
            nn.Conv2d(narrow, c - inputs, 1, groups=groups, bias=False),
            nn.BatchNorm2d(c - inputs),
        )
        self.pool, self.relu = nn.AvgPool2d(3, 2, 1), nn.ReLU(inplace=True)

    def forward(self, x):
        return self.relu(torch.cat([self.pool(x), self.body(x)], 1))


def shuffled():
    return nn.Sequential(
        nn.Conv2d(3, 24, 3, 2, 1, bias=False),
        nn.BatchNorm2d(24),
        nn.ReLU(inplace=True),
        Shuffled(24, 72, 3),
        Shuffled(72, 168, 3),
        nn.AdaptiveMaxPool2d(1),
        nn.Flatten(),
        nn.Linear(168, 10),
    )


def factored():
    """Branches of Inception with windows of one row or one column."""

    def unit(inputs, c, size, s=1):
        padding = tuple(each // 2 for each in size)
        return [nn.Conv2d(inputs, c, size, s, padding, bias=False), nn.BatchNorm2d(c, eps=0.001), nn.ReLU(inplace=True)]

    return nn.Sequential(
        *unit(3, 16, (3, 3), 2),
        Joined(
            nn.Sequential(*unit(16, 16, (1, 1))),
            nn.Sequential(*unit(16, 12, (1, 1)), *unit(12, 12, (1, 7)), *unit(12, 16, (7, 1))),
            nn.Sequential(nn.AvgPool2d(3, 1, 1), *unit(16, 8, (1, 1))),
            nn.Sequential(nn.MaxPool2d(3, 1, 1), *unit(16, 8, (1, 1))),
        ),
        Joined(
            nn.Sequential(*unit(48, 24, (3, 3), 2)),
            nn.Sequential(*unit(48, 16, (1, 1)), *unit(16, 24, (3, 3), (2, 2))),
            nn.MaxPool2d(3, 2, 1),
        ),
        nn.AdaptiveAvgPool2d(1),
        nn.Flatten(),
        nn.Dropout(0.5),
        nn.Linear(96, 10),
    )


def perceptron():
    return nn.Sequential(
        nn.Flatten(),
        nn.Linear(784, 128, bias=False),
        nn.BatchNorm1d(128),
        nn.ELU(inplace=True),
        nn.Dropout(0.5),
        nn.Linear(128, 64),
        nn.BatchNorm1d(64, affine=False),
        nn.GELU(),
        nn.Linear(64, 10),
    )


class Attended(nn.Module):
    """A map of weights for positions, the larger of two convolutions, and two answers of which the first is returned."""

    def __init__(self):
        super().__init__()
        self.first = nn.Sequential(nn.Conv2d(3, 16, 3, padding=1), nn.ReLU(inplace=True))
        self.gate = Gate(nn.Conv2d(16, 1, 7, padding=3), nn.Sigmoid())
        self.left, self.right = nn.Conv2d(16, 16, 3, padding=1), nn.Conv2d(16, 16, 1)
        self.norm, self.head = nn.LocalResponseNorm(5), nn.Conv2d(16, 4, 1)

    def forward(self, x):
        x = self.gate(self.first(x))
        return self.head(self.norm(torch.maximum(self.left(x), self.right(x))))


class Functional(nn.Module):
    """Functions and methods in place of modules."""

    def __init__(self):
        super().__init__()
        self.conv1, self.bn1 = nn.Conv2d(3, 16, 3, padding=1, bias=False), nn.BatchNorm2d(16)
        self.conv2, self.conv3 = nn.Conv2d(16, 16, 3, padding=1), nn.Conv2d(16, 32, 3, padding=1)
        self.fc1, self.fc2 = nn.Linear(32, 32), nn.Linear(32, 10)

    def forward(self, x):
        x = F.relu(self.bn1(self.conv1(x)), inplace=True)
        x = F.max_pool2d(x, 2)
        x = torch.add(x, F.silu(self.conv2(x)))
        x = F.avg_pool2d(x, 2)
        x = F.interpolate(F.relu(self.conv3(x), inplace=True), scale_factor=2)
        x = x.mean((2, 3))
        return F.softmax(self.fc2(F.relu(self.fc1(x), inplace=True)), 1)


NETWORKS = {
    "grouped_dilated": (grouped_dilated, (4, 20, 22)),
    "even_windows": (even_windows, (3, 14, 18)),
    "transposed": (transposed, (3, 16, 24)),
    "ceiled": (ceiled, (3, 33, 40)),
    "signal": (signal, (2, 400)),
    "volume": (volume, (1, 8, 12, 10)),
    "squeezed": (squeezed, (3, 32, 32)),
    "diffused": (diffused, (3, 16, 20)),
    "modern": (modern, (3, 32, 40)),
    "pyramid_nearest": (lambda: Pyramid("nearest"), (3, 32, 24)),
    "pyramid_bilinear": (lambda: Pyramid("bilinear"), (3, 32, 24)),
    "compared": (Compared, [(1, 28, 28), (1, 28, 28)]),
    "restored": (restored, (3, 20, 16)),
    "shuffled": (shuffled, (3, 32, 32)),
    "factored": (factored, (3, 29, 31)),
    "perceptron": (perceptron, (1, 28, 28)),
    "attended": (Attended, (3, 16, 16)),
    "functional": (Functional, (3, 16, 24)),
}
