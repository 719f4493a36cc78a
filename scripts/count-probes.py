"""What tools that count operations say of single operations: writes test/golden/count-probes.json.

Needs torch, fvcore, torchinfo, ptflops, thop, calflops and deepspeed in the versions that src/measure/conventions names:
    python3 scripts/count-probes.py
"""
import contextlib
import io
import json
import logging
import os
import sys
import types
import warnings

import torch
from torch import nn
from torch.nn import functional as F

warnings.filterwarnings("ignore")
logging.disable(logging.CRITICAL)
# What calflops brings for language models, which are not counted here, needs packages of their hub.
for name, member in (("calflops.flops_counter_hf", "calculate_flops_hf"), ("calflops.estimate", "create_empty_model")):
    sys.modules[name] = types.ModuleType(name)
    setattr(sys.modules[name], member, None)
sys.modules.setdefault("transformers", types.ModuleType("transformers"))

SHAPE = (6, 10, 12)
OUT = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "test", "golden", "count-probes.json")


class Applied(nn.Module):
    def __init__(self, function):
        super().__init__()
        self.function = function

    def forward(self, x):
        return self.function(x)


class OverChannels(nn.Module):
    def __init__(self):
        super().__init__()
        self.norm = nn.LayerNorm(SHAPE[0])

    def forward(self, x):
        return self.norm(x.permute(0, 2, 3, 1)).permute(0, 3, 1, 2)


MODULES = {
    "relu6": nn.ReLU6(),
    "leakyrelu": nn.LeakyReLU(),
    "prelu": nn.PReLU(SHAPE[0]),
    "elu": nn.ELU(),
    "silu": nn.SiLU(),
    "gelu": nn.GELU(),
    "sigmoid": nn.Sigmoid(),
    "tanh": nn.Tanh(),
    "hardswish": nn.Hardswish(),
    "hardsigmoid": nn.Hardsigmoid(),
    "softmax": nn.Softmax(1),
    "bn (affine=false)": nn.BatchNorm2d(SHAPE[0], affine=False),
    "gn(groups=3)": nn.GroupNorm(3, SHAPE[0]),
    "instancenorm(affine=true)": nn.InstanceNorm2d(SHAPE[0], affine=True),
    "instancenorm": nn.InstanceNorm2d(SHAPE[0]),
    "ln": OverChannels(),
    "lrn": nn.LocalResponseNorm(5),
    "gmp": nn.AdaptiveMaxPool2d(1),
    "avgpool (to=2)": nn.AdaptiveAvgPool2d(2),
    "shuffle(groups=3)": nn.ChannelShuffle(3),
    "mul(it, x)": Applied(lambda x: x * x),
    "gate < gap >": Applied(lambda x: x * x.mean((2, 3), keepdim=True)),
    "sub(it, x)": Applied(lambda x: x - x),
    "max(it, x)": Applied(lambda x: torch.maximum(x, x)),
}

# Looked up when called: some tools put others in their place.
FUNCTIONS = {
    "relu": lambda x: F.relu(x),
    "relu6": lambda x: F.relu6(x),
    "leakyrelu": lambda x: F.leaky_relu(x),
    "elu": lambda x: F.elu(x),
    "silu": lambda x: F.silu(x),
    "gelu": lambda x: F.gelu(x),
    "sigmoid": lambda x: torch.sigmoid(x),
    "tanh": lambda x: torch.tanh(x),
    "hardswish": lambda x: F.hardswish(x),
    "hardsigmoid": lambda x: F.hardsigmoid(x),
    "softmax": lambda x: F.softmax(x, 1),
    "lrn": lambda x: F.local_response_norm(x, 5),
    "gap": lambda x: F.adaptive_avg_pool2d(x, 1),
    "gmp": lambda x: F.adaptive_max_pool2d(x, 1),
    "avgpool (to=2)": lambda x: F.adaptive_avg_pool2d(x, 2),
    "upsample 2": lambda x: F.interpolate(x, scale_factor=2),
    "upsample 2 (mode=bilinear)": lambda x: F.interpolate(x, scale_factor=2, mode="bilinear"),
}

METHODS = {
    "relu": torch.Tensor.relu,
    "sigmoid": torch.Tensor.sigmoid,
    "tanh": torch.Tensor.tanh,
    "softmax": lambda x: x.softmax(1),
    "gap": lambda x: x.mean((2, 3)),
}

