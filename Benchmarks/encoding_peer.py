#!/usr/bin/env python3
"""Encodes a text with one of the peers and prints seconds, number of ids and checksum of each pass, as JSON.

    encoding_peer.py PEER TOKENIZER.json TEXT SEPARATOR THREADS PASSES

PEER is `hf` (Hugging Face tokenizers), `nanotoken`, `gigatoken` or `tokie`. Files are in the page cache when time
starts to run; peers that read files by themselves do, which is their fastest way. The first pass is the first work of
the process. The checksum is the sum of id · (position + 1) modulo 2^64.
"""
import json
import os
import sys
import time


def main() -> None:
    peer, tokenizer_path, text_path, separator, threads, passes = sys.argv[1:]
    os.environ["RAYON_NUM_THREADS"] = threads
    os.environ["TOKENIZERS_PARALLELISM"] = "true" if int(threads) > 1 else "false"
    import numpy

    def checksum(ids: numpy.ndarray) -> int:
        ids = ids.astype(numpy.uint64)
        return int((ids * numpy.arange(1, len(ids) + 1, dtype=numpy.uint64)).sum(dtype=numpy.uint64))

    with open(text_path, "rb") as file:
        data = file.read()
    start = (time.perf_counter(), time.process_time())
    run = RUNNERS[peer](tokenizer_path, text_path, data, separator, int(threads) > 1)
    load = {"wall": time.perf_counter() - start[0], "cpu": time.process_time() - start[1]}
    results = []
    for _ in range(int(passes)):
        start = (time.perf_counter(), time.process_time())
        encoded = run()
        wall, cpu = time.perf_counter() - start[0], time.process_time() - start[1]
        ids = flat(encoded)
        results.append({"wall": wall, "cpu": cpu, "tokens": len(ids), "checksum": checksum(ids)})
        del encoded, ids
    print(json.dumps({"load": load, "bytes": len(data), "threads": int(threads), "passes": results}))


def flat(encoded):
    """All ids of a result, whatever the peer calls one."""
    import numpy

    if isinstance(encoded, tuple):
        return encoded[0]
    if isinstance(encoded, list):
        return numpy.array([id for encoding in encoded for id in encoding.ids], dtype=numpy.uint32)
    import awkward

    return awkward.to_numpy(awkward.flatten(encoded))


def hf(tokenizer_path, text_path, data, separator, parallel):
    import tokenizers

    tokenizer = tokenizers.Tokenizer.from_file(tokenizer_path)
    tokenizer.no_padding()
    tokenizer.no_truncation()
    texts = data.decode().split(separator)
    return lambda: tokenizer.encode_batch_fast(texts, add_special_tokens=False)


def nanotoken(tokenizer_path, text_path, data, separator, parallel):
    import nanotoken

    tokenizer = nanotoken.Tokenizer(tokenizer_path).backend
    source = nanotoken.TextFileSource([text_path], separator=separator)
    return lambda: tokenizer.encode_files(source, add_special_tokens=False, parallel=parallel)


def gigatoken(tokenizer_path, text_path, data, separator, parallel):
    import gigatoken

    tokenizer = gigatoken.Tokenizer(tokenizer_path)
    source = gigatoken.TextFileSource([text_path], separator=separator)
    return lambda: tokenizer.encode_files(source, parallel=parallel)


def tokie(tokenizer_path, text_path, data, separator, parallel):
    import tokie

    tokenizer = tokie.Tokenizer.from_json(tokenizer_path)
    texts = data.decode().split(separator)
    return lambda: tokenizer.encode_batch(texts, add_special_tokens=False)


RUNNERS = {"hf": hf, "nanotoken": nanotoken, "gigatoken": gigatoken, "tokie": tokie}

main()
