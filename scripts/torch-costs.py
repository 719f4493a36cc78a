"""What PyTorch keeps for the backward pass of networks, and what tools count of them: writes test/golden/torch-costs.json.

Needs torch, torchvision, timm, fvcore, torchinfo, ptflops, thop, calflops and deepspeed, in the versions that
src/measure/conventions names:
    python3 scripts/torch-costs.py [NAME…]

Names measure these networks again and leave what the file says of the others.

Kept are the distinct storages that autograd saves in training mode for a batch of two, in float32, without parameters
and running statistics. The peak is that of one sample at inference: what is alive at each operation that PyTorch
dispatches, if every storage is freed after the last operation that reads it. What nothing reads, as the indices of a
max pool, is not counted. The tools count one sample at inference. `spelling` says which calls of an operation, in their
order, are modules, functions or methods of tensors: some tools tell them apart. The networks are those of torchvision
and timm, of torch-networks.py and of torch-small-networks.py; nothing of `dnc` had a part in this.
"""
import contextlib
import importlib.util
import io
import json
import logging
import os
import re
import sys
import types
import warnings

import timm
import torch
import torchvision
import torchvision.models as tv
from torch import nn
from torch.overrides import TorchFunctionMode
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves
from torch.utils.flop_counter import FlopCounterMode

warnings.filterwarnings("ignore")
logging.disable(logging.CRITICAL)
# What calflops brings for language models, which are not counted here, needs packages of their hub.
for name, member in (("calflops.flops_counter_hf", "calculate_flops_hf"), ("calflops.estimate", "create_empty_model")):
    sys.modules[name] = types.ModuleType(name)
    setattr(sys.modules[name], member, None)
sys.modules.setdefault("transformers", types.ModuleType("transformers"))

HERE = os.path.dirname(os.path.abspath(__file__))
OUT = os.path.join(os.path.dirname(HERE), "test", "golden", "torch-costs.json")


def script(name):
    spec = importlib.util.spec_from_file_location(name.replace("-", "_"), os.path.join(HERE, f"{name}.py"))
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    torch.set_default_dtype(torch.float32)
    return module


own, small = script("torch-networks"), script("torch-small-networks")
IMAGE, CIFAR = (3, 224, 224), (3, 32, 32)


def torchvision_network(name, **options):
    return lambda: getattr(tv, name)(weights=None, **options)


# What tools count of these is in conventions.json.
COUNTED = {
    **{
        name: (torchvision_network(name), IMAGE)
        for name in ("densenet121", "densenet161", "densenet169", "densenet201", "resnet18", "resnet50")
    },
    "resnet20_cifar": (lambda: own.cifar_resnet(3, "A"), CIFAR),
    "resnet110_cifar": (lambda: own.cifar_resnet(18, "A"), CIFAR),
    "unet2d": (lambda: own.UNet(64, 4, 1, 2, False), (1, 256, 256)),
    "unet2d_bn": (lambda: own.UNet(64, 4, 1, 2, True), (1, 256, 256)),
    "unet": (lambda: own.UNet(64, 4, 1, 2, False, valid=True), (1, 572, 572)),
}

NETWORKS = {
    **COUNTED,
    **{
        name: (torchvision_network(name), IMAGE)
        for name in (
            "alexnet",
            "vgg11_bn",
            "vgg16",
            "squeezenet1_0",
            "squeezenet1_1",
            "mobilenet_v2",
            "mnasnet1_0",
            "shufflenet_v2_x1_0",
            "efficientnet_b0",
            "resnet101",
            "resnet152",
            "resnext50_32x4d",
        )
    },
    "googlenet": (torchvision_network("googlenet", aux_logits=False, init_weights=False), IMAGE),
    "se_resnet50": (lambda: timm.create_model("seresnet50"), IMAGE),
    "densenet264d": (lambda: timm.create_model("densenet264d"), IMAGE),
    "mobilenet_v1": (own.mobilenet_v1, IMAGE),
    "peleenet": (own.peleenet, IMAGE),
    "preresnet20": (lambda: own.preresnet(3), CIFAR),
    "resnet20_cifar_projected": (lambda: own.cifar_resnet(3, "B"), CIFAR),
    "fc_densenet56": (lambda: own.Tiramisu(12, [4] * 11, 11, drop=0.2), IMAGE),
    "fc_densenet103": (lambda: own.Tiramisu(16, [4, 5, 7, 10, 12, 15, 12, 10, 7, 5, 4], 11, drop=0.2), IMAGE),
    "unet3d": (lambda: own.UNet(16, 3, 1, 4, True, rank=3), (1, 32, 32, 32)),
    **small.NETWORKS,
}


