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
    original, lengths = check_cloze(report, label, data, tokens)
    return [row[1 : length - 1] for row, length in zip(original, lengths)]


def check_cloze(
    report: Report, label: str, data: Split, tokens: Tokens, counts_frame: bool = True
) -> tuple[np.ndarray, np.ndarray]:
    """Hidden tokens asked for in place: the rows as they were, and their lengths."""
    ids = data.matrix("input_ids").astype(np.int64)
    labels = data.matrix("labels").astype(np.int64)
    lengths = real_lengths(report, label, data)
    real = np.arange(ids.shape[1]) < lengths[:, None]
    chosen = labels != IGNORED
    original = np.where(chosen, labels, ids)
    special = np.isin(original, list(tokens.special))

    report.check(f"{label}: nothing is asked at special tokens and padding", not np.any(chosen & (special | ~real)))
    report.check(f"{label}: something is asked in every row", bool(np.all(chosen.any(axis=1))))
    report.check(f"{label}: the mask token stands only where something is asked",
                 not np.any((ids == tokens.mask) & ~chosen))
    drawn = np.isin(ids, list(tokens.special - {tokens.mask})) & chosen
    report.check(f"{label}: no random replacement is a special token", not np.any(drawn))

    # The number asked is fixed by the length: round half to even of 15 %, one at least, and no more than may be asked.
    allowed = (real & ~special).sum(axis=1)
    expected = np.minimum(np.maximum(1, np.round((lengths if counts_frame else allowed) * 0.15)), allowed)
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
    return original, lengths


def framed_pairs(
    report: Report, label: str, original: np.ndarray, lengths: np.ndarray
) -> tuple[list[np.ndarray], np.ndarray]:
    """The two texts of each row without their frame, and the place of the token between them."""
    closing = original[0, lengths[0] - 1]
    middles = np.array([int(np.flatnonzero(row == closing)[0]) for row in original])
    report.check(f"{label}: two texts in a frame, none empty",
                 bool(np.all((middles > 1) & (middles + 2 < lengths))) and len(np.unique(original[:, 0])) == 1)
    windows = [
        np.concatenate([row[1:middle], row[middle + 1 : length - 1]])
        for row, middle, length in zip(original, middles, lengths)
    ]
    return windows, middles


def check_bert_pairs(report: Report, label: str, data: Split, tokens: Tokens) -> list[np.ndarray]:
    original, lengths = check_cloze(report, label, data, tokens)
    windows, middles = framed_pairs(report, label, original, lengths)
    positions = np.arange(original.shape[1])
    second = (positions > middles[:, None]) & (positions < lengths[:, None])
    report.check(f"{label}: token_type_ids are 1 in the second text",
                 bool(np.all(data.matrix("token_type_ids") == second)))
    answers = data.scalars("next_sentence_label")
    same = data.scalars("doc_id") == data.scalars("second_doc_id")
    ends = data.scalars("source_start").astype(np.int64) + middles - 1
    follows = same & (data.scalars("second_source_start") >= ends)
    report.check(f"{label}: what follows, follows in the same document", bool(np.all(follows[answers == 0])))
    report.check(f"{label}: texts that are not the next are the more frequent ones, but not all",
                 bool(0.5 - Z_LIMIT / (2 * math.sqrt(len(answers))) < answers.mean() < 1), answers.mean())
    return windows


def check_unilm(report: Report, label: str, data: Split, tokens: Tokens) -> list[np.ndarray]:
    original, lengths = check_cloze(report, label, data, tokens, counts_frame=False)
    windows, middles = framed_pairs(report, label, original, lengths)
    report.check(f"{label}: source_len ends with the source's frame",
                 bool(np.all(data.scalars("source_len") == middles + 1)))
    kinds = data.scalars("mask_kind")
    for kind, share in enumerate([1 / 3, 1 / 6, 1 / 6, 1 / 3]):
        report.rate(f"{label}: rows of mask_kind {kind}", int((kinds == kind).sum()), len(kinds), share)
    sources, targets = np.array([0, 2, 3, 4])[kinds], np.array([1, 2, 3, 5])[kinds]
    positions = np.arange(original.shape[1])
    types = np.where(positions <= middles[:, None], sources[:, None], targets[:, None])
    types[positions >= lengths[:, None]] = 0
    report.check(f"{label}: token_type_ids tell the parts and the direction",
                 bool(np.all(data.matrix("token_type_ids") == types)))
    return windows


