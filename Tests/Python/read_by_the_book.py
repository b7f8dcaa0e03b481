#!/usr/bin/env python3
"""Reads a dataset by Documentation/ShardFormat.md alone: no Arrow, no FlatBuffers, no `datasets`.

    python3 Tests/Python/read_by_the_book.py DATASET [--with-pyarrow]

Proves every checksum of `dataset.json`, decodes every row of every shard, and says how many there were. With
`--with-pyarrow` the rows are compared with those that pyarrow reads. Packed shards need the module `zstandard`.
"""

import json
import pathlib
import struct
import sys

MASK = (1 << 64) - 1
P1, P2, P3 = 0x9E3779B185EBCA87, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9
P4, P5 = 0x85EBCA77C2B2AE63, 0x27D4EB2F165667C5
CODES = {
    "uint8": "B", "int8": "b", "uint16": "H", "int16": "h", "uint32": "I", "int32": "i", "uint64": "Q", "int64": "q"}


def xxh64(data):
    """XXH64 with seed 0, as 16 hexadecimal digits."""
    rotate = lambda value, count: ((value << count) | (value >> (64 - count))) & MASK
    mix = lambda lane, word: rotate((lane + word * P2) & MASK, 31) * P1 & MASK
    at = 0
    if len(data) >= 32:
        lanes = [P1 + P2 & MASK, P2, 0, -P1 & MASK]
        for a, b, c, d in struct.iter_unpack("<4Q", data[: len(data) // 32 * 32]):
            lanes = [mix(lane, word) for lane, word in zip(lanes, (a, b, c, d))]
        at = len(data) // 32 * 32
        value = sum(rotate(lane, count) for lane, count in zip(lanes, (1, 7, 12, 18))) & MASK
        for lane in lanes:
            value = ((value ^ mix(0, lane)) * P1 + P4) & MASK
    else:
        value = P5
    value = (value + len(data)) & MASK
    while at + 8 <= len(data):
        value = (rotate(value ^ mix(0, struct.unpack_from("<Q", data, at)[0]), 27) * P1 + P4) & MASK
        at += 8
    if at + 4 <= len(data):
        value = (rotate(value ^ struct.unpack_from("<I", data, at)[0] * P1 & MASK, 23) * P2 + P3) & MASK
        at += 4
    for byte in data[at:]:
        value = rotate(value ^ byte * P5 & MASK, 11) * P1 & MASK
    for shift, prime in ((33, P2), (29, P3)):
        value = (value ^ value >> shift) * prime & MASK
    return f"{value ^ value >> 32:016x}"


class Table:
    """A FlatBuffers table: fields by slot."""

    def __init__(self, data, at):
        self.data, self.at = data, at
        self.vtable = at - struct.unpack_from("<i", data, at)[0]
        self.slots = (struct.unpack_from("<H", data, self.vtable)[0] - 4) // 2

    @classmethod
    def root(cls, data):
        return cls(data, struct.unpack_from("<I", data, 0)[0])

    def place(self, slot):
        offset = struct.unpack_from("<H", self.data, self.vtable + 4 + 2 * slot)[0] if slot < self.slots else 0
        return self.at + offset if offset else None

    def number(self, slot, code):
        place = self.place(slot)
        return 0 if place is None else struct.unpack_from("<" + code, self.data, place)[0]

    def target(self, slot):
        place = self.place(slot)
        return None if place is None else place + struct.unpack_from("<I", self.data, place)[0]

    def table(self, slot):
        target = self.target(slot)
        return None if target is None else Table(self.data, target)

    def pairs(self, slot):
        at = self.target(slot)
        count = struct.unpack_from("<I", self.data, at)[0]
        return list(struct.iter_unpack("<2q", self.data[at + 4 : at + 4 + 16 * count]))


def messages(data):
    """The tables and bodies of a stream, and the bytes of each message."""
    at = 0
    while True:
        mark, size = struct.unpack_from("<2I", data, at)
        assert mark == 0xFFFFFFFF and at % 64 == 0, "a message starts at a multiple of 64"
        if size == 0:
            assert at + 8 == len(data), "the end of the stream ends the file"
            return
        message = Table.root(data[at + 8 : at + 8 + size])
        body = at + 8 + size
        end = body + message.number(3, "q")
        yield message, data[body:end], data[at:end]
        at = end


def rows_of(message, body, columns):
    """The rows of a record batch, column by column."""
    batch = message.table(2)
    count, nodes, buffers = batch.number(0, "q"), batch.pairs(1), iter(batch.pairs(2))
    packed = batch.table(3) is not None

    def take():
        offset, length = next(buffers)
        assert offset % 64 == 0, "a buffer starts at a multiple of 64"
        content = body[offset : offset + length]
        if not packed or length == 0:
            return content
        size = struct.unpack_from("<q", content)[0]
        if size == -1:
            return content[8:]
        import zstandard

        return zstandard.ZstdDecompressor().decompress(content[8:], max_output_size=size)

    result, depth = [], 0
    for column in columns:
        code = CODES[column["type"]]
        shape = column["shape"]
        take()  # no validity
        if shape == "list":
            offsets = struct.unpack(f"<{count + 1}i", take())
            take()
        else:
            width = 1
            for length in [] if shape == "scalar" else shape:
                take()
                width *= length
            offsets = range(0, (count + 1) * width, width)
        values = struct.unpack(f"<{offsets[-1]}{code}", take())
        result.append([values[a:b] for a, b in zip(offsets, offsets[1:])])
    assert next(buffers, None) is None, "no buffer is left"
    return [tuple(column[row] for column in result) for row in range(count)]


def read(folder):
    text = (folder / "dataset.json").read_bytes()
    assert text.endswith(b'"\n}\n') and text[-20:-4].decode() == xxh64(text[:-20]), "the manifest's checksum"
    manifest = json.loads(text)
    assert manifest["format_version"] == 2
    tokenizer = (folder / manifest["tokenizer"]["path"]).read_bytes()
    assert xxh64(tokenizer) == manifest["tokenizer"]["digest"], "the tokenizer's digest"
    for objective in manifest["objectives"]:
        for split in objective["splits"]:
            for shard in split["shards"]:
                path = folder / objective["name"] / split["name"] / shard["path"]
                data = path.read_bytes()
                assert len(data) == shard["bytes"] and xxh64(data) == shard["checksum"], f"{path}: checksum"
                found = list(messages(data))[1:]
                rows = []
                for (message, body, piece), entry in zip(found, shard["record_batches"], strict=True):
                    assert len(piece) == entry["bytes"] and xxh64(piece) == entry["checksum"], f"{path}: record batch"
                    rows += rows_of(message, body, objective["columns"])
                assert len(rows) == shard["rows"], f"{path}: rows"
                yield path, objective["columns"], rows


def flat(value):
    return [number for item in value for number in flat(item)] if isinstance(value, list) else [value]


def main(folder, with_pyarrow):
    shards = total = 0
    for path, columns, rows in read(folder):
        shards, total = shards + 1, total + len(rows)
        if with_pyarrow:
            import pyarrow

            table = pyarrow.ipc.open_stream(path.read_bytes()).read_all()
            for number, column in enumerate(columns):
                theirs = [flat(value) for value in table.column(column["name"]).to_pylist()]
                assert theirs == [list(row[number]) for row in rows], f"{path}: {column['name']} as pyarrow reads it"
    print(f"{total} rows of {shards} shards read by the book" + (", as pyarrow reads them" if with_pyarrow else ""))


if __name__ == "__main__":
    if len(sys.argv) not in (2, 3):
        sys.exit(__doc__)
    main(pathlib.Path(sys.argv[1]), sys.argv[2:] == ["--with-pyarrow"])