def silently(function):
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        return function()


def kept(net, inputs):
    """Bytes of the distinct storages that autograd saves, without those of parameters and buffers."""
    net.train()
    own_storages = {t.untyped_storage().data_ptr() for t in [*net.parameters(), *net.buffers()]}
    saved = {}

    def pack(t):
        storage = t.untyped_storage()
        # What is kept alive here cannot have its address given to another.
        if storage.data_ptr() not in own_storages:
            saved[storage.data_ptr()] = (storage.nbytes(), t)
        return t

    with torch.autograd.graph.saved_tensors_hooks(pack, lambda t: t):
        out = net(*inputs)
    del out
    return sum(size for size, _ in saved.values())


class Dispatched(TorchDispatchMode):
    """Records the storages that each operation reads and makes, and keeps them, so that no address is used twice."""

    def __init__(self):
        super().__init__()
        self.operations, self.storages = [], {}

    def storage_of(self, tensor):
        storage = tensor.untyped_storage()
        self.storages[storage.data_ptr()] = storage
        return storage.data_ptr()

    def __torch_dispatch__(self, function, _, args=(), kwargs=None):
        out = function(*args, **(kwargs or {}))
        read, made = (
            [self.storage_of(each) for each in tree_leaves(value) if isinstance(each, torch.Tensor)]
            for value in ((args, kwargs), out)
        )
        self.operations.append((read, made))
        return out


def peak(net, inputs):
    net.eval()
    own_storages = {t.untyped_storage().data_ptr() for t in [*net.parameters(), *net.buffers()]}
    with torch.no_grad(), Dispatched() as trace:
        out = net(*inputs)
        ends = {trace.storage_of(out)}
    first, last = {}, {}
    for at, (read, made) in enumerate(trace.operations):
        for storage in read:
            first.setdefault(storage, 0)
            last[storage] = at
        for storage in made:
            first.setdefault(storage, at)
    for storage in ends:
        last[storage] = len(trace.operations)
    alive = [0] * (len(trace.operations) + 1)
    for storage, end in last.items():
        if storage not in own_storages:
            for at in range(first[storage], end + 1):
                alive[at] += trace.storages[storage].nbytes()
    return max(alive)


# Of modules without the rank, of functions and methods without the rank and what makes them work in place.
MODULES = {
    "ReLU": "relu",
    "ReLU6": "relu6",
    "SiLU": "silu",
    "Softmax": "softmax",
    "MaxPool": "maxpool",
    "AvgPool": "avgpool",
    "AdaptiveAvgPool": "avgpool",
    "Upsample": "upsample",
}
FUNCTIONS = {
    "relu": "relu",
    "relu6": "relu6",
    "silu": "silu",
    "softmax": "softmax",
    "max_pool": "maxpool",
    "avg_pool": "avgpool",
    "adaptive_avg_pool": "avgpool",
    "interpolate": "upsample",
    "mean": "gap",
}


class Called(TorchFunctionMode):
    """Records calls of functions and methods, but for those inside modules that are listed themselves."""

    def __init__(self):
        super().__init__()
        self.calls, self.inside = {}, 0

    def record(self, operation, spelling, output):
        if operation is None or self.inside > 0:
            return
        if operation == "avgpool" and all(size == 1 for size in output.shape[2:]):
            operation = "gap"
        calls = self.calls.setdefault(operation, [])
        if calls and calls[-1][0] == spelling:
            calls[-1][1] += 1
        else:
            calls.append([spelling, 1])

    def __torch_function__(self, function, _, args=(), kwargs=None):
        out = function(*args, **(kwargs or {}))
        name = re.sub(r"\dd$", "", getattr(function, "__name__", "").strip("_"))
        if function is torch.add:
            self.record("add", "torch_add", out)
        is_method = getattr(torch.Tensor, getattr(function, "__name__", ""), None) is function
        self.record(FUNCTIONS.get(name), "method" if is_method else "function", out)
        return out


