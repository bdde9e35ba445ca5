#!/usr/bin/env python3
"""Writes vectors.h: blocks of every quantized type with random bytes and what the `gguf` package (pip install gguf numpy) makes of
them. Run it again only to add a type: python3 make_vectors.py > vectors.h

The scales are random normal fp16 numbers, so that every value is finite; all other bits are random."""
import numpy as np
from gguf import GGMLQuantizationType as T
from gguf.constants import GGML_QUANT_SIZES
from gguf.quants import dequantize

# Type and the offsets of its fp16 numbers.
HALVES = {
    T.Q4_0: [0], T.Q4_1: [0, 2], T.Q5_0: [0], T.Q5_1: [0, 2], T.Q8_0: [0], T.IQ4_NL: [0], T.MXFP4: [],
    T.Q2_K: [80, 82], T.Q3_K: [108], T.Q4_K: [0, 2], T.Q5_K: [0, 2], T.Q6_K: [208], T.IQ4_XS: [0],
}
ELEMENTS = 512


def make_blocks(rng, qtype):
    block, size = GGML_QUANT_SIZES[qtype]
    blocks = rng.integers(0, 256, (ELEMENTS // block, size), dtype=np.uint8)
    for at in HALVES[qtype]:
        scales = rng.normal(0, 0.05, len(blocks)).astype(np.float16)
        blocks[:, at:at + 2] = scales.view(np.uint8).reshape(-1, 2)
    if qtype == T.MXFP4:
        blocks[:, 0] = rng.integers(0, 254, len(blocks))
        blocks[:4, 0] = [0, 1, 2, 127]
    return blocks


def write_array(ctype, name, items, per_line):
    print(f"static const {ctype} {name}[] = {{")
    for i in range(0, len(items), per_line):
        print("    " + ", ".join(items[i:i + per_line]) + ",")
    print("};")


def main():
    rng = np.random.default_rng(20)
    print("/* Written by make_vectors.py with the gguf package: random blocks and their values as bits of binary32. */")
    print("/* clang-format off */")
    for qtype in HALVES:
        blocks = make_blocks(rng, qtype)
        values = dequantize(blocks, qtype).reshape(-1).view(np.uint32)
        name = qtype.name.lower()
        write_array("uint8_t", f"bytes_{name}", [str(b) for b in blocks.reshape(-1)], 22)
        write_array("uint32_t", f"values_{name}", [f"0x{v:x}" for v in values], 9)
    print("static const struct vector {\n    uint32_t dtype;\n    const uint8_t *bytes;\n    const uint32_t *values;\n} vectors[] = {")
    for qtype in HALVES:
        print(f"    {{PITH__{qtype.name}, bytes_{qtype.name.lower()}, values_{qtype.name.lower()}}},")
    print("};")
    print(f"enum {{ VECTOR_ELEMENTS = {ELEMENTS} }};")


main()
