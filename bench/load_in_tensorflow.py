"""Loads a compiled model in Python's TensorFlow and runs it: proof that the artifact needs nothing of dnc.

    pip install tensorflow-cpu
    python bench/load_in_tensorflow.py build/densenet121
    python bench/load_in_tensorflow.py build/densenet121 --input x=image.npy --top 3

Arrays are channels first, with or without the batch, as `dnc run` takes and gives them. Inputs that are not named
are zeros. Prints the shape and the largest values of each output, for the first sample.
"""

import argparse
import json
import os
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import numpy as np
import tensorflow as tf


def channels_last(array):
    """From [batch, channels, ...sizes] to [batch, ...sizes, channels]."""
    return np.moveaxis(array, 1, -1)


def channels_first(array):
    return np.moveaxis(array, -1, 1)


def feed_for(name, port, files):
    """The array of a file, or zeros, as the graph takes it."""
    shape = tuple(port["shape"])
    array = np.load(files[name]).astype(np.float32) if name in files else np.zeros((1, *shape), np.float32)
    if array.shape == shape:
        array = array[np.newaxis]
    if array.shape[1:] != shape:
        raise SystemExit(f"{name} takes {list(shape)} per sample, and {files[name]} holds {list(array.shape)}")
    return tf.constant(channels_last(array))


def parse_arguments():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("artifact", type=Path, help="the folder that `dnc compile` wrote")
    parser.add_argument("--input", action="append", default=[], metavar="NAME=FILE.npy")
    parser.add_argument("--top", type=int, default=5, help="how many values to show")
    return parser.parse_args()


def main():
    arguments = parse_arguments()
    description_file = arguments.artifact / "dnc.json"
    if not description_file.is_file():
        raise SystemExit(f"{arguments.artifact} is no folder that `dnc compile` wrote: it has no dnc.json")
    description = json.loads(description_file.read_text())
    files = dict(pair.split("=", 1) for pair in arguments.input)
    unknown = files.keys() - description["inputs"].keys()
    if unknown:
        raise SystemExit(f"the model has no input {', '.join(sorted(unknown))}")
    model = tf.saved_model.load(str(arguments.artifact))
    run = model.signatures["serving_default"]
    feeds = {name: feed_for(name, port, files) for name, port in description["inputs"].items()}
    print(f"{description['model']}, weights {description['weights']}, TensorFlow {tf.__version__}")
    for name, feed in feeds.items():
        print(f"input {name}: {files.get(name, 'zeros')} {list(channels_first(feed.numpy()).shape)}")
    for name, output in sorted(run(**feeds).items()):
        values = channels_first(output.numpy())
        sample = values[0].ravel()
        print(f"output {name}: {list(values.shape)}")
        for index in np.argsort(-sample)[: arguments.top]:
            print(f"  {index:>7}  {sample[index]:.6g}")


if __name__ == "__main__":
    main()
