"""Counting checks, and reading shards without a copy."""

from __future__ import annotations

import math
import pathlib
from typing import Callable, Iterator

import numpy as np
import pyarrow as pa

# Deviations allowed for a random rate: five standard deviations of its law. Seeds are fixed, so no check is flaky.
Z_LIMIT = 5.0


class Report:
    """Counts checks and says each one."""

    def __init__(self) -> None:
        self.passed = 0
        self.failed = 0

    def check(self, name: str, holds: bool, detail: object = "") -> None:
        if holds:
            self.passed += 1
            print(f"  ok    {name}")
        else:
            self.failed += 1
            print(f"  FAIL  {name}" + (f": {detail}" if detail != "" else ""))

    def run(self, name: str, body: Callable[[], object]) -> None:
        """A check that fails when `body` raises, or returns anything but None: what is wrong."""
        try:
            problem = body()
        except Exception as error:  # a broken dataset must not end the report
            problem = f"{type(error).__name__}: {error}"
        self.check(name, problem is None, problem if problem is not None else "")

    def rate(self, name: str, successes: int, trials: int, probability: float) -> None:
        deviation = math.sqrt(max(trials, 1) * probability * (1 - probability))
        z = (successes - trials * probability) / deviation
        share = successes / max(trials, 1)
        self.check(
            f"{name}: {share:.4f} of {trials} (expected {probability}, z {z:+.2f})", trials > 0 and abs(z) <= Z_LIMIT
        )


class Tokens:
    """What the manifest says about special ids."""

    def __init__(self, manifest: dict) -> None:
        tokenizer = manifest["tokenizer"]
        roles: dict[str, int] = tokenizer["special_tokens"]
        self.mask = roles.get("mask")
        self.unknown = roles.get("unk")
        self.end_of_document = roles.get("eod")
        self.fim = [roles.get(f"fim_{part}") for part in ("prefix", "middle", "suffix")]
        self.sentinels: list[int] = tokenizer["sentinels"]
        self.special = set(roles.values()) | set(self.sentinels) | set(tokenizer["other_special"])
        self.size: int = tokenizer["vocabulary_size"]


class Split:
    """One split of one objective, its shards memory-mapped."""

    def __init__(self, folder: pathlib.Path) -> None:
        self.folder = folder
        self.paths = sorted(folder.glob("data-*.arrow"))
        self.tables = [pa.ipc.open_stream(pa.memory_map(str(path))).read_all() for path in self.paths]
        self.row_counts = [table.num_rows for table in self.tables]
        self.rows = sum(self.row_counts)
        self.schema = self.tables[0].schema

    def __contains__(self, column: str) -> bool:
        return column in self.schema.names

    def matrix(self, column: str) -> np.ndarray:
        """All rows of a column of fixed length, or of a scalar one."""
        return np.concatenate([view for view in self.views(column)])

    def views(self, column: str) -> Iterator[np.ndarray]:
        """The column, chunk by chunk, as arrays over the mapped file; raises where that would need a copy."""
        for table in self.tables:
            for chunk in table.column(column).chunks:
                shape = [len(chunk)]
                while pa.types.is_fixed_size_list(chunk.type):
                    shape.append(chunk.type.list_size)
                    chunk = chunk.flatten()
                yield chunk.to_numpy(zero_copy_only=True).reshape(shape)

    def lists(self, column: str) -> list[np.ndarray]:
        """A column of variable length, row by row."""
        return [
            np.asarray(values, dtype=np.int64)
            for table in self.tables
            for values in table.column(column).to_pylist()
        ]

    def unsigned_lists(self, column: str) -> list[list[int]]:
        """A column of variable length, row by row, as Python's integers: 64 bits without a sign."""
        return [values for table in self.tables for values in table.column(column).to_pylist()]

    def rows_of(self, column: str) -> list[np.ndarray]:
        """A column row by row, whatever its shape."""
        if is_fixed(self.schema.field(column).type):
            return list(self.matrix(column).astype(np.int64))
        return self.lists(column)

    def scalars(self, column: str) -> np.ndarray:
        return self.matrix(column)


def is_fixed(kind: pa.DataType) -> bool:
    return pa.types.is_fixed_size_list(kind) or pa.types.is_integer(kind)
