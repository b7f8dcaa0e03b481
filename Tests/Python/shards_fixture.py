#!/usr/bin/env python3
"""Writes fixtures/shards/by-datasets.arrow: a shard as Hugging Face's `datasets` writes it.

    shards_fixture.py fixtures/shards/by-datasets.arrow

Buffers are aligned to 8 bytes there, lists are called `List`, and there is no description of ours. The values of row
`r` are `r`, `[r, r + 1, r + 2]`, `[[r, -r], [0, 1]]` and a list of `r` times `r`, cut into batches of two rows.
"""

import shutil
import sys
import tempfile

from datasets import Dataset, Features, List, Value

FEATURES = Features(
    {
        "scalar": Value("uint64"),
        "row": List(Value("uint16"), length=3),
        "views": List(List(Value("int32"), length=2), length=2),
        "list": List(Value("int8")),
    }
)


def rows():
    for r in range(5):
        yield {"scalar": r, "row": [r, r + 1, r + 2], "views": [[r, -r], [0, 1]], "list": [r] * r}


with tempfile.TemporaryDirectory() as folder:
    data = Dataset.from_generator(rows, features=FEATURES, cache_dir=folder, writer_batch_size=2)
    shutil.copy(data.cache_files[0]["filename"], sys.argv[1])