def spelling(net, inputs):
    net.eval()
    called = Called()

    def enter(*_):
        called.inside += 1

    def leave(module, _, output):
        called.inside -= 1
        called.record(kind_of(module), "module", output)

    def kind_of(module):
        return MODULES.get(re.sub(r"\dd$", "", type(module).__name__))

    for module in net.modules():
        if kind_of(module):
            module.register_forward_pre_hook(enter)
            module.register_forward_hook(leave)
    with torch.no_grad(), called:
        net(*inputs)
    return called.calls


class Given(nn.Module):
    """A network of one input that nobody reads, for a tool that knows networks of one input only."""

    def __init__(self, net, inputs):
        super().__init__()
        self.net, self.inputs = net, inputs

    def forward(self, _):
        return self.net(*self.inputs)


def tools(make, inputs):
    import thop
    import torchinfo
    from calflops import calculate_flops
    from deepspeed.profiling.flops_profiler import get_model_profile
    from fvcore.nn import FlopCountAnalysis
    from ptflops import get_model_complexity_info

    def fresh():
        return make().eval()

    with torch.no_grad():
        counter = FlopCounterMode(display=False)
        with counter:
            fresh()(*inputs)
        counts = {
            "torch": counter.get_total_flops(),
            "fvcore": FlopCountAnalysis(fresh(), inputs).unsupported_ops_warnings(False).total(),
            "torchinfo": torchinfo.summary(fresh(), input_data=inputs, verbose=0).total_mult_adds,
            "thop": thop.profile(fresh(), inputs, verbose=False)[0],
            "calflops": calculate_flops(
                fresh(), args=list(inputs), print_results=False, print_detailed=False, output_as_string=False
            )[0],
            "deepspeed": get_model_profile(
                fresh(), args=list(inputs), print_profile=False, detailed=False, as_string=False
            )[0],
        }
        for name, backend in (("ptflops", "pytorch"), ("ptflops-aten", "aten")):
            counts[name], _ = get_model_complexity_info(
                Given(fresh(), inputs),
                (1,),
                as_strings=False,
                print_per_layer_stat=False,
                verbose=False,
                backend=backend,
            )
    return {name: int(count) for name, count in counts.items()}


def measured(name):
    make, shapes = NETWORKS[name]
    shapes = shapes if isinstance(shapes, list) else [shapes]
    torch.manual_seed(0)
    two = [torch.randn(2, *shape) for shape in shapes]
    one = tuple(x[:1].clone() for x in two)
    entry = {
        "inputs": [list(shape) for shape in shapes],
        "params": sum(p.numel() for p in make().parameters()),
        "kept_bytes_batch_2": kept(make(), two),
        "peak_bytes": peak(make(), one),
    }
    if name not in COUNTED:
        entry["spelling"] = spelling(make(), one)
        entry["counts"] = silently(lambda: tools(make, one))
    return entry


def main():
    entries = {}
    if sys.argv[1:]:
        with open(OUT) as file:
            entries = json.load(file)["networks"]
    for name in sys.argv[1:] or NETWORKS:
        entries[name] = measured(name)
        print(name, entries[name], file=sys.stderr)
    lines = ",\n".join(f"  {json.dumps(name)}: {json.dumps(entries[name])}" for name in NETWORKS if name in entries)
    versions = {"torch": torch.__version__, "torchvision": torchvision.__version__, "timm": timm.__version__}
    with open(OUT + ".tmp", "w") as out:
        out.write('{\n"source": "scripts/torch-costs.py",\n')
        out.write(f'"versions": {json.dumps(versions)},\n"networks": {{\n{lines}\n}}\n}}\n')
    os.replace(OUT + ".tmp", OUT)


if __name__ == "__main__":
    main()
