#!/usr/bin/env python3
"""Read a dataset with the libraries that users read it with, and recompute what can be recomputed.

    python3 Tests/Python/check_dataset.py OUT [--corpus FILE.jsonl]

Written from the documents (ShardFormat, Objectives), not from the program: an independent reader. Rates are those of
the objectives' defaults. Prints a line for each check, then `N passed, M failed`, and exits with 1 when one failed.

With `--corpus`, the JSON Lines file that the dataset was made of, windows are also compared with what Hugging Face's
`tokenizers` makes of their documents.
"""

from __future__ import annotations

import argparse
import json
import pathlib
import sys
from collections import Counter

import numpy as np
import xxhash
from datasets import DatasetDict, load_from_disk

from objective_checks import OBJECTIVES
from reading import Report, Split, Tokens, is_fixed


def check_layout(report: Report, out: pathlib.Path, objective: dict) -> dict[str, Split]:
    """Hugging Face's reader and Arrow's agree with the manifest and with each other."""
    name = objective["name"]
    wanted = {split["name"]: split for split in objective["splits"]}
    loaded = load_from_disk(str(out / name))
    report.check(f"{name}: load_from_disk gives a DatasetDict", isinstance(loaded, DatasetDict), type(loaded).__name__)
    report.check(f"{name}: the splits of the manifest", set(loaded) == set(wanted), (sorted(loaded), sorted(wanted)))
    splits = {split: Split(out / name / split) for split in loaded}
    columns = [column["name"] for column in objective["columns"]]
    for split, data in splits.items():
        label = f"{name}/{split}"
        report.check(
            f"{label}: {data.rows} rows in the manifest, in datasets and in Arrow",
            data.rows == wanted[split]["rows"] == loaded[split].num_rows,
            (wanted[split]["rows"], loaded[split].num_rows, data.rows),
        )
        shards = wanted[split]["shards"]
        report.check(
            f"{label}: shards have the rows, bytes and checksums of the manifest",
            [shard_facts(path, rows) for path, rows in zip(data.paths, data.row_counts)]
            == [(shard["path"], shard["rows"], shard["bytes"], shard["checksum"]) for shard in shards],
        )
        batches = wanted[split].get("batches")
        if batches is None:
            spread = max(data.row_counts) - min(data.row_counts)
            report.check(f"{label}: {len(data.paths)} shards of equal row count", spread <= 1, data.row_counts)
        else:
            check_batches(report, label, data, objective["settings"]["batch_size"], batches)
        names = [f"data-{i:05d}-of-{len(data.paths):05d}.arrow" for i in range(len(data.paths))]
        report.check(f"{label}: shards are named and complete", [path.name for path in data.paths] == names)
        report.check(
            f"{label}: the columns of the manifest, in datasets and in Arrow",
            columns == loaded[split].column_names == data.schema.names,
            (columns, loaded[split].column_names, data.schema.names),
        )
        report.check(f"{label}: no column holds a null", all(
            table.column(column).null_count == 0 for table in data.tables for column in data.schema.names
        ))
        fixed = [column for column in data.schema.names if is_fixed(data.schema.field(column).type)]
        report.run(f"{label}: {len(fixed)} columns of fixed length read without a copy", lambda: no_copies(data, fixed))
        if data.rows:
            first = loaded[split][0]
            row = {column: data.tables[0].column(column)[0].as_py() for column in data.schema.names}
            report.check(f"{label}: the first row is the same through datasets", first == row)
    return splits


def shard_facts(path: pathlib.Path, rows: int) -> tuple[str, int, int, str]:
    data = path.read_bytes()
    return path.name, rows, len(data), xxhash.xxh64_hexdigest(data)


def no_copies(data: Split, columns: list[str]) -> str | None:
    for column in columns:
        for view in data.views(column):
            if view.flags.owndata or view.flags.writeable:
                return f"{column} was copied"
    return None


def window_hash(ids: np.ndarray, seed: int) -> int:
    """XXH64 of the window's ids as little-endian 32-bit words."""
    return xxhash.xxh64_intdigest(np.ascontiguousarray(ids, dtype="<u4").tobytes(), seed)


def segments(data: Split, windows: list[np.ndarray], tokens: Tokens) -> list[list[tuple[int, int, int]]]:
    """Start in the window, start in the document and document of each segment, for rows that name them; else none."""
    documents, starts = data.scalars("doc_id").tolist(), data.scalars("source_start").tolist()
    if "second_doc_id" in data:
        firsts = data.matrix("attention_mask").sum(axis=1) - data.matrix("token_type_ids").sum(axis=1) - 2
        seconds = zip(data.scalars("second_source_start").tolist(), data.scalars("second_doc_id").tolist())
        return [
            [(0, start, document), (int(first), *second)]
            for first, start, document, second in zip(firsts, starts, documents, seconds)
        ]
    if "segment_doc_ids" in data:
        ends = [np.flatnonzero(window[:-1] == tokens.end_of_document) + 1 for window in windows]
        listed = zip(data.unsigned_lists("segment_source_starts"), data.unsigned_lists("segment_doc_ids"))
        return [list(zip([0, *end.tolist()], *pair)) for end, pair in zip(ends, listed)]
    return [[] for _ in windows]


