"""One function for each objective: checks its columns, and gives the windows back that its rows were made of."""

from __future__ import annotations

import math
from typing import Callable

import numpy as np

from reading import Report, Split, Tokens, Z_LIMIT

# The label of a position that is not asked.
IGNORED = -100


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
    special = np.isin(ids, list(tokens.special - {tokens.mask, tokens.unknown})) & chosen
    report.check(f"{label}: no random replacement is a special token", not np.any(special))

    # The number asked is fixed by the length: round half to even of 15 %, one at least, and no more than may be asked.
    original = np.where(chosen, labels, ids)
    allowed = (real & ~frame & ~np.isin(original, list(tokens.special))).sum(axis=1)
    expected = np.minimum(np.maximum(1, np.round(lengths * 0.15)), allowed)
    asked = chosen.sum(axis=1)
    report.check(f"{label}: 15 % of the tokens are asked, rounded half to even, in every row",
                 bool(np.all(asked == expected)), (asked[:5], expected[:5]))
    total = int(chosen.sum())
    masked = int((chosen & (ids == tokens.mask)).sum())
    same = int((chosen & (ids == labels)).sum())
    # A random token equals the old one once in as many draws as there are ordinary tokens.
    ordinary = tokens.size - len(tokens.special)
    report.rate(f"{label}: hidden", masked, total, 0.8)
    report.rate(f"{label}: left as they were", same, total, 0.1 + 0.1 / ordinary)
    report.rate(f"{label}: replaced", total - masked - same, total, 0.1 - 0.1 / ordinary)

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


def check_contrastive(report: Report, label: str, data: Split, tokens: Tokens) -> list[np.ndarray] | None:
    ids = data.matrix("input_ids").astype(np.int64)
    lengths = real_lengths(report, label, data)
    heads = np.unique(ids[..., 0])
    report.check(f"{label}: every view begins with the same special token",
                 len(heads) == 1 and int(heads[0]) in tokens.special, heads[:5])
    report.check(f"{label}: no view is empty", bool(np.all(lengths > 2)))
    if ids.ndim == 2:
        return [row[1 : length - 1] for row, length in zip(ids, lengths)]
    report.check(f"{label}: rows of two views", ids.shape[1] == 2, ids.shape)
    if "source_ids" in data:
        return data.rows_of("source_ids")
    if "operation" in data:
        report.check(f"{label}: the second view differs from the first, in every row",
                     bool(np.all(np.any(ids[:, 0] != ids[:, 1], axis=1))))
        return [row[0, 1 : length[0] - 1] for row, length in zip(ids, lengths)]
    return None


OBJECTIVES: dict[str, Callable[[Report, str, Split, Tokens], list[np.ndarray] | None]] = {
    "mlm": check_mlm,
    "clm": check_clm,
    "prefix_lm": check_prefix_lm,
    "span_corruption": check_span_corruption,
    "denoising": check_denoising,
    "contrastive": check_contrastive,
}
