"""Reads a safetensors file: 8 bytes with the length of the header, the header as JSON, the numbers row by row."""

import json
import math
import struct

import numpy as np

TYPES = {"F64": "<f8", "F32": "<f4", "F16": "<f2", "I64": "<i8", "I32": "<i4"}


def read(path):
    """{name: array}, in the order of the header."""
    with open(path, "rb") as file:
        data = file.read()
    if len(data) < 8:
        raise SystemExit(f"{path} is cut off")
    (length,) = struct.unpack_from("<Q", data)
    if length > len(data) - 8:
        raise SystemExit(f"{path} is cut off within its header")
    header = json.loads(data[8 : 8 + length])
    header.pop("__metadata__", None)
    numbers = memoryview(data)[8 + length :]
    found = {}
    for name, entry in header.items():
        begin, end = entry["data_offsets"]
        kind = np.dtype(TYPES[entry["dtype"]])
        shape = entry["shape"]
        if end > len(numbers) or end - begin != math.prod(shape) * kind.itemsize:
            raise SystemExit(f"{path}: {name} is cut off, or its shape is wrong")
        found[name] = np.frombuffer(numbers[begin:end], kind).reshape(shape)
    return found
