#!/usr/bin/env python3
"""Checks a folder of shards with Hugging Face's `datasets` and Arrow's own library.

    check_shards.py FOLDER

FOLDER is a `DatasetDict` on disk with one more file, `expected.json`: for each split its columns (`type`, `shape`) and
their values, row by row. With a file `packed` in it, values need not be where the file is mapped.
Prints nothing but what is wrong, and exits with 1 then.
"""

import json
import pathlib
import sys

import datasets
import numpy as np
import pyarrow as pa
from datasets import Dataset, DatasetDict, Features, Value
from datasets.features import Sequence

datasets.disable_progress_bars()
failures: list[str] = []


def check(what: str, is_true: bool, found: object = "") -> None:
    if not is_true:
        failures.append(f"{what}: {found}")


def arrow_type(column: dict) -> pa.DataType:
    kind = getattr(pa, column["type"])()
    if column["shape"] == "list":
        return pa.list_(kind)
    for length in reversed([] if column["shape"] == "scalar" else column["shape"]):
        kind = pa.list_(kind, length)
    return kind


def feature(column: dict) -> object:
    kind = Value(column["type"])
    if column["shape"] == "list":
        return Sequence(kind)
    for length in reversed([] if column["shape"] == "scalar" else column["shape"]):
        kind = Sequence(kind, length=length)
    return kind


def values(column: dict) -> list:
    def convert(value: object) -> object:
        return [convert(item) for item in value] if isinstance(value, list) else int(value)

    return [convert(row) for row in column["values"]]


def check_with_arrow(folder: pathlib.Path, split: str, columns: dict[str, dict], packed: bool) -> None:
    """The files by themselves: types, values, and values that are used where the file is mapped."""
    state = json.loads((folder / "state.json").read_text())
    tables = []
    for entry in state["_data_files"]:
        path = folder / entry["filename"]
        mapped = pa.memory_map(str(path))
        start, size = mapped.read_buffer().address, path.stat().st_size
        mapped.seek(0)
        table = pa.ipc.open_stream(mapped).read_all()
        table.validate(full=True)
        tables.append(table)
        for name in table.column_names:
            for chunk in table.column(name).chunks:
                check(f"{path}: {name} has no nulls", chunk.null_count == 0)
                if packed:
                    continue
                for buffer in (buffer for buffer in chunk.buffers() if buffer is not None and buffer.size > 0):
                    check(f"{path}: {name} is read in place", start <= buffer.address < start + size)
                    check(f"{path}: {name} is aligned to 64", (buffer.address - start) % 64 == 0)
    for name, column in columns.items():
        kind = arrow_type(column)
        check(f"{split}: type of {name}", tables[0].schema.field(name).type == kind, tables[0].schema.field(name).type)
        rows = [row for table in tables for row in table.column(name).to_pylist()]
        check(f"{split}: values of {name} in Arrow", rows == values(column), rows[:2])
        if column["shape"] == "list" or packed:
            continue
        for table in tables:
            for chunk in table.column(name).chunks:
                shape = [len(chunk)]
                while pa.types.is_fixed_size_list(chunk.type):
                    shape.append(chunk.type.list_size)
                    chunk = chunk.flatten()
                view = chunk.to_numpy(zero_copy_only=True).reshape(shape)
                check(f"{split}: {name} is a view", not view.flags.owndata and view.dtype == np.dtype(column["type"]))


def check_with_datasets(data: Dataset, split: str, columns: dict[str, dict]) -> None:
    features = Features({name: feature(column) for name, column in columns.items()})
    check(f"{split}: features", data.features == features, data.features)
    check(f"{split}: columns", data.column_names == list(columns), data.column_names)
    check(f"{split}: split", str(data.split) == split, data.split)
    rows = data[:] if len(data) else {name: [] for name in columns}
    for name, column in columns.items():
        check(f"{split}: values of {name} in datasets", rows[name] == values(column), rows[name][:2])
    if len(data) == 0:
        return
    for name, column in columns.items():
        # numpy's default is int64, which cannot hold all of uint64: the type is said.
        batch = data.with_format("numpy", columns=[name], dtype=np.dtype(column["type"]))[:]
        if column["shape"] != "list":
            shape = (len(data), *([] if column["shape"] == "scalar" else column["shape"]))
            check(f"{split}: shape of {name} in numpy", batch[name].shape == shape, batch[name].shape)
            check(f"{split}: {name} in numpy", batch[name].tolist() == values(column), batch[name][:2])
    # Ours can be put behind theirs: the types agree in what nobody looks at, too.
    arrays = {name: pa.array(rows[name], type=arrow_type(column)) for name, column in columns.items()}
    theirs = Dataset(pa.table(arrays))
    check(f"{split}: joined with theirs", len(datasets.concatenate_datasets([theirs, data])) == 2 * len(data))


def main(folder: pathlib.Path) -> int:
    expected = json.loads((folder / "expected.json").read_text(encoding="utf-8"))
    loaded = datasets.load_from_disk(str(folder))
    check("load_from_disk gives a DatasetDict", isinstance(loaded, DatasetDict), type(loaded))
    check("splits", list(loaded) == list(expected), list(loaded))
    packed = (folder / "packed").exists()
    for split, columns in expected.items():
        check_with_arrow(folder / split, split, columns, packed)
        check_with_datasets(loaded[split], split, columns)
    for failure in failures:
        print(failure, file=sys.stderr)
    return 1 if failures else 0


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    sys.exit(main(pathlib.Path(sys.argv[1])))