def check_replaced_token_detection(report: Report, label: str, data: Split, tokens: Tokens) -> list[np.ndarray]:
    ids = data.matrix("input_ids").astype(np.int64)
    labels = data.matrix("labels").astype(np.int64)
    lengths = real_lengths(report, label, data)
    original, wanted = ids.copy(), np.zeros_like(labels)
    wanted[np.arange(ids.shape[1]) >= lengths[:, None]] = IGNORED
    for row, (places, were) in enumerate(zip(data.lists("replaced_positions"), data.lists("original_ids"))):
        original[row, places] = were
        wanted[row, places] = 1
    report.check(f"{label}: labels are 1 where a token was replaced, 0 elsewhere", bool(np.all(labels == wanted)))
    replaced = labels == 1
    report.check(f"{label}: what was replaced is another token now, and was no special one",
                 bool(np.all(ids[replaced] != original[replaced]))
                 and not np.any(np.isin(original[replaced], list(tokens.special))))
    limit = np.maximum(1, np.round(lengths * 0.15))
    report.check(f"{label}: no more than 15 % are replaced, in every row", bool(np.all(replaced.sum(axis=1) <= limit)))
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
    windows = [row[:length] for row, length in zip(ids, lengths)]
    return fill_in(report, label, data, tokens, windows) if "fim_mode" in data else windows


def fill_in(
    report: Report, label: str, data: Split, tokens: Tokens, rows: list[np.ndarray]
) -> list[np.ndarray]:
    """Puts the middles back between what stands before and behind them."""
    prefix, middle, suffix = tokens.fim
    windows, well_formed, moved, segments = [], True, 0, 0
    for ids, modes, starts, ends in zip(rows, *(data.lists(f"fim_{name}") for name in ("mode", "a", "b"))):
        cuts = [0, *(np.flatnonzero(ids[:-1] == tokens.end_of_document) + 1).tolist(), len(ids)]
        well_formed &= len(cuts) == len(modes) + 1 == len(starts) + 1 == len(ends) + 1
        window: list[int] = []
        for segment, (first, last) in enumerate(zip(cuts, cuts[1:])):
            text = ids[first:last].tolist()
            end = [text.pop()] if text[-1] == tokens.end_of_document else []
            segments += bool(text)
            if modes[segment] == 0:
                window += text + end
                continue
            moved += 1
            parts, part = {prefix: [], middle: [], suffix: []}, prefix
            well_formed &= text[0] == prefix and sum(text.count(mark) for mark in parts) == 3
            for token in text:
                if token in parts:
                    part = token
                else:
                    parts[part].append(token)
            a, b = int(starts[segment]), int(ends[segment])
            head = parts[prefix] + parts[middle]
            well_formed &= len(head) == b and len(parts[prefix]) == (a if modes[segment] == 1 else 0)
            window += head + parts[suffix] + end
        windows.append(np.array(window, dtype=np.int64))
    report.check(f"{label}: the marks stand where the cuts put them", well_formed)
    report.rate(f"{label}: segments with their middle moved", moved, segments, 0.5)
    return windows


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


def sides(report: Report, label: str, data: Split) -> tuple[list[list[int]], list[list[int]]]:
    """Inputs and targets without padding and the token that ends both."""
    lengths = real_lengths(report, label, data)
    inputs = [ids[:length].tolist() for ids, length in zip(data.rows_of("input_ids"), lengths)]
    targets = [labels[labels != IGNORED].tolist() for labels in data.rows_of("labels")]
    ends = {row[-1] for row in inputs + targets}
    report.check(f"{label}: both sides end alike", len(ends) == 1, sorted(ends)[:5])
    return [row[:-1] for row in inputs], [row[:-1] for row in targets]


def fill(ids: list[int], labels: list[int], sentinels: list[int], closed: bool) -> tuple[list[int], int, int] | None:
    """The window, and how much of it was hidden in how many spans; None when the sentinels are not in order."""
    known = set(sentinels)
    spans: dict[int, list[int]] = {}
    current: list[int] = []
    for token in labels:
        if token in known:
            current = spans.setdefault(token, [])
        else:
            current.append(token)
    names = list(spans)
    if closed and (not names or spans.pop(names[-1])):
        return None
    used = [token for token in ids if token in known]
    if used != list(spans) or names != sentinels[: len(names)]:
        return None
    window: list[int] = []
    for token in ids:
        window.extend(spans.get(token, [token]))
    return window, sum(map(len, spans.values())), len(spans)


def span_counts(n: int, density: float, mean: float) -> tuple[int, int]:
    noise = min(max(round(n * density), 1), max(n, 2) - 1)
    return noise, min(max(round(noise / mean), 1), noise, n - noise)


