#!/usr/bin/env python3
"""Times the matrix product beside NumPy, and a small model's training beside PyTorch, all on one thread.

    swift build -c release --package-path Benchmarks/SmallModel
    python3 Benchmarks/model.py [--runs 5]

NumPy is measured twice: with the OpenBLAS that it brings, and with arrays of its own given to the library that ours
links (`libopenblas.so.0`), which is what a NumPy of the system would call. The PyTorch model has the same shape: blocks
with their norms inside, GELU, a bias by distance, tied softmax, AdamW, gradients clipped. Tools take turns; the time is
that of the processor; the table shows medians.
"""
import os

os.environ["OPENBLAS_NUM_THREADS"] = os.environ["OMP_NUM_THREADS"] = os.environ["MKL_NUM_THREADS"] = "1"

import argparse
import ctypes
import math
import pathlib
import statistics
import subprocess
import time

import numpy as np

ROOT = pathlib.Path(__file__).resolve().parent.parent
TOOL = ROOT / "Benchmarks" / "SmallModel" / ".build" / "release" / "ModelBenchmark"
# What a step of the small models multiplies: states by weights, weights' gradients, scores of tokens, heads.
PRODUCTS = [
    (2048, 64, 64, "none"), (2048, 256, 64, "none"), (2048, 64, 256, "right"), (64, 256, 2048, "left"),
    (2048, 2048, 64, "right"), (2048, 64, 2048, "none"), (128, 128, 16, "right"), (512, 512, 512, "none"),
]


def best(work, m, n, k, repeats=7):
    count = max(1, 20_000_000 // (m * n * k))
    fastest = math.inf
    for _ in range(repeats):
        start = time.process_time()
        for _ in range(count):
            work()
        fastest = min(fastest, (time.process_time() - start) / count)
    return 2 * m * n * k / fastest / 1e9


def operands(m, n, k, side):
    a = np.full((k, m) if side == "left" else (m, k), 0.5, np.float32)
    b = np.full((n, k) if side == "right" else (k, n), 0.25, np.float32)
    return a, b, np.zeros((m, n), np.float32)


def by_numpy(m, n, k, side):
    a, b, c = operands(m, n, k, side)
    left, right = (a.T if side == "left" else a), (b.T if side == "right" else b)
    return best(lambda: np.matmul(left, right, out=c), m, n, k)


def by_library(library, m, n, k, side):
    a, b, c = operands(m, n, k, side)
    pointer = lambda array: array.ctypes.data_as(ctypes.c_void_p)
    order = (101, 112 if side == "left" else 111, 112 if side == "right" else 111, m, n, k)
    one, zero = ctypes.c_float(1), ctypes.c_float(0)
    arguments = (*order, one, pointer(a), a.shape[1], pointer(b), b.shape[1], zero, pointer(c), n)
    return best(lambda: library.cblas_sgemm(*arguments), m, n, k)


def by_ours(m, n, k, side):
    return float(subprocess.check_output([TOOL, "product", str(m), str(n), str(k), side, "7"]))


def torch_tokens(is_causal, steps, width, layers, heads, vocabulary, count, length):
    import torch
    import torch.nn.functional as F

    torch.set_num_threads(1)
    torch.manual_seed(1)

    class Block(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.norms = torch.nn.ModuleList([torch.nn.LayerNorm(width), torch.nn.LayerNorm(width)])
            self.qkv = torch.nn.Linear(width, 3 * width)
            self.output = torch.nn.Linear(width, width)
            self.expand = torch.nn.Linear(width, 4 * width)
            self.contract = torch.nn.Linear(4 * width, width)
            self.distance = torch.nn.Parameter(torch.zeros(heads, 33))

        def forward(self, x, distance, mask):
            parts = self.qkv(self.norms[0](x)).chunk(3, -1)
            q, k, v = (part.reshape(count, length, heads, -1).transpose(1, 2) for part in parts)
            bias = self.distance[:, distance] + mask
            mixed = F.scaled_dot_product_attention(q, k, v, attn_mask=bias.expand(count, -1, -1, -1))
            x = x + self.output(mixed.transpose(1, 2).reshape(count, length, width))
            return x + self.contract(F.gelu(self.expand(self.norms[1](x)), approximate="tanh"))

    row = torch.arange(count * length)
    tokens = ((row * 7919 + 13) % vocabulary).reshape(count, length)
    places = row if is_causal else row[row % 7 == 0]
    answers = (places * 31) % vocabulary
    table = torch.nn.Embedding(vocabulary, width)
    positions = torch.nn.Embedding(512, width)
    blocks = torch.nn.ModuleList([Block() for _ in range(layers)])
    norm, bias = torch.nn.LayerNorm(width), torch.nn.Parameter(torch.zeros(vocabulary))
    weights = [*table.parameters(), *positions.parameters(), *blocks.parameters(), *norm.parameters(), bias]
    optimizer = torch.optim.AdamW(weights, lr=1e-3)
    place = torch.arange(length)
    distance = (place[None] - place[:, None]).clamp(-16, 16) + 16
    mask = torch.zeros(length, length)
    if is_causal:
        mask = mask.masked_fill(place[None] > place[:, None], -math.inf)
    start = 0.0
    for step in range(steps):
        if step == 1:
            start = time.process_time()
        x = table(tokens) + positions(place)
        for block in blocks:
            x = block(x, distance, mask)
        scores = norm(x).reshape(-1, width)[places] @ table.weight.T + bias
        F.cross_entropy(scores, answers).backward()
        torch.nn.utils.clip_grad_norm_(weights, 1.0)
        optimizer.step()
        optimizer.zero_grad()
    return count * length * (steps - 1) / (time.process_time() - start)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--runs", type=int, default=5)
    runs = parser.parse_args().runs
    library = ctypes.CDLL("libopenblas.so.0")
    library.openblas_set_num_threads(1)

    print("GFLOP/s            m     n     k  turned |   ours  same library  NumPy's own | ours / same")
    for m, n, k, side in PRODUCTS:
        shape = (m, n, k, side)
        rounds = [(by_ours(*shape), by_library(library, *shape), by_numpy(*shape)) for _ in range(runs)]
        ours, same, own = (statistics.median(column) for column in zip(*rounds))
        sizes = f"{m:8}{n:6}{k:6}  {side:6}"
        print(f"            {sizes} |{ours:7.1f}{same:14.1f}{own:13.1f} |{100 * ours / same:10.0f} %")

    try:
        import torch  # noqa: F401
    except ImportError:
        print("training: PyTorch is not there, left out")
        return
    print("\ntokens/s  kind    width layers vocabulary |    ours  PyTorch | ours / PyTorch")
    shapes = [("causal", 64, 2, 4, 2048), ("both", 64, 2, 4, 2048), ("causal", 256, 4, 4, 8000)]
    for kind, width, layers, heads, vocabulary in shapes:
        steps, count, length = (12, 16, 128) if width == 64 else (4, 8, 128)
        shape = (steps, width, layers, heads, vocabulary, count, length)
        rounds = []
        for _ in range(runs):
            ours = float(subprocess.check_output([TOOL, "train", kind, *map(str, shape)]))
            rounds.append((ours, torch_tokens(kind == "causal", *shape)))
        ours, theirs = (statistics.median(column) for column in zip(*rounds))
        sizes = f"{kind:7}{width:6}{layers:7}{vocabulary:11}"
        print(f"          {sizes} |{ours:8.0f}{theirs:9.0f} |{100 * ours / theirs:12.0f} %")


if __name__ == "__main__":
    main()
