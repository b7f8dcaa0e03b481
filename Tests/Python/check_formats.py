#!/usr/bin/env python3
"""Have pyarrow write tables in every mix of encodings and codecs, read them with the tool, and compare.

    python3 Tests/Python/check_formats.py PALIMPSEST [--rows 400]

Texts and ids must be the same, row for row; nulls and empty texts must be left out.
"""
import argparse, itertools, json, os, random, subprocess, sys, tempfile

import pyarrow as pa
import pyarrow.parquet as pq


def documents(tool, path, *options):
    """What the tool reads: texts (or codes) and ids."""
    run = subprocess.run([tool, "read", *options, path], capture_output=True, encoding="utf-8")
    if run.returncode:
        sys.exit(f"{path}: {run.stderr}")
    return [json.loads(line) for line in run.stdout.split("\n") if line]


def make_rows(count, seed):
    draw = random.Random(seed)
    alphabet = "abcdefghij \n\"',éßЖ東🦊"
    words = ["".join(draw.choice(alphabet) for _ in range(draw.randrange(1, 30))) for _ in range(60)]
    texts = []
    for _ in range(count):
        kind = draw.random()
        text = draw.choice(words) if kind < 0.5 else "".join(draw.choices(words, k=draw.randrange(1, 40)))
        texts.append(None if kind > 0.95 else "" if kind > 0.92 else text)
    codes = [None if draw.random() < 0.05 else [draw.choice([0, 1, 500, 65535, 2**31 - 1]) if draw.random() < 0.2
             else draw.randrange(9000) for _ in range(draw.randrange(0, 50))] for _ in range(count)]
    return texts, codes


def parquet_files(table, folder):
    """Every mix of codec, encoding, page version, page size and checksum."""
    encodings = {
        "dictionary": {"use_dictionary": True},
        "plain": {"use_dictionary": False},
        "lengths": {"use_dictionary": False, "column_encoding": {"text": "DELTA_LENGTH_BYTE_ARRAY",
                    "id": "DELTA_BINARY_PACKED", "codes.list.element": "DELTA_BINARY_PACKED"}},
        "prefixes": {"use_dictionary": False, "column_encoding": {"text": "DELTA_BYTE_ARRAY"}},
    }
    codecs = ["none", "snappy", "gzip", "zstd", "lz4"]
    for (name, options), codec, version, size, checksum in itertools.product(
            encodings.items(), codecs, ["1.0", "2.0"], [300, 1 << 20], [False, True]):
        path = os.path.join(folder, f"{name}-{codec}-{version}-{size}-{checksum}.parquet")
        pq.write_table(table, path, compression=codec, data_page_version=version, data_page_size=size,
                       row_group_size=170, write_page_checksum=checksum, dictionary_pagesize_limit=2000,
                       write_batch_size=16, **options)
        yield path


def arrow_files(table, folder):
    """Streams and files, with and without compression, in every layout of strings."""
    layouts = {"utf8": pa.string(), "large": pa.large_string(), "view": pa.string_view(), "binary": pa.binary(),
               "dictionary": pa.dictionary(pa.int32(), pa.string()),
               "small": pa.dictionary(pa.int8(), pa.large_string())}
    for (name, kind), codec, form in itertools.product(layouts.items(), [None, "lz4", "zstd"], ["stream", "file"]):
        column = table["text"]
        if name == "small":
            column = pa.chunked_array([pa.array([None if t is None else t[:1] for t in column.to_pylist()])])
        if pa.types.is_dictionary(kind):
            column = pa.chunked_array([column.combine_chunks().dictionary_encode().cast(kind)])
        else:
            column = column.cast(kind)
        changed = table.set_column(table.schema.get_field_index("text"), "text", column)
        path = os.path.join(folder, f"{name}-{codec}-{form}.arrow")
        options = pa.ipc.IpcWriteOptions(compression=codec)
        make = pa.ipc.new_stream if form == "stream" else pa.ipc.new_file
        with make(path, changed.schema, options=options) as writer:
            writer.write_table(changed, max_chunksize=90)
        yield path, [v.decode() if isinstance(v, bytes) else v for v in column.to_pylist()]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("tool")
    parser.add_argument("--rows", type=int, default=400)
    arguments = parser.parse_args()
    texts, codes = make_rows(arguments.rows, seed=5)
    ids = [i * 7919 - 1000 for i in range(arguments.rows)]
    table = pa.table({"id": pa.array(ids, pa.int64()), "text": texts, "codes": pa.array(codes, pa.list_(pa.int32()))})
    compared = 0

    def compare(path, texts):
        nonlocal compared
        wanted = [{"id": str(i), "text": t} for i, t in zip(ids, texts) if t]
        if documents(arguments.tool, path, "--id", "id") != wanted:
            sys.exit(f"{path}: other texts than pyarrow's")
        wanted = [{"id": str(i), "codes": c} for i, c in zip(ids, codes) if c]
        if documents(arguments.tool, path, "--id", "id", "--codes", "codes") != wanted:
            sys.exit(f"{path}: other codes than pyarrow's")
        compared += 1

    with tempfile.TemporaryDirectory() as folder:
        for path in parquet_files(table, folder):
            if pq.read_table(path)["text"].to_pylist() != texts:
                sys.exit(f"{path}: pyarrow does not read what it wrote")
            compare(path, texts)
            os.remove(path)
        for path, found in arrow_files(table, folder):
            compare(path, found)
            os.remove(path)
    print(f"{compared} tables of {arguments.rows} rows read as pyarrow wrote them")


if __name__ == "__main__":
    main()
