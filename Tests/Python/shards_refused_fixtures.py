#!/usr/bin/env python3
"""Writes fixtures/shards/refused/: sound Arrow streams that are no shards.

    shards_refused_fixtures.py fixtures/shards/refused
"""

import pathlib
import sys

import pyarrow as pa

folder = pathlib.Path(sys.argv[1])
integers = pa.array([1, 2, 3], type=pa.int32())


def write(name: str, array: pa.Array, **options: object) -> None:
    table = pa.table({"column": array})
    with pa.ipc.new_stream(folder / f"{name}.arrow", table.schema, options=pa.ipc.IpcWriteOptions(**options)) as writer:
        writer.write_table(table)


write("packed-lz4", pa.array(range(1000), type=pa.int32()), compression="lz4")
write("nulls", pa.array([1, None, 3], type=pa.int32()))
write("text", pa.array(["a", "b", "c"]))
write("floats", pa.array([[0.5], [1.5], []], type=pa.list_(pa.float32())))
write("dictionary", integers.dictionary_encode())
write("lists-of-lists", pa.array([[[1], [2]], [], [[3]]], type=pa.list_(pa.list_(pa.int32()))))

# An Arrow file is a stream inside other marks.
table = pa.table({"column": integers})
with pa.ipc.new_file(folder / "arrow-file.arrow", table.schema) as writer:
    writer.write_table(table)
