/** The Python side of the OpenVINO runtime: reads a frame, answers with a frame, until there is nothing more to read. */
export const OPENVINO_WORKER = `
import json, os, struct, sys

requests = sys.stdin.buffer
answers = os.fdopen(os.dup(1), "wb")
os.dup2(2, 1)

def take(length):
    content = requests.read(length)
    if len(content) < length:
        sys.exit(0)
    return content

def receive():
    return json.loads(take(struct.unpack("<I", take(4))[0]))

def answer(header, tensors=()):
    text = json.dumps(header).encode()
    answers.write(struct.pack("<I", len(text)) + text)
    for tensor in tensors:
        answers.write(tensor.tobytes())
    answers.flush()

import numpy
import openvino

setup = receive()
# Processors with matrix units would compute in bfloat16.
options = {"INFERENCE_PRECISION_HINT": "f32", "PERFORMANCE_HINT": "LATENCY"}
if setup["threads"]:
    options["INFERENCE_NUM_THREADS"] = setup["threads"]
core = openvino.Core()
try:
    model = core.read_model(setup["model"])
except Exception as error:
    answer({"error": str(error)})
else:
    answer({})

compiled = {}
while True:
    wanted = receive()["inputs"]
    values = {
        each["name"]: numpy.frombuffer(
            take(4 * int(numpy.prod(each["shape"]))), dtype="<f4"
        ).reshape(each["shape"])
        for each in wanted
    }
    try:
        # A graph of fixed sizes is faster than one for every batch.
        key = json.dumps(wanted)
        if key not in compiled:
            model.reshape({each["name"]: each["shape"] for each in wanted})
            compiled[key] = core.compile_model(model, "CPU", options)
        results = compiled[key](values)
        outputs = [(port.any_name, results[port]) for port in compiled[key].outputs]
    except Exception as error:
        answer({"error": str(error).strip().split("\\n")[-1]})
    else:
        header = {"outputs": [{"name": name, "shape": value.shape} for name, value in outputs]}
        answer(header, [value for _, value in outputs])
`;
