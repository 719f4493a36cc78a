"""What tools that count operations say of single operations: writes test/golden/count-probes.json.

Needs torch, fvcore, torchinfo, ptflops, thop and calflops in the versions that src/measure/conventions names:
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


OPERATIONS = {
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


def ptflops(model, backend, **settings):
    from ptflops import get_model_complexity_info

    return get_model_complexity_info(
        model, SHAPE, as_strings=False, print_per_layer_stat=False, backend=backend, **settings
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
    "torch": flop_counter,
    # These have a batch of one of their own.
    "ptflops": lambda model, _: ptflops(model, "pytorch"),
    "ptflops-nofunctional": lambda model, _: ptflops(
        model, "pytorch", backend_specific_config={"count_functional": False}
    ),
    "ptflops-aten": lambda model, _: ptflops(model, "aten"),
}


def counts(model, batch):
    found = {}
    for name, tool in TOOLS.items():
        with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
            found[name] = int(tool(nn.Sequential(model).eval(), torch.randn(batch, *SHAPE)))
    return found


probes = {name: {f"batch{batch}": counts(model, batch) for batch in (1, 2)} for name, model in OPERATIONS.items()}
with open(OUT + ".tmp", "w") as file:
    json.dump({"input": SHAPE, "spelling": "module", "probes": probes}, file, indent=1)
    file.write("\n")
os.replace(OUT + ".tmp", OUT)
