"""Writes test/golden/torch-ops.json: what PyTorch computes, in float64, for calls of each stage.

Usage: python scripts/torch-ops.py > test/golden/torch-ops.json   (needs torch; any recent version)

A case is a call as the language makes it (kernel, stride, channels, arguments), the shapes of its inputs with the
batch, and the result. Inputs and weights are not stored: element e of tensor number t is 2u(1000 * t + e) - 1 with u of
src/weights/hash.ts; t counts the inputs from 0 and the weights, in PyTorch's order, from 10. Variances are 0.5 + u.
Where a case has a `factor`, its inputs are multiplied by it.
"""
import json
import sys

import torch
import torch.nn.functional as F

torch.set_default_dtype(torch.float64)


def uniform(index):
    mask = 0xFFFFFFFF
    h = (index + 1) * 0x9E3779B1 & mask
    h = (h ^ h >> 16) * 0x85EBCA6B & mask
    h = (h ^ h >> 13) * 0xC2B2AE35 & mask
    return (h ^ h >> 16) / 2**32


def tensor(number, shape, low=-1.0, high=1.0):
    count = torch.Size(shape).numel()
    values = [low + (high - low) * uniform(1000 * number + e) for e in range(count)]
    return torch.tensor(values).reshape(shape)


cases = []


def case(name, op, inputs, result, factor=None, **call):
    call.setdefault("arguments", {})
    scaled = {} if factor is None else {"factor": factor}
    cases.append(
        {
            "name": name,
            "op": op,
            "inputs": [list(x.shape) for x in inputs],
            **scaled,
            "call": call,
            "output": {"shape": list(result.shape), "data": result.reshape(-1).tolist()},
        }
    )


def padded(x, pairs, value):
    """Pads the last axes by (before, after) pairs, first spatial axis first."""
    flat = [amount for pair in reversed(pairs) for amount in pair]
    return F.pad(x, flat, value=value)


def describe(**options):
    return ", ".join(f"{key} {value}" for key, value in options.items() if value is not None)


