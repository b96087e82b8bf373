"""What somebody brings to be judged as it is: outputs alone, ONNX files, weights, folders of transformers."""