OF_SIGNALS = {
    "conv 3 -> 8": nn.Conv1d(6, 8, 3, padding=1),
    "conv 3 (groups=2, dilation=2) -> 8": nn.Conv1d(6, 8, 3, padding=2, dilation=2, groups=2),
    "upconv 4 (pad=1) /2 -> 8": nn.ConvTranspose1d(6, 8, 4, 2, 1),
    "bn": nn.BatchNorm1d(6),
    "instancenorm(affine=true)": nn.InstanceNorm1d(6, affine=True),
    "maxpool 2": nn.MaxPool1d(2),
    "avgpool 2": nn.AvgPool1d(2),
    "avgpool (to=2)": nn.AdaptiveAvgPool1d(2),
    "gap": nn.AdaptiveAvgPool1d(1),
    "gmp": nn.AdaptiveMaxPool1d(1),
    "upsample 2": nn.Upsample(scale_factor=2),
    "upsample 2 (mode=bilinear)": nn.Upsample(scale_factor=2, mode="linear"),
    "lrn (size=4)": nn.LocalResponseNorm(4),
}

OF_VOLUMES = {
    "conv 3 -> 8": nn.Conv3d(6, 8, 3, padding=1),
    "upconv 2 (groups=2) -> 8": nn.ConvTranspose3d(6, 8, 2, 2, groups=2),
    "upconv 2 (groups=6) -> 6": nn.ConvTranspose3d(6, 6, 2, 2, groups=6),
    "bn": nn.BatchNorm3d(6),
    "instancenorm(affine=true)": nn.InstanceNorm3d(6, affine=True),
    "maxpool 2": nn.MaxPool3d(2),
    "avgpool 2": nn.AvgPool3d(2),
    "avgpool (to=2)": nn.AdaptiveAvgPool3d(2),
    "gap": nn.AdaptiveAvgPool3d(1),
    "gmp": nn.AdaptiveMaxPool3d(1),
    "upsample 2": nn.Upsample(scale_factor=2),
    "upsample 2 (mode=bilinear)": nn.Upsample(scale_factor=2, mode="trilinear"),
}


def ptflops(model, shape, backend, **settings):
    from ptflops import get_model_complexity_info

    return get_model_complexity_info(
        model, shape, as_strings=False, print_per_layer_stat=False, backend=backend, **settings
    )[0]


def fvcore(model, x):
    from fvcore.nn import FlopCountAnalysis

    return FlopCountAnalysis(model, x).total()


def thop(model, x):
    from thop import profile

    return profile(model, inputs=(x,), verbose=False)[0]


def torchinfo(model, x):
    from torchinfo import summary

    return summary(model, input_data=x, verbose=0).total_mult_adds


def calflops(model, x):
    from calflops import calculate_flops

    # It asks the first parameter for its device.
    model.register_parameter("unused", nn.Parameter(torch.zeros(1)))
    return calculate_flops(model, input_shape=tuple(x.shape), print_results=False, output_as_string=False)[0]


def deepspeed(model, x):
    from deepspeed.profiling.flops_profiler import get_model_profile

    return get_model_profile(model, args=[x], print_profile=False, detailed=False, as_string=False)[0]


def flop_counter(model, x):
    from torch.utils.flop_counter import FlopCounterMode

    with FlopCounterMode(display=False) as counter:
        model(x)
    return counter.get_total_flops()


TOOLS = {
    "fvcore": fvcore,
    "thop": thop,
    "torchinfo": torchinfo,
    "calflops": calflops,
    "deepspeed": deepspeed,
    "torch": flop_counter,
    # These have a batch of one of their own.
    "ptflops": lambda model, x: ptflops(model, tuple(x.shape[1:]), "pytorch"),
    "ptflops-nofunctional": lambda model, x: ptflops(
        model, tuple(x.shape[1:]), "pytorch", backend_specific_config={"count_functional": False}
    ),
    "ptflops-aten": lambda model, x: ptflops(model, tuple(x.shape[1:]), "aten"),
}


def counts(model, shape, batch):
    found = {}
    for name, tool in TOOLS.items():
        with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
            found[name] = int(tool(nn.Sequential(model).eval(), torch.randn(batch, *shape)))
    return found


def probes(spelling, shape, operations):
    found = {}
    for name, operation in operations.items():
        model = operation if isinstance(operation, nn.Module) else Applied(operation)
        found[name] = {f"batch{batch}": counts(model, shape, batch) for batch in (1, 2)}
    return {"spelling": spelling, "input": shape, "probes": found}


groups = [
    probes("module", SHAPE, MODULES),
    probes("function", SHAPE, FUNCTIONS),
    probes("method", SHAPE, METHODS),
    probes("module", (6, 20), OF_SIGNALS),
    probes("module", (6, 4, 6, 8), OF_VOLUMES),
]
with open(OUT + ".tmp", "w") as file:
    json.dump({"groups": groups}, file, indent=1)
    file.write("\n")
os.replace(OUT + ".tmp", OUT)