def convolution(sizes, kernel, channels=(2, 3), stride=None, dilation=None, pad=None, bias=False, groups=None):
    rank = len(sizes)
    x = tensor(0, [2, channels[0], *sizes])
    w = tensor(10, [channels[1], channels[0] // (groups or 1), *kernel])
    b = tensor(11, [channels[1]]) if bias else None
    d = dilation or [1] * rank
    # Rule R8: floor(dilation * (K - 1) / 2) on both sides.
    pairs = pad or [[d[i] * (kernel[i] - 1) // 2] * 2 for i in range(rank)]
    y = [F.conv1d, F.conv2d, F.conv3d][rank - 1](padded(x, pairs, 0), w, b, stride or 1, 0, d, groups or 1)
    arguments = {"bias": bias, "dilation": dilation, "pad": pad, "groups": groups}
    case(
        f"conv {kernel} on {sizes} "
        + describe(stride=stride, dilation=dilation, pad=pad, bias=bias or None, groups=groups),
        "conv",
        [x],
        y,
        kernel=kernel,
        channels=channels[1],
        arguments={k: v for k, v in arguments.items() if v is not None},
        **({"stride": stride} if stride else {}),
    )


def transposed(sizes, kernel=None, channels=(2, 3), stride=None, pad=None, outpad=None, bias=True, groups=1):
    rank = len(sizes)
    k, s = kernel or [2] * rank, stride or [2] * rank
    x = tensor(0, [2, channels[0], *sizes])
    w = tensor(10, [channels[0], channels[1] // groups, *k])
    b = tensor(11, [channels[1]]) if bias else None
    f = [F.conv_transpose1d, F.conv_transpose2d, F.conv_transpose3d][rank - 1]
    if pad is None and outpad is None:
        # Exactly s times the size; PyTorch's output_padding makes the odd row.
        p = [max(0, -((s[i] - k[i]) // 2)) for i in range(rank)]
        o = [2 * p[i] - (k[i] - s[i]) for i in range(rank)]
    else:
        p, o = pad or [0] * rank, outpad or [0] * rank
    if all(o[i] < s[i] for i in range(rank)):
        y = f(x, w, b, s, p, o, groups)
    else:
        # PyTorch takes off both ends alike, so the whole result is cut by hand.
        y = f(x, w, b, s, 0, 0, groups)
        for i in range(rank):
            y = y.narrow(2 + i, p[i], s[i] * sizes[i])
    arguments = {"bias": bias, "pad": pad, "outpad": outpad, "groups": groups}
    case(
        f"upconv {kernel} on {sizes} "
        + describe(stride=stride, pad=pad, outpad=outpad, bias=bias or None, groups=groups),
        "upconv",
        [x],
        y,
        channels=channels[1],
        arguments={key: v for key, v in arguments.items() if v is not None},
        **({"kernel": kernel} if kernel else {}),
        **({"stride": stride} if stride else {}),
    )


def pool(op, sizes, kernel, stride=None, pad=None, ceil=False, count_pad=True):
    rank = len(sizes)
    x = tensor(0, [1, 2, *sizes])
    overlaps = [stride is not None and stride[i] < kernel[i] for i in range(rank)]
    symmetric = pad or [(kernel[i] - 1) // 2 if overlaps[i] else 0 for i in range(rank)]
    if op == "maxpool":
        f = [F.max_pool1d, F.max_pool2d, F.max_pool3d][rank - 1]
        y = f(x, kernel, stride, symmetric, ceil_mode=ceil)
    else:
        f = [F.avg_pool1d, F.avg_pool2d, F.avg_pool3d][rank - 1]
        y = f(x, kernel, stride, symmetric, ceil, count_pad)
    arguments = {}
    if pad:
        arguments["pad"] = [[p, p] for p in pad]
    if ceil:
        arguments["ceil"] = True
    if not count_pad:
        arguments["count_pad"] = False
    case(
        f"{op} {kernel} on {sizes} " + describe(stride=stride, **arguments),
        op,
        [x],
        y,
        kernel=kernel,
        arguments=arguments,
        **({"stride": stride} if stride else {}),
    )


# Convolutions: ranks, odd sizes, even kernels, strides, dilations, asymmetric padding.
convolution([9], [3])
convolution([9], [4])
convolution([10], [5], stride=[3], bias=True)
convolution([11], [3], dilation=[2], stride=[2])
convolution([8], [3], pad=[[2, 0]])
convolution([6], [1], stride=[2])
convolution([5, 7], [3, 3])
convolution([5, 7], [1, 1], channels=(5, 4), bias=True)
convolution([7, 6], [3, 2], stride=[2, 1], bias=True)
convolution([7, 9], [7, 7], channels=(3, 2), stride=[2, 2])
convolution([8, 7], [3, 3], dilation=[2, 3])
convolution([6, 6], [3, 3], stride=[2, 2], pad=[[0, 1], [0, 1]])
convolution([5, 6], [2, 4], stride=[1, 3], pad=[[1, 2], [0, 1]])
convolution([6, 5], [3, 3], pad=[[0, 0], [0, 0]], bias=True)
convolution([3, 4, 5], [3, 3, 3], bias=True)
convolution([5, 4, 6], [1, 3, 2], stride=[2, 1, 2])
convolution([4, 5, 4], [2, 3, 2], dilation=[2, 1, 3], pad=[[1, 0], [1, 1], [2, 1]])

# Convolutions in groups: as many outputs, more, fewer; one channel a group; a multiplier.
convolution([9], [3], channels=(6, 6), groups=3)
convolution([9], [2], channels=(4, 8), groups=4, stride=[2], bias=True)
convolution([5, 7], [3, 3], channels=(6, 4), groups=2, stride=[2, 2])
convolution([7, 6], [3, 2], channels=(3, 3), groups=3, dilation=[2, 1], bias=True)
convolution([6, 5], [3, 3], channels=(3, 6), groups=3, stride=[2, 1], pad=[[1, 2], [0, 1]])
convolution([3, 4, 5], [2, 3, 2], channels=(4, 6), groups=2)
convolution([4, 3, 4], [3, 3, 3], channels=(2, 4), groups=2, stride=[1, 2, 1], bias=True)

# Transposed convolutions: exact multiples by default, written paddings, windows smaller than the stride.
transposed([5])
transposed([5], [3])
transposed([4], [1], stride=[3], bias=False)
transposed([5], [4], stride=[3], pad=[0])
transposed([6], [5], stride=[2], pad=[2], outpad=[1])
transposed([3, 4])
transposed([3, 5], [3, 3])
transposed([4, 3], [4, 4])
transposed([3, 4], [3, 2], stride=[1, 3])
transposed([5], [2], stride=[1])
transposed([4, 5], [4, 2], stride=[1, 1], channels=(4, 6), groups=2)
transposed([3, 4], [2, 4], stride=[1, 2], bias=False)
transposed([3, 2, 4], [2, 3, 6], stride=[1, 2, 1])
transposed([3, 3], [5, 3], stride=[3, 2], outpad=[2, 1], channels=(4, 2))
transposed([3, 4], [3, 3], channels=(4, 6), groups=2)
transposed([3, 3], [4, 4], channels=(3, 3), groups=3, bias=False)
transposed([2, 3, 2])
transposed([3, 2, 3], [3, 3, 3], channels=(4, 4), groups=2)
transposed([2, 3, 3], [3, 4, 2], stride=[2, 1, 2], pad=[1, 2, 0])

# Pools: the default padding, written padding, ceil mode with and without a window that starts in the padding.
for kind in ("maxpool", "avgpool"):
    pool(kind, [9], [2])
    pool(kind, [9], [2], ceil=True)
    pool(kind, [8], [3], stride=[2])
    pool(kind, [6], [3], stride=[2], ceil=True)
    pool(kind, [6], [2], stride=[3], pad=[1], ceil=True)
    pool(kind, [5], [2], stride=[2], pad=[1], ceil=True)
    pool(kind, [7, 7], [3, 3], stride=[1, 1])
    pool(kind, [7, 8], [3, 3], stride=[2, 2])
    pool(kind, [7, 8], [3, 2], stride=[2, 3], pad=[1, 0], ceil=True)
    pool(kind, [6, 6], [3, 3], stride=[2, 2], pad=[1, 1], ceil=True)
    pool(kind, [10, 7], [4, 3], stride=[4, 3], pad=[2, 1], ceil=True)
    pool(kind, [5, 6, 7], [2, 2, 2])
    pool(kind, [5, 4, 6], [3, 2, 3], stride=[2, 1, 2])
    pool(kind, [5, 6, 4], [2, 3, 3], stride=[2, 2, 2], pad=[1, 1, 1], ceil=True)
pool("avgpool", [8], [3], stride=[2], count_pad=False)
pool("avgpool", [7, 8], [3, 3], stride=[1, 2], count_pad=False)
pool("avgpool", [6, 6], [3, 3], stride=[2, 2], pad=[1, 1], ceil=True, count_pad=False)
pool("avgpool", [5, 6, 4], [2, 3, 3], stride=[2, 2, 2], pad=[1, 1, 1], ceil=True, count_pad=False)

for sizes in ([5], [3, 4], [2, 3, 2]):
    x = tensor(0, [2, 3, *sizes])
    axes = list(range(2, 2 + len(sizes)))
    case(f"gap on {sizes}", "gap", [x], x.mean(axes))
    case(f"gmp on {sizes}", "gmp", [x], x.amax(axes))
    case(f"flatten on {sizes}", "flatten", [x], x.flatten(1))

for sizes in ([], [5], [3, 4], [2, 3, 2]):
    x = tensor(0, [2, 3, *sizes])
    w, b, mean, variance = (tensor(10, [3]), tensor(11, [3]), tensor(12, [3]), tensor(13, [3], 0.5, 1.5))
    case(f"bn on {sizes}", "bn", [x], F.batch_norm(x, mean, variance, w, b, eps=1e-5))
    # Beyond the 6 at which some activations are cut.
    wide = 8 * x
    for name, activation in {
        "relu": F.relu,
        "relu6": F.relu6,
        "leakyrelu": F.leaky_relu,
        "elu": F.elu,
        "silu": F.silu,
        "gelu": F.gelu,
        "sigmoid": torch.sigmoid,
        "tanh": torch.tanh,
        "hardswish": F.hardswish,
        "hardsigmoid": F.hardsigmoid,
    }.items():
        case(f"{name} on {sizes}", name, [x], activation(wide), factor=8)
    case(f"prelu on {sizes}", "prelu", [x], F.prelu(x, w))
    case(f"prelu with one slope on {sizes}", "prelu", [x], F.prelu(x, w[:1]), arguments={"single": True})
    normal = F.layer_norm(x.movedim(1, -1), [3], w, b, 1e-5).movedim(-1, 1)
    case(f"ln on {sizes}", "ln", [x], normal)
    for size in (1, 2, 3, 4, 5):
        # PyTorch wants at least one axis of positions.
        response = F.local_response_norm(x.reshape(2, 3, -1), size, 0.5, 0.75, 2).reshape(x.shape)
        arguments = {"size": size, "alpha": 0.5, "k": 2}
        case(f"lrn over {size} channels on {sizes}", "lrn", [x], response, arguments=arguments)
    split, v, c = tensor(0, [2, 6, *sizes]), tensor(10, [6]), tensor(11, [6])
    for groups in (1, 2, 6):
        grouped = F.group_norm(split, groups, v, c, 0.01)
        arguments = {"groups": groups, "eps": 0.01}
        case(f"gn in {groups} groups on {sizes}", "gn", [split], grouped, arguments=arguments)
    if sizes:
        case(f"instancenorm on {sizes}", "instancenorm", [x], F.instance_norm(x))
        affine = F.instance_norm(x, weight=w, bias=b)
        case(f"affine instancenorm on {sizes}", "instancenorm", [x], affine, arguments={"affine": True})
    per_channel = [3, *[1] * len(sizes)]
    case(f"scale on {sizes}", "scale", [x], x * w.reshape(per_channel))
    shifted = x * w.reshape(per_channel) + b.reshape(per_channel)
    case(f"scale with bias on {sizes}", "scale", [x], shifted, arguments={"bias": True})
    case(f"droppath on {sizes}", "droppath", [x], 0.8 * x, arguments={"keep": 0.8})
    case(f"softmax on {sizes}", "softmax", [x], F.softmax(x, 1))
    case(f"dropout on {sizes}", "dropout", [x], F.dropout(x, 0.5, training=False))
    case(f"id on {sizes}", "id", [x], x)
    others = [tensor(1, x.shape), tensor(2, x.shape)]
    case(f"add on {sizes}", "add", [x, *others], x + others[0] + others[1])
    product = x * others[0] * others[1]
    case(f"mul on {sizes}", "mul", [x, *others], product)
    case(f"sub on {sizes}", "sub", [x, others[0]], x - others[0])
    case(f"max on {sizes}", "max", [x, *others], torch.maximum(torch.maximum(x, others[0]), others[1]))
    # What squeeze and excitation, the same with its axes kept, spatial attention and a gate of every element give.
    ones = [1 for _ in sizes]
    for factors in [[2, 3], [2, 3, *ones], [2, 1, *sizes], [2, 3, *sizes]]:
        g = tensor(1, factors)
        spread = g.reshape([2, 3, *ones]) if factors == [2, 3] else g
        case(f"gate on {sizes} by {factors}", "gate", [x, g], x * spread)
    wider = [tensor(1, [2, 1, *sizes]), tensor(2, [2, 2, *sizes])]
    case(f"concat on {sizes}", "concat", [x, *wider], torch.cat([x, *wider], 1))

x = tensor(0, [3, 3])
mean, variance = tensor(10, [3]), tensor(11, [3], 0.5, 1.5)
case(
    "bn without scale and shift, epsilon 1/100",
    "bn",
    [x],
    F.batch_norm(x, mean, variance, eps=0.01),
    arguments={"affine": False, "eps": 0.01},
)
x = tensor(0, [3, 3])
case("leakyrelu with a slope", "leakyrelu", [x], F.leaky_relu(x, 0.3), arguments={"slope": 0.3})
case("elu with an alpha", "elu", [x], F.elu(x, 0.3), arguments={"alpha": 0.3})
x = tensor(0, [2, 64, 3])
case("gn by default", "gn", [x], F.group_norm(x, 32, tensor(10, [64]), tensor(11, [64])))
case("lrn by default", "lrn", [x], F.local_response_norm(x, 5))

x, w, b = tensor(0, [3, 7]), tensor(10, [4, 7]), tensor(11, [4])
case("linear", "linear", [x], F.linear(x, w, b), channels=4)
case("linear without bias", "linear", [x], F.linear(x, w), channels=4, arguments={"bias": False})


def template(sizes):
    """What a call is told of the value that `to=` names."""
    return {"shape": {"channels": 1, "sizes": sizes}, "input": 1}


MODES = {"nearest": ["nearest"] * 3, "bilinear": ["linear", "bilinear", "trilinear"]}


def upsampled(sizes, factors=None, to=None, mode=None):
    x = tensor(0, [2, 3, *sizes])
    torch_mode = MODES[mode or "nearest"][len(sizes) - 1]
    y = F.interpolate(x, to, factors if to is None else None, torch_mode)
    arguments = {} if mode is None else {"mode": mode}
    where = {"arguments": {**arguments, "to": template(to)}} if to else {"kernel": factors, "arguments": arguments}
    case(f"upsample {sizes} " + describe(by=factors, to=to, mode=mode), "upsample", [x], y, **where)


def padded_by(sizes, by, mode):
    x = tensor(0, [2, 2, *sizes])
    flat = [amount for pair in reversed(by) for amount in pair]
    y = F.pad(x, flat, {"zero": "constant", "edge": "replicate"}.get(mode, mode))
    case(f"pad {sizes} by {by} with {mode}", "pad", [x], y, arguments={"by": by, "mode": mode})


def cropped(sizes, to):
    x = tensor(0, [2, 2, *sizes])
    y = x
    for axis, size in enumerate(to):
        y = y.narrow(axis + 2, (sizes[axis] - size) // 2, size)
    case(f"crop {sizes} to {to}", "crop", [x], y, arguments={"to": template(to)})


def adaptive(sizes, to):
    x = tensor(0, [2, 2, *sizes])
    f = [F.adaptive_avg_pool1d, F.adaptive_avg_pool2d, F.adaptive_avg_pool3d][len(sizes) - 1]
    case(f"avgpool {sizes} to {to}", "avgpool", [x], f(x, to), arguments={"to": to})


# Resizing: ranks, odd sizes, factors per axis, sizes that are larger, smaller and equal.
for mode in ("nearest", "bilinear"):
    for sizes, factors in (([5], [2]), ([4], [3]), ([3, 4], [2, 2]), ([1, 5], [4, 1]), ([2, 3, 2], [2, 3, 1])):
        upsampled(sizes, factors, mode=mode)
    for sizes, to in (
        ([5], [12]),
        ([7], [3]),
        ([1], [4]),
        ([3, 5], [7, 9]),
        ([4, 6], [4, 11]),
        ([5, 7], [3, 14]),
        ([2, 3, 4], [5, 3, 6]),
        ([3, 2, 5], [2, 7, 5]),
    ):
        upsampled(sizes, to=to, mode=mode)
upsampled([3, 4], [2, 2])

for mode in ("zero", "reflect", "edge"):
    padded_by([5], [[2, 1]], mode)
    padded_by([4, 5], [[1, 1], [0, 3]], mode)
    padded_by([3, 4, 3], [[2, 0], [1, 3], [0, 1]], mode)
padded_by([2, 1], [[3, 0], [0, 5]], "edge")

cropped([7], [4])
cropped([6, 5], [6, 2])
cropped([5, 4, 6], [2, 3, 1])

for sizes, to in (
    ([8], [4]),
    ([10], [7]),
    ([4], [3]),
    ([2], [5]),
    ([7], [1]),
    ([6, 9], [3, 3]),
    ([7, 5], [3, 4]),
    ([2, 8], [3, 5]),
    ([1, 1], [2, 3]),
    ([4, 5, 6], [2, 3, 4]),
    ([3, 2, 5], [4, 1, 3]),
):
    adaptive(sizes, to)

for sizes in ([], [5], [3, 4], [2, 3, 2]):
    x = tensor(0, [2, 6, *sizes])
    for wanted, before in ((6, 0), (9, 1)):
        for side, first in (("after", 0), ("both", before)):
            y = F.pad(x, [0, 0] * len(sizes) + [first, wanted - 6 - first])
            name = f"chpad {side} to {wanted} on {sizes}"
            case(name, "chpad", [x], y, channels=wanted, arguments={"side": side})
    case(f"slice on {sizes}", "slice", [x], x[:, 1:4], arguments={"start": 1, "stop": 4})
    for groups in (1, 2, 3, 6):
        # PyTorch wants at least one axis of positions.
        y = F.channel_shuffle(x.reshape(2, 6, -1), groups).reshape(x.shape)
        case(f"shuffle in {groups} groups on {sizes}", "shuffle", [x], y, arguments={"groups": groups})

json.dump({"format": 1, "torch": torch.__version__.split("+")[0], "cases": cases}, sys.stdout, separators=(",", ":"))
