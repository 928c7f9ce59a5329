"""Weights stored as f16 and cast to f32 at load: half the file, the same speed."""
import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

STORED_AS_IS = 1024  # shifts and other small tensors stay f32


def store_as_f16(model: onnx.ModelProto) -> None:
    """Large initializers as FLOAT16 with a Cast to FLOAT, which tract folds at load."""
    initializers, casts = [], []
    for tensor in model.graph.initializer:
        values = numpy_helper.to_array(tensor)
        if tensor.data_type == TensorProto.FLOAT and values.size > STORED_AS_IS:
            half = numpy_helper.from_array(values.astype(np.float16), tensor.name + "_f16")
            casts.append(helper.make_node("Cast", [half.name], [tensor.name], to=TensorProto.FLOAT))
            tensor = half
        initializers.append(tensor)
    nodes = list(model.graph.node)
    del model.graph.initializer[:], model.graph.node[:]
    model.graph.initializer.extend(initializers)
    model.graph.node.extend(casts + nodes)