def check_span_corruption(report: Report, label: str, data: Split, tokens: Tokens) -> list[np.ndarray]:
    inputs, targets = sides(report, label, data)
    # Where nothing but the first sentinel is shown, the target is the whole window.
    if all(len(ids) == len(labels) for ids, labels in zip(inputs, targets)):
        hidden = sum(a != b for ids, labels in zip(inputs, targets) for a, b in zip(ids, labels))
        report.check(f"{label}: hidden tokens show the first sentinel, and nothing else changes",
                     all(a == b or a == tokens.sentinels[0] for x, y in zip(inputs, targets) for a, b in zip(x, y)))
        report.rate(f"{label}: hidden", hidden, sum(map(len, inputs)), 0.15)
        return [np.array(row, dtype=np.int64) for row in targets]
    closed = any(ids[0] in tokens.sentinels for ids in inputs)
    parts = [fill(ids, labels, tokens.sentinels, closed) for ids, labels in zip(inputs, targets)]
    report.check(f"{label}: each sentinel once on each side, in order", None not in parts)
    whole = [part for part in parts if part is not None]
    wrong = [
        part[1:] for part in whole
        if (part[1], part[2]) != span_counts(len(part[0]), 0.15, 3.0)
        and not (closed and (part[1], part[2] - 1) == span_counts(len(part[0]), 0.15, 3.0))
    ]
    report.check(f"{label}: 15 % in spans of three on average, exactly, in every row", not wrong, wrong[:3])
    return [np.array(part[0], dtype=np.int64) for part in whole]


# By `denoiser`: density, mean span and weight; the last one asks for the last quarter.
DENOISERS = [(0.15, 3, 2), (0.15, 8, 2), (0.5, 3, 1), (0.5, 8, 1), (0.15, 64, 1), (0.5, 64, 1), (None, None, 2)]


def check_ul2(report: Report, label: str, data: Split, tokens: Tokens) -> list[np.ndarray]:
    inputs, targets = sides(report, label, data)
    kinds = data.scalars("denoiser").tolist()
    windows, wrong = [], []
    for row, (ids, labels, kind) in enumerate(zip(inputs, targets, kinds)):
        density, mean, _ = DENOISERS[kind]
        if density is None:
            window = ids + labels
            good = len(labels) == max(1, round(len(window) / 4))
        else:
            part = fill(ids, labels, tokens.sentinels, False)
            window = part[0] if part else []
            good = part is not None and part[1:] == span_counts(len(window), density, mean)
        windows.append(np.array(window, dtype=np.int64))
        if not good:
            wrong.append(row)
    report.check(f"{label}: every row is what its denoiser makes", not wrong, wrong[:5])
    for kind, (_, _, weight) in enumerate(DENOISERS):
        report.rate(f"{label}: denoiser {kind}", kinds.count(kind), len(kinds), weight / 10)
    return windows


def check_mass(report: Report, label: str, data: Split, tokens: Tokens) -> list[np.ndarray]:
    lengths = real_lengths(report, label, data)
    ids = data.matrix("input_ids").astype(np.int64)
    labels = data.rows_of("labels")
    given = data.matrix("decoder_input_ids").astype(np.int64)
    places = data.matrix("decoder_position_ids").astype(np.int64)
    windows, wrong, masked, asked = [], [], 0, 0
    for row, (shown, length) in enumerate(zip(ids, lengths)):
        fragment = labels[row][labels[row] != IGNORED]
        count, start = len(fragment), places[row, 0] + 1
        text = shown[:length].copy()
        masked += int((text[start : start + count] == tokens.mask).sum())
        asked += count
        text[start : start + count] = fragment
        good = count == max(1, round((length - 1) * 0.5)) and bool(
            np.all(given[row, :count] == text[start - 1 : start + count - 1])
            and np.all(places[row, :count] == np.arange(start - 1, start + count - 1))
        )
        if not good:
            wrong.append(row)
        windows.append(text[1:])
    report.check(f"{label}: the decoder is given what comes before half of the text", not wrong, wrong[:5])
    report.rate(f"{label}: hidden", masked, asked, 0.8)
    return windows


