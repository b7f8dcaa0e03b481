#!/usr/bin/env python3
"""Read a dataset with the libraries that users read it with, and recompute what can be recomputed.

    python3 Tests/Python/check_dataset.py OUT [--corpus FILE.jsonl]

Written from the documents (ShardFormat, Objectives), not from the program: an independent reader. Prints a line for
each check, then `N passed, M failed`, and exits with 1 when one failed.

With `--corpus`, the JSON Lines file that the dataset was made of, windows are also compared with what Hugging Face's
`tokenizers` makes of their documents.
"""

from __future__ import annotations

import argparse
import json
import math
import pathlib
import sys
from collections import Counter
from typing import Callable, Iterator

import numpy as np
import pyarrow as pa
import xxhash
from datasets import DatasetDict, load_from_disk

IGNORED = -100
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
    """What tokenizer.json says about special ids."""

    def __init__(self, path: pathlib.Path) -> None:
        self.json = json.loads(path.read_text(encoding="utf-8"))
        added = {token["content"]: token["id"] for token in self.json.get("added_tokens", [])}
        self.special = {token["id"] for token in self.json.get("added_tokens", []) if token.get("special")}
        self.mask = next((added[name] for name in ("[MASK]", "<mask>") if name in added), None)
        self.sentinels = [added[f"<extra_id_{n}>"] for n in range(len(added)) if f"<extra_id_{n}>" in added]
        vocabulary = self.json["model"]["vocab"]
        self.size = max(max(vocabulary.values()), max(added.values(), default=0)) + 1


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

    def rows_of(self, column: str) -> list[np.ndarray]:
        """A column row by row, whatever its shape."""
        if is_fixed(self.schema.field(column).type):
            return list(self.matrix(column).astype(np.int64))
        return self.lists(column)

    def scalars(self, column: str) -> np.ndarray:
        return self.matrix(column)


def is_fixed(kind: pa.DataType) -> bool:
    return pa.types.is_fixed_size_list(kind) or pa.types.is_integer(kind)


def window_hash(ids: np.ndarray) -> int:
    """XXH64 of the window's ids as little-endian 32-bit words."""
    return xxhash.xxh64_intdigest(np.ascontiguousarray(ids, dtype="<u4").tobytes())


# --- What every objective has -----------------------------------------------------------------------------------------


def check_layout(report: Report, out: pathlib.Path, name: str, counts: dict[str, int]) -> dict[str, Split]:
    """Hugging Face's reader and Arrow's agree with the manifest and with each other."""
    loaded = load_from_disk(str(out / name))
    report.check(f"{name}: load_from_disk gives a DatasetDict", isinstance(loaded, DatasetDict), type(loaded).__name__)
    splits = {split: Split(out / name / split) for split in loaded}
    report.check(f"{name}: the splits of the manifest", set(splits) == set(counts), (sorted(splits), sorted(counts)))
    for split, data in splits.items():
        label = f"{name}/{split}"
        report.check(
            f"{label}: {data.rows} rows in the manifest, in datasets and in Arrow",
            data.rows == counts.get(split) == loaded[split].num_rows,
            (counts.get(split), loaded[split].num_rows, data.rows),
        )
        spread = max(data.row_counts) - min(data.row_counts)
        report.check(f"{label}: {len(data.paths)} shards of equal row count", spread <= 1, data.row_counts)
        names = [f"data-{i:05d}-of-{len(data.paths):05d}.arrow" for i in range(len(data.paths))]
        report.check(f"{label}: shards are named and complete", [path.name for path in data.paths] == names)
        report.check(
            f"{label}: datasets sees the columns of the files", loaded[split].column_names == data.schema.names
        )
        report.check(f"{label}: no column may hold nulls in fact", all(
            table.column(column).null_count == 0 for table in data.tables for column in data.schema.names
        ))
        fixed = [column for column in data.schema.names if is_fixed(data.schema.field(column).type)]
        report.run(f"{label}: {len(fixed)} columns of fixed length read without a copy", lambda: no_copies(data, fixed))
        if data.rows:
            first = loaded[split][0]
            row = {column: data.tables[0].column(column)[0].as_py() for column in data.schema.names}
            report.check(f"{label}: the first row is the same through datasets", first == row)
    return splits


