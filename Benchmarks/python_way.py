#!/usr/bin/env python3
"""The usual way from text to masked rows: `tokenizers`, a masking collator's rules in numpy, `datasets`.

    python3 Benchmarks/python_way.py CORPUS.jsonl.zst TOKENIZER.json OUT [--threads N] [--length N]
    python3 Benchmarks/python_way.py --available

Written as a careful user would write it: batches throughout, the fast encoder, one process for each thread. Masking
follows `DataCollatorForLanguageModeling`: each token with 15 %, then 80/10/10. Writes OUT/summary.json at the end.
"""

from __future__ import annotations

import argparse
import json
import os
import pathlib
import subprocess
import sys

try:
    import datasets
    import numpy as np
    from tokenizers import Tokenizer
except ImportError:
    datasets = None

IGNORED = -100
BATCH = 64


def main() -> int:
    if sys.argv[1:] == ["--available"]:
        return 0 if datasets is not None else 1
    parser = argparse.ArgumentParser()
    parser.add_argument("corpus", type=pathlib.Path)
    parser.add_argument("tokenizer", type=pathlib.Path)
    parser.add_argument("out", type=pathlib.Path)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--length", type=int, default=128)
    arguments = parser.parse_args()

    os.environ["TOKENIZERS_PARALLELISM"] = "false"
    datasets.disable_progress_bars()
    texts = datasets.Dataset.from_generator(read_texts, gen_kwargs={"path": str(arguments.corpus)})
    maker = RowMaker(arguments.tokenizer, arguments.length)
    rows = texts.map(
        maker.rows,
        batched=True,
        batch_size=BATCH,
        with_indices=True,
        remove_columns=["text"],
        num_proc=arguments.threads if arguments.threads > 1 else None,
        features=maker.features,
    )
    rows.shuffle(seed=17).save_to_disk(str(arguments.out / "mlm"))
    # Two tokens of each row are its frame, not text.
    real = sum(int(np.sum(mask.flatten().to_numpy())) for mask in rows.data.column("attention_mask").chunks)
    summary = {"rows": len(rows), "tokens": real - 2 * len(rows)}
    (arguments.out / "summary.json").write_text(json.dumps(summary))
    return 0


def read_texts(path: str):
    with subprocess.Popen(["zstd", "-dcq", path], stdout=subprocess.PIPE) as process:
        for line in process.stdout:
            yield {"text": json.loads(line)["text"]}


class RowMaker:
    """Batches of texts to batches of padded, masked rows."""

    def __init__(self, tokenizer: pathlib.Path, length: int) -> None:
        self.tokenizer = Tokenizer.from_file(str(tokenizer))
        self.length = length
        self.opening, self.closing, self.mask, self.pad = (
            self.tokenizer.token_to_id(token) for token in ("[CLS]", "[SEP]", "[MASK]", "[PAD]")
        )
        self.size = self.tokenizer.get_vocab_size()
        small = "uint16" if self.size <= 1 << 16 else "uint32"
        label = "int16" if self.size <= 1 << 15 else "int32"
        self.features = datasets.Features(
            {
                "input_ids": datasets.Sequence(datasets.Value(small), length=length),
                "labels": datasets.Sequence(datasets.Value(label), length=length),
                "attention_mask": datasets.Sequence(datasets.Value("uint8"), length=length),
            }
        )

    def rows(self, batch: dict[str, list[str]], indices: list[int]) -> dict[str, np.ndarray]:
        body = self.length - 2
        # A text that spells a special token stays text, as by a recipe's default. Here, because copies lose it.
        self.tokenizer.encode_special_tokens = True
        windows = [
            encoding.ids[start : start + body]
            for encoding in self.tokenizer.encode_batch_fast(batch["text"], add_special_tokens=False)
            for start in range(0, len(encoding.ids), body)
        ]
        ids = np.full((len(windows), self.length), self.pad, dtype=np.int64)
        for row, window in enumerate(windows):
            ids[row, 0] = self.opening
            ids[row, 1 : len(window) + 1] = window
            ids[row, len(window) + 1] = self.closing
        lengths = np.array([len(window) + 2 for window in windows])
        real = np.arange(self.length) < lengths[:, None]
        shown, labels = self.masked(ids, real, lengths, np.random.default_rng(indices[0]))
        return {"input_ids": shown, "labels": labels, "attention_mask": real.astype(np.uint8)}

    def masked(
        self, ids: np.ndarray, real: np.ndarray, lengths: np.ndarray, random: np.random.Generator
    ) -> tuple[np.ndarray, np.ndarray]:
        allowed = real.copy()
        allowed[:, 0] = False
        allowed[np.arange(len(ids)), lengths - 1] = False
        chosen = allowed & (random.random(ids.shape) < 0.15)
        labels = np.where(chosen, ids, IGNORED)
        action = random.random(ids.shape)
        shown = np.where(chosen & (action < 0.8), self.mask, ids)
        replaced = chosen & (action >= 0.8) & (action < 0.9)
        return np.where(replaced, random.integers(self.size, size=ids.shape), shown), labels


if __name__ == "__main__":
    sys.exit(main())