def check_codes(report: Report, label: str, data: Split, tokens: Tokens) -> list[np.ndarray]:
    ids = data.matrix("input_ids").astype(np.int64)
    labels = data.matrix("labels").astype(np.int64)
    chosen = labels != IGNORED
    count = ids.reshape(len(ids), -1).shape[1]
    lengths = real_lengths(report, label, data) if "attention_mask" in data else np.full(len(ids), count)
    report.check(f"{label}: the mask stands where something is asked, and only there",
                 bool(np.all((ids == tokens.mask) == chosen)))
    axes = tuple(range(1, ids.ndim))
    report.check(f"{label}: something is asked in every row", bool(np.all(chosen.any(axis=axes))))
    if ids.ndim == 3:
        report.check(f"{label}: at most 40 % of an image is hidden",
                     bool(np.all(chosen.sum(axis=axes) <= round(count * 0.4))))
    original = np.where(chosen, labels, ids).reshape(len(ids), -1)
    return [row[:length] for row, length in zip(original, lengths)]


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
    if "negative_doc_ids" in data:
        # Negatives are a part of the window, whose hash is then seeded: the tool's own verification proves it.
        negatives = data.matrix("negative_ids").astype(np.int64)
        views = ids if ids.ndim == 3 else ids[:, None]
        equal = (negatives[:, :, None] == views[:, None]).all(axis=-1)
        report.check(f"{label}: no negative is a view", not equal.any())
        own = data.scalars("doc_id")[:, None] == data.matrix("negative_doc_ids")
        report.check(f"{label}: negatives come from other documents", not own.any())
        return None
    if ids.ndim == 2:
        if "position_ids" in data:
            positions = data.matrix("position_ids").astype(np.int64)
            report.check(f"{label}: positions are those of the row in some order",
                         bool(np.all(np.sort(positions) == np.arange(ids.shape[1]))))
            cut = data.lists("cutoff_rows")
            report.check(f"{label}: 15 % of the rows are cut, rounded down",
                         all(len(rows) == int((length - 2) * 0.15) for rows, length in zip(cut, lengths)))
        return [row[1 : length - 1] for row, length in zip(ids, lengths)]
    starts, sizes = data.matrix("view_start"), data.matrix("view_length")
    report.check(f"{label}: as many views as places they come from", ids.shape[1] == starts.shape[1], ids.shape)
    if "source_ids" in data:
        sources = data.rows_of("source_ids")
        if "view_operation" not in data:
            wrong = [
                row for row, source in enumerate(sources) for view in range(ids.shape[1])
                if not is_part(ids[row, view, 1 : lengths[row, view] - 1].tolist(),
                               source[starts[row, view] : starts[row, view] + sizes[row, view]].tolist())
            ]
            report.check(f"{label}: a view holds tokens of its part of the text, in order", not wrong, wrong[:5])
        return sources
    if "operation" in data:
        report.check(f"{label}: the second view differs from the first, in every row",
                     bool(np.all(np.any(ids[:, 0] != ids[:, 1], axis=1))))
        return [row[0, 1 : length[0] - 1] for row, length in zip(ids, lengths)]
    return None


def is_part(view: list[int], text: list[int]) -> bool:
    """Whether a view is left of a text when tokens are deleted."""
    rest = iter(text)
    return all(token in rest for token in view)


class TaskRows:
    """The rows of one task of a mixture, read as that task's own; its columns are as long as the mixture's."""

    def __init__(self, data: Split, task: int) -> None:
        self.data = data
        self.chosen = data.scalars("task") == task
        self.rows = int(self.chosen.sum())

    def __contains__(self, column: str) -> bool:
        return column in self.data

    def matrix(self, column: str) -> np.ndarray:
        return self.data.matrix(column)[self.chosen]

    def scalars(self, column: str) -> np.ndarray:
        return self.matrix(column)


def check_mixture(report: Report, label: str, data: Split, tokens: Tokens) -> list[np.ndarray]:
    """Of `mlm` with weight 2 and `prefix_lm` with weight 1."""
    task = data.scalars("task").astype(np.int64)
    report.check(f"{label}: two tasks", set(task.tolist()) == {0, 1}, set(task.tolist()))
    report.rate(f"{label}: rows of mlm", int((task == 0).sum()), len(task), 2 / 3)
    windows: list[np.ndarray] = [np.empty(0)] * len(task)
    for number, check in ((0, check_mlm), (1, check_prefix_lm)):
        rows = TaskRows(data, number)
        for row, window in zip(np.flatnonzero(rows.chosen), check(report, f"{label} task {number}", rows, tokens)):
            windows[row] = window
    given = data.scalars("prefix_length")[task == 0]
    report.check(f"{label}: what mlm has not is 0", not given.any())
    return windows


OBJECTIVES: dict[str, Callable[[Report, str, Split, Tokens], list[np.ndarray] | None]] = {
    "mlm": check_mlm,
    "bert_pairs": check_bert_pairs,
    "replaced_token_detection": check_replaced_token_detection,
    "clm": check_clm,
    "prefix_lm": check_prefix_lm,
    "unilm": check_unilm,
    "span_corruption": check_span_corruption,
    "ul2": check_ul2,
    "mass": check_mass,
    "denoising": check_denoising,
    "contrastive": check_contrastive,
    "image_mlm": check_codes,
    "audio_mlm": check_codes,
    "mixture": check_mixture,
}