def no_copies(data: Split, columns: list[str]) -> str | None:
    for column in columns:
        for view in data.views(column):
            if view.flags.owndata or view.flags.writeable:
                return f"{column} was copied"
    return None


def check_origin(report: Report, label: str, data: Split, windows: list[np.ndarray] | None) -> None:
    """Rows say where they come from, and what they said before."""
    for column in ("doc_id", "example_index", "epoch", "source_start", "source_length", "window_hash"):
        report.check(f"{label}: has {column}", column in data)
    if "block_id" in data:
        keys = zip(data.scalars("block_id").tolist(), data.scalars("example_index").tolist(),
                   data.scalars("epoch").tolist())
    else:
        keys = zip(data.scalars("doc_id").tolist(), data.scalars("source_start").tolist(),
                   data.scalars("epoch").tolist())
    report.check(f"{label}: no two rows are of the same window and epoch", max(Counter(keys).values(), default=1) == 1)
    if windows is None:
        return
    lengths = data.scalars("source_length").tolist()
    report.check(
        f"{label}: the text given back has source_length tokens",
        all(len(window) == length for window, length in zip(windows, lengths)),
    )
    hashes = data.scalars("window_hash").tolist()
    wrong = [row for row, window in enumerate(windows) if window_hash(window) != hashes[row]]
    report.check(f"{label}: the text given back has its window_hash, in every row", not wrong, wrong[:5])


# --- One function for each objective: checks its columns, and gives the windows back ---------------------------------


def real_lengths(report: Report, label: str, data: Split) -> np.ndarray:
    mask = data.matrix("attention_mask")
    lengths = mask.sum(axis=-1).astype(np.int64)
    positions = np.arange(mask.shape[-1])
    report.check(
        f"{label}: attention_mask is a run of ones, then zeros",
        bool(np.all(mask == (positions < lengths[..., None]))),
    )
    return lengths


def check_mlm(report: Report, label: str, data: Split, tokens: Tokens) -> list[np.ndarray]:
    ids = data.matrix("input_ids").astype(np.int64)
    labels = data.matrix("labels").astype(np.int64)
    lengths = real_lengths(report, label, data)
    real = np.arange(ids.shape[1]) < lengths[:, None]
    chosen = labels != IGNORED
    frame = np.zeros_like(real)
    frame[:, 0] = True
    frame[np.arange(len(ids)), lengths - 1] = True

    report.check(f"{label}: nothing is asked at special tokens and padding", not np.any(chosen & (frame | ~real)))
    report.check(f"{label}: something is asked in every row", bool(np.all(chosen.any(axis=1))))
    report.check(f"{label}: the mask token stands only where something is asked",
                 not np.any((ids == tokens.mask) & ~chosen))
    special = np.isin(ids, list(tokens.special - {tokens.mask})) & chosen
    unknown = tokens.json["model"].get("unk_token")
    special &= ids != tokens.json["model"]["vocab"].get(unknown, -1)
    report.check(f"{label}: no random replacement is a special token", not np.any(special))

    # The number asked is fixed by the length: round half to even of 15 %, one at least.
    expected = np.maximum(1, np.round(lengths * 0.15)).astype(np.int64)
    report.check(f"{label}: 15 % of the tokens are asked, rounded half to even, in every row",
                 bool(np.all(chosen.sum(axis=1) == expected)), (chosen.sum(axis=1)[:5], expected[:5]))
    total = int(chosen.sum())
    masked = int((chosen & (ids == tokens.mask)).sum())
    same = int((chosen & (ids == labels)).sum())
    # A random token equals the old one once in as many draws as there are ordinary tokens.
    ordinary = tokens.size - len(tokens.special)
    report.rate(f"{label}: hidden", masked, total, 0.8)
    report.rate(f"{label}: left as they were", same, total, 0.1 + 0.1 / ordinary)
    report.rate(f"{label}: replaced", total - masked - same, total, 0.1 - 0.1 / ordinary)

    original = np.where(chosen, labels, ids)
    return [row[1 : length - 1] for row, length in zip(original, lengths)]