def hash_seed(label: int, segments: list[tuple[int, int, int]]) -> int:
    seed = label
    for values in segments:
        for value in values:
            seed = ((seed << 7 | seed >> 57) & (1 << 64) - 1) ^ value
    return seed


def check_origin(
    report: Report, label: str, data: Split, windows: list[np.ndarray] | None, tokens: Tokens
) -> None:
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
    answers = [0] * len(windows)
    for column in ("next_sentence_label", "sentence_order_label"):
        if column in data:
            answers = data.scalars(column).tolist()
    seeds = map(hash_seed, answers, segments(data, windows, tokens))
    wrong = [row for row, (window, seed) in enumerate(zip(windows, seeds)) if window_hash(window, seed) != hashes[row]]
    report.check(f"{label}: the text given back has its window_hash, in every row", not wrong, wrong[:5])


def check_batches(report: Report, label: str, data: Split, size: int, count: int) -> None:
    """Whole batches stand at the front, each within one shard, of different documents."""
    report.check(f"{label}: shards hold whole batches of {size}",
                 all(rows % size == 0 for rows in data.row_counts[:-1]), data.row_counts)
    report.check(f"{label}: no more batches than rows", count * size <= sum(data.row_counts), count)
    documents = data.scalars("doc_id")[: count * size].reshape(count, size)
    twice = [batch for batch, row in enumerate(documents) if len(np.unique(row)) < size]
    report.check(f"{label}: no batch has a document twice", not twice, twice[:5])


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


def check_corpus(
    report: Report, label: str, data: Split, windows: list[np.ndarray], corpus: Corpus, tokens: Tokens
) -> None:
    documents = data.scalars("doc_id").tolist()
    starts = data.scalars("source_start").tolist()
    parts = segments(data, windows, tokens)
    if any(parts):
        # Rows that name their segments are compared part by part.
        named = [
            (window[first[0] : second[0]], first[1], first[2])
            for window, row in zip(windows, parts)
            for first, second in zip(row, row[1:] + [(len(window), 0, 0)])
        ]
        windows, starts, documents = (list(values) for values in zip(*named))
    report.check(f"{label}: every doc_id is the XXH64 of a text of the corpus", set(documents) <= set(corpus.ids))
    wrong = []
    for row, (document, start, window) in enumerate(zip(documents, starts, windows)):
        # A window over several documents is compared as far as its first goes; it may begin at that one's end mark.
        ids = corpus.ids.get(document, [])
        rest = ids[start : start + len(window)]
        if start > len(ids) or window[: len(rest)].tolist() != rest:
            wrong.append(row)
    report.check(f"{label}: the text given back is what `tokenizers` makes of the document", not wrong, wrong[:5])


def check_objective(report: Report, out: pathlib.Path, objective: dict, tokens: Tokens, corpus: Corpus | None) -> None:
    check = OBJECTIVES[objective["kind"]]
    for split, data in check_layout(report, out, objective).items():
        if data.rows == 0:
            continue
        label = f"{objective['name']}/{split}"
        windows = check(report, label, data, tokens)
        check_origin(report, label, data, windows, tokens)
        if corpus is not None and windows is not None:
            check_corpus(report, label, data, windows, corpus, tokens)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("out", type=pathlib.Path)
    parser.add_argument("--corpus", type=pathlib.Path)
    arguments = parser.parse_args()
    out: pathlib.Path = arguments.out

    report = Report()
    manifest = json.loads((out / "dataset.json").read_text(encoding="utf-8"))
    tokenizer = out / manifest["tokenizer"]["path"]
    report.check(
        "the tokenizer is the one of the manifest",
        xxhash.xxh64_hexdigest(tokenizer.read_bytes()) == manifest["tokenizer"]["digest"],
    )
    report.check("no unfinished work is left behind", not (out / ".work").exists())
    tokens = Tokens(manifest)
    corpus = Corpus(arguments.corpus, tokenizer) if arguments.corpus else None
    for objective in manifest["objectives"]:
        print(objective["name"])
        report.run(
            f"{objective['name']}: could be checked to the end",
            lambda: check_objective(report, out, objective, tokens, corpus),
        )
    print(f"{report.passed} passed, {report.failed} failed")
    return 1 if report.failed or not report.passed else 0


if __name__ == "__main__":
    sys.exit(main())
