"""What PyTorch keeps for the backward pass of networks, and what tools count of them: writes test/golden/torch-costs.json.

Needs torch, torchvision, timm, fvcore, torchinfo, ptflops, thop and calflops, in the versions that
src/measure/conventions names:
    python3 scripts/torch-costs.py

Kept are the distinct storages that autograd saves in training mode for a batch of two, in float32, without parameters
and running statistics. The tools count one sample at inference. `modules` says of how many calls of an operation the
source makes modules: some tools count modules and functions differently. The networks are those of torchvision and
timm, and of torch-networks.py; nothing of `dnc` had a part in this.
"""
import contextlib
import importlib.util
import io
import json
import logging
import os
import sys
import types
import warnings

import timm
import torch
import torchvision
import torchvision.models as tv
from torch import nn
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


def other_networks():
    spec = importlib.util.spec_from_file_location("torch_networks", os.path.join(HERE, "torch-networks.py"))
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    torch.set_default_dtype(torch.float32)
    return module


own = other_networks()
IMAGE, CIFAR = (3, 224, 224), (3, 32, 32)


def torchvision_network(name, **options):
    return lambda: getattr(tv, name)(weights=None, **options)


NETWORKS = {
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
    "preresnet20": (own.preresnet(3), CIFAR),
    "resnet20_cifar_projected": (lambda: own.cifar_resnet(3, "B"), CIFAR),
    "fc_densenet56": (lambda: own.Tiramisu(12, [4] * 11, 11), (3, 224, 224)),
    "unet3d": (lambda: own.UNet(16, 3, 1, 4, True, rank=3), (1, 32, 32, 32)),
}


def silently(function):
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        return function()


def kept(net, x):
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
        out = net(x)
    del out
    return sum(size for size, _ in saved.values())


KINDS = {"relu": nn.ReLU, "relu6": nn.ReLU6, "maxpool": nn.modules.pooling._MaxPoolNd, "silu": nn.SiLU}


def modules(net, x):
    counts = {name: 0 for name in KINDS}
    hooks = []
    for module in net.modules():
        for name, kind in KINDS.items():
            if isinstance(module, kind):

                def count(*_, name=name):
                    counts[name] += 1

                hooks.append(module.register_forward_hook(count))
    net(x)
    for hook in hooks:
        hook.remove()
    return {name: count for name, count in counts.items() if count}


def tools(make, x):
    import thop
    import torchinfo
    from calflops import calculate_flops
    from fvcore.nn import FlopCountAnalysis
    from ptflops import get_model_complexity_info

    def fresh():
        return make().eval()

    with torch.no_grad():
        counter = FlopCounterMode(display=False)
        with counter:
            fresh()(x)
        counts = {
            "torch": counter.get_total_flops(),
            "fvcore": FlopCountAnalysis(fresh(), x).unsupported_ops_warnings(False).total(),
            "torchinfo": torchinfo.summary(fresh(), input_data=x, verbose=0).total_mult_adds,
            "thop": thop.profile(fresh(), (x,), verbose=False)[0],
            "calflops": calculate_flops(
                fresh(), args=[x], print_results=False, print_detailed=False, output_as_string=False
            )[0],
        }
        for name, backend in (("ptflops", "pytorch"), ("ptflops-aten", "aten")):
            counts[name], _ = get_model_complexity_info(
                fresh(), tuple(x.shape[1:]), as_strings=False, print_per_layer_stat=False, verbose=False, backend=backend
            )
    return {name: int(count) for name, count in counts.items()}


def main():
    entries = {}
    for name, (make, shape) in NETWORKS.items():
        torch.manual_seed(0)
        two = torch.randn(2, *shape)
        with torch.no_grad():
            called = modules(make().eval(), two[:1])
        entries[name] = {
            "input": list(shape),
            "params": sum(p.numel() for p in make().parameters()),
            "kept_bytes_batch_2": kept(make(), two),
            "modules": called,
            "counts": silently(lambda: tools(make, two[:1])),
        }
        print(name, entries[name], file=sys.stderr)
    lines = ",\n".join(f"  {json.dumps(name)}: {json.dumps(entry)}" for name, entry in entries.items())
    versions = {"torch": torch.__version__, "torchvision": torchvision.__version__, "timm": timm.__version__}
    with open(OUT, "w") as out:
        out.write('{\n"source": "scripts/torch-costs.py",\n')
        out.write(f'"versions": {json.dumps(versions)},\n"networks": {{\n{lines}\n}}\n}}\n')


if __name__ == "__main__":
    main()