def check_clm(report: Report, label: str, data: Split, tokens: Tokens) -> list[np.ndarray]:
    ids = data.matrix("input_ids").astype(np.int64)
    labels = data.matrix("labels").astype(np.int64)
    positions = data.matrix("position_ids").astype(np.int64)
    lengths = real_lengths(report, label, data)
    cuts = data.rows_of("cu_seqlens")
    real = np.arange(ids.shape[1]) < lengths[:, None]

    starts = np.zeros_like(real)
    expected_positions = np.zeros_like(positions)
    well_formed = True
    for row, cut in enumerate(cuts):
        well_formed &= len(cut) >= 2 and cut[0] == 0 and cut[-1] == lengths[row] and bool(np.all(np.diff(cut) > 0))
        for start, end in zip(cut[:-1], cut[1:]):
            starts[row, start] = True
            expected_positions[row, start:end] = np.arange(end - start)
    report.check(f"{label}: cu_seqlens ascends from 0 to the row's length", well_formed)
    report.check(f"{label}: position_ids start anew at each segment",
                 bool(np.all(positions[real] == expected_positions[real])))
    asked = real & ~starts
    report.check(f"{label}: labels are the ids", bool(np.all(labels[asked] == ids[asked])))
    report.check(f"{label}: nothing is asked at the start of a segment and in padding",
                 bool(np.all(labels[~asked] == IGNORED)))
    ends = [cut[1:-1] - 1 for cut in cuts]
    enders = {int(ids[row, end]) for row, row_ends in enumerate(ends) for end in row_ends}
    report.check(f"{label}: one token ends every document, and it is special",
                 len(enders) <= 1 and enders <= tokens.special, sorted(enders))
    return [row[:length] for row, length in zip(ids, lengths)]


def check_prefix_lm(report: Report, label: str, data: Split, tokens: Tokens) -> list[np.ndarray]:
    ids = data.matrix("input_ids").astype(np.int64)
    labels = data.matrix("labels").astype(np.int64)
    prefix = data.scalars("prefix_length").astype(np.int64)
    lengths = real_lengths(report, label, data)
    positions = np.arange(ids.shape[1])
    asked = (positions >= prefix[:, None]) & (positions < lengths[:, None])
    report.check(f"{label}: labels are the ids behind the prefix", bool(np.all(labels[asked] == ids[asked])))
    report.check(f"{label}: nothing is asked in the prefix and in padding", bool(np.all(labels[~asked] == IGNORED)))
    report.check(f"{label}: something is given and something asked in every row",
                 bool(np.all((prefix >= 1) & (prefix < lengths))))
    # Uniform on 1 … n-1: the mean share of full rows is a half, with the variance of a uniform law.
    full = lengths == ids.shape[1]
    if full.any():
        n = ids.shape[1]
        mean = prefix[full].mean()
        z = (mean - n / 2) / (math.sqrt(((n - 1) ** 2 - 1) / 12) / math.sqrt(int(full.sum())))
        report.check(f"{label}: the prefix is uniform: mean {mean:.1f} of {n} (z {z:+.2f})", abs(z) <= Z_LIMIT)
    return [row[:length] for row, length in zip(ids, lengths)]


