/** The Python side of the OpenVINO runtime: reads a frame, answers with a frame, until there is nothing more to read. */
import { PYTHON_FRAMES } from "../frames.ts";

export const OPENVINO_WORKER: string = `${PYTHON_FRAMES}
answers = os.fdopen(os.dup(1), "wb")
os.dup2(2, 1)

import numpy
import openvino

setup, _ = receive()
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
    header, values = receive()
    try:
        # A graph of fixed sizes is faster than one for every batch.
        key = json.dumps(header["tensors"])
        if key not in compiled:
            model.reshape({name: value.shape for name, value in values.items()})
            compiled[key] = core.compile_model(model, "CPU", options)
        results = compiled[key](values)
        outputs = {port.any_name: results[port] for port in compiled[key].outputs}
    except Exception as error:
        answer({"error": str(error).strip().split("\\n")[-1]})
    else:
        answer({}, outputs)
`;