def check_span_corruption(report: Report, label: str, data: Split, tokens: Tokens) -> list[np.ndarray]:
    inputs = data.rows_of("input_ids")
    targets = data.rows_of("labels")
    lengths = real_lengths(report, label, data)
    sentinels = set(tokens.sentinels)
    windows, orders, noises = [], True, []
    for row, (ids, labels) in enumerate(zip(inputs, targets)):
        ids = ids[: lengths[row]]
        labels = labels[labels != IGNORED]
        orders &= ids[-1] == labels[-1]
        ids, labels = ids[:-1], labels[:-1]
        spans: dict[int, list[int]] = {}
        current: list[int] = []
        for token in labels.tolist():
            if token in sentinels:
                current = spans.setdefault(token, [])
            else:
                current.append(token)
        used = [token for token in ids.tolist() if token in sentinels]
        orders &= used == tokens.sentinels[: len(used)] == list(spans)
        window: list[int] = []
        for token in ids.tolist():
            window.extend(spans.get(token, [token]))
        windows.append(np.array(window, dtype=np.int64))
        noises.append((len(window), sum(map(len, spans.values())), len(spans)))
    report.check(f"{label}: each sentinel once on each side, in order, and both sides end alike", bool(orders))

    def counts(n: int) -> tuple[int, int, int]:
        noise = min(max(round(n * 0.15), 1), max(n, 2) - 1)
        spans = min(max(round(noise / 3.0), 1), noise, n - noise)
        return n, noise, spans

    wrong = [noise for noise in noises if noise != counts(noise[0])]
    report.check(f"{label}: 15 % in spans of three on average, exactly, in every row", not wrong, wrong[:3])
    return windows


def check_denoising(report: Report, label: str, data: Split, tokens: Tokens) -> list[np.ndarray]:
    inputs = data.matrix("input_ids").astype(np.int64)
    lengths = real_lengths(report, label, data)
    targets = [row[row != IGNORED] for row in data.rows_of("labels")]
    kept_ends = all(
        row[0] == target[0] and row[length - 1] == target[-1]
        for row, target, length in zip(inputs, targets, lengths)
    )
    report.check(f"{label}: input and target begin and end alike", kept_ends)
    permutations = data.rows_of("permutation")
    starts = data.rows_of("sentence_starts")
    report.check(f"{label}: permutation holds each sentence once",
                 all(sorted(p.tolist()) == list(range(len(p))) for p in permutations))
    report.check(f"{label}: one start for each sentence, ascending from the first",
                 all(len(s) == len(p) and bool(np.all(np.diff(s) > 0)) for s, p in zip(starts, permutations)))
    # With the sentences moved as the row says, what is left of the input is what the target has there, in order.
    wrong = []
    for row, (target, order, start) in enumerate(zip(targets, permutations, starts)):
        text = target[1:-1]
        ends = np.append(start[1:], len(text))
        moved = np.concatenate([text[start[s] : ends[s]] for s in order]) if len(order) else text
        if not matches(inputs[row, 1 : lengths[row] - 1], moved, tokens.mask):
            wrong.append(row)
    report.check(f"{label}: masks stand for what is missing, in every row", not wrong, wrong[:5])
    return [target[1:-1] for target in targets]


def matches(shown: np.ndarray, original: np.ndarray, mask: int) -> bool:
    """Whether the original can be had from what is shown by putting a run of tokens, maybe none, for each mask."""
    pieces: list[list[int]] = [[]]
    for token in shown.tolist():
        if token == mask:
            pieces.append([])
        else:
            pieces[-1].append(token)
    text = original.tolist()
    head, tail = pieces[0], pieces[-1]
    if len(pieces) == 1:
        return head == text
    if text[: len(head)] != head or (tail and text[-len(tail) :] != tail):
        return False
    position, limit = len(head), len(text) - len(tail)
    for piece in pieces[1:-1]:
        while position + len(piece) <= limit and text[position : position + len(piece)] != piece:
            position += 1
        if position + len(piece) > limit:
            return False
        position += len(piece)
    return position <= limit


def check_contrastive(report: Report, label: str, data: Split, tokens: Tokens) -> None:
    ids = data.matrix("input_ids").astype(np.int64)
    lengths = real_lengths(report, label, data)
    report.check(f"{label}: rows of two views", ids.ndim == 3 and ids.shape[1] == 2, ids.shape)
    report.check(f"{label}: no view is empty", bool(np.all(lengths > 2)))
    heads = np.unique(ids[..., 0])
    report.check(f"{label}: every view begins with the same special token",
                 len(heads) == 1 and int(heads[0]) in tokens.special, heads[:5])


OBJECTIVES: dict[str, Callable[[Report, str, Split, Tokens], list[np.ndarray] | None]] = {
    "mlm": check_mlm,
    "clm": check_clm,
    "prefix_lm": check_prefix_lm,
    "span_corruption": check_span_corruption,
    "denoising": check_denoising,
    "contrastive": check_contrastive,
}


# --- Against the corpus -----------------------------------------------------------------------------------------------


class Corpus:
    """The documents by the hash of their text, and their ids as Hugging Face's library makes them."""

    def __init__(self, corpus: pathlib.Path, tokenizer: pathlib.Path) -> None:
        from tokenizers import Tokenizer

        encoder = Tokenizer.from_file(str(tokenizer))
        texts = [json.loads(line)["text"] for line in corpus.read_text(encoding="utf-8").splitlines()]
        encodings = encoder.encode_batch(texts, add_special_tokens=False)
        self.ids = {
            xxhash.xxh64_intdigest(text.encode()): encoding.ids for text, encoding in zip(texts, encodings)
        }


def check_corpus(report: Report, label: str, data: Split, windows: list[np.ndarray], corpus: Corpus) -> None:
    documents = data.scalars("doc_id").tolist()
    starts = data.scalars("source_start").tolist()
    report.check(f"{label}: every doc_id is the XXH64 of a text of the corpus", set(documents) <= set(corpus.ids))
    wrong = []
    for row, (document, start, window) in enumerate(zip(documents, starts, windows)):
        # A window over several documents is compared as far as its first goes; it may begin at that one's end mark.
        ids = corpus.ids.get(document, [])
        rest = ids[start : start + len(window)]
        if start > len(ids) or window[: len(rest)].tolist() != rest:
            wrong.append(row)
    report.check(f"{label}: the text given back is what `tokenizers` makes of the document", not wrong, wrong[:5])


# --- All together -----------------------------------------------------------------------------------------------------


def row_counts(manifest: dict) -> dict[str, dict[str, int]]:
    """Rows by objective and split, as dataset.json says."""
    return {
        objective["name"]: {split["name"]: split["rows"] for split in objective["splits"]}
        for objective in manifest["objectives"]
    }


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("out", type=pathlib.Path)
    parser.add_argument("--corpus", type=pathlib.Path)
    arguments = parser.parse_args()
    out: pathlib.Path = arguments.out

    report = Report()
    manifest = json.loads((out / "dataset.json").read_text(encoding="utf-8"))
    tokens = Tokens(out / "tokenizer.json")
    corpus = Corpus(arguments.corpus, out / "tokenizer.json") if arguments.corpus else None
    counts = row_counts(manifest)
    report.check("no unfinished work is left behind", not (out / ".work").exists())
    for name, splits in counts.items():
        print(name)
        data = check_layout(report, out, name, splits)
        for split, rows in data.items():
            check = OBJECTIVES.get(name)
            if rows.rows == 0 or check is None:
                continue
            label = f"{name}/{split}"

            def body() -> None:
                windows = check(report, label, rows, tokens)
                check_origin(report, label, rows, windows)
                if corpus is not None and windows is not None:
                    check_corpus(report, label, rows, windows, corpus)

            report.run(f"{label}: could be checked to the end", body)
    print(f"{report.passed} passed, {report.failed} failed")
    return 1 if report.failed or not report.passed else 0


if __name__ == "__main__":
    sys.exit(main())
