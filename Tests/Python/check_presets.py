#!/usr/bin/env python3
"""Build a dataset of each preset, prove it, and feed its rows as they are to the model they are for.

    python3 Tests/Python/check_presets.py PALIMPSEST --corpus FILE [--preset NAME]… [--vocabulary N] [--draws N]

For each preset: `build` (the preset by its name, a smaller vocabulary), `verify` (must be clean), `stats` (every rate
within 5 standard errors of its expectation, of at least `--draws` chances where the rate is a matter of chance), then
`datasets.load_from_disk`, the default collator of `transformers`, and one forward and backward pass of a tiny model of
the right class with random weights. Its loss must be what knowing nothing costs: ln V for a vocabulary of V, ln 2 for a
yes or no.

`--small` shortens rows, so that a corpus of a few documents fills some. Prints a line for each check, and exits with 1
when one failed.
"""

from __future__ import annotations

import argparse
import inspect
import json
import math
import pathlib
import shutil
import subprocess
import sys
import tempfile

import numpy as np
import torch
import transformers
from datasets import load_from_disk
from transformers import DataCollatorForSeq2Seq, PreTrainedTokenizerFast, default_data_collator

from reading import Report

WIDTH = dict(hidden_size=32, num_hidden_layers=2, num_attention_heads=2, intermediate_size=64)
BART = dict(d_model=32, encoder_layers=2, decoder_layers=2, encoder_attention_heads=2, decoder_attention_heads=2,
            encoder_ffn_dim=64, decoder_ffn_dim=64)
BATCH = 8
# A row of a small corpus: declutr wants documents of 2,048 tokens, simcse 64 different ones.
SMALL = {
    "declutr": {"length": 66, "min_span": 16, "batch_size": 2},
    "simcse-unsup": {"batch_size": 4},
    "gpt2": {"length": 256},
    "modernbert": {"length": 256},
}


class Special:
    """The special ids of a dataset."""

    def __init__(self, manifest: dict):
        tokenizer = manifest["tokenizer"]
        self.size = tokenizer["vocabulary_size"]
        self.ids = {role: value for role, value in tokenizer["special_tokens"].items() if isinstance(value, int)}

    def __getitem__(self, role: str) -> int:
        return self.ids[role]

    def get(self, role: str, default: int = 0) -> int:
        return self.ids.get(role, default)


def bert(name: str, special: Special, length: int):
    config = transformers.BertConfig(
        vocab_size=special.size, max_position_embeddings=length, type_vocab_size=6, pad_token_id=special["pad"],
        **WIDTH)
    return getattr(transformers, name)(config)


def roberta(special: Special, length: int):
    # RoBERTa counts positions from behind the padding's id.
    return transformers.RobertaForMaskedLM(transformers.RobertaConfig(
        vocab_size=special.size, max_position_embeddings=length + special["pad"] + 1, pad_token_id=special["pad"],
        **WIDTH))


def albert(special: Special, length: int):
    return transformers.AlbertForPreTraining(transformers.AlbertConfig(
        vocab_size=special.size, embedding_size=32, max_position_embeddings=length, pad_token_id=special["pad"],
        **WIDTH))


def electra(special: Special, length: int):
    return transformers.ElectraForPreTraining(transformers.ElectraConfig(
        vocab_size=special.size, embedding_size=32, max_position_embeddings=length, pad_token_id=special["pad"],
        **WIDTH))


def modernbert(special: Special, length: int):
    return transformers.ModernBertForMaskedLM(transformers.ModernBertConfig(
        vocab_size=special.size, max_position_embeddings=length, pad_token_id=special["pad"],
        bos_token_id=special["cls"], eos_token_id=special["sep"], cls_token_id=special["cls"],
        sep_token_id=special["sep"], attn_implementation="eager", reference_compile=False, **WIDTH))


def gpt2(special: Special, length: int):
    return transformers.GPT2LMHeadModel(transformers.GPT2Config(
        vocab_size=special.size, n_positions=length, n_embd=32, n_layer=2, n_head=2, bos_token_id=special["eod"],
        eos_token_id=special["eod"]))


def t5(special: Special, length: int):
    return transformers.T5ForConditionalGeneration(transformers.T5Config(
        vocab_size=special.size, d_model=32, d_kv=16, d_ff=64, num_layers=2, num_heads=2, initializer_factor=0.05,
        pad_token_id=special["pad"], eos_token_id=special["eos"], decoder_start_token_id=special["pad"]))


def bart(special: Special, length: int):
    return transformers.BartForConditionalGeneration(transformers.BartConfig(
        vocab_size=special.size, max_position_embeddings=length, pad_token_id=special["pad"],
        bos_token_id=special["bos"], eos_token_id=special["eos"], decoder_start_token_id=special["eos"], **BART))


class Contrastive(torch.nn.Module):
    """Mean-pooled views of a batch, each nearest to its partner: InfoNCE at a temperature of 1."""

    def __init__(self, special: Special, length: int):
        super().__init__()
        self.encoder = bert("BertModel", special, length)

    def encode(self, ids: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        states = self.encoder(input_ids=ids, attention_mask=mask).last_hidden_state
        pooled = (states * mask[..., None]).sum(1) / mask.sum(1, keepdim=True)
        return torch.nn.functional.normalize(pooled, dim=-1)

    def forward(self, input_ids: torch.Tensor, attention_mask: torch.Tensor):
        if input_ids.dim() == 2:
            # One text: encoded twice, under two dropouts.
            input_ids, attention_mask = (torch.stack([x, x], 1) for x in (input_ids, attention_mask))
        first = self.encode(input_ids[:, 0], attention_mask[:, 0])
        second = self.encode(input_ids[:, 1], attention_mask[:, 1])
        loss = torch.nn.functional.cross_entropy(first @ second.T, torch.arange(len(first)))
        return transformers.utils.ModelOutput(loss=loss)


class UniLM(torch.nn.Module):
    """A masked model under the attention that each row states."""

    def __init__(self, special: Special, length: int):
        super().__init__()
        self.model = bert("BertForMaskedLM", special, length)

    def forward(self, input_ids, attention_mask, labels, token_type_ids, mask_kind, source_len):
        length = input_ids.shape[1]
        row, column = torch.arange(length)[:, None], torch.arange(length)[None, :]
        source = source_len[:, None, None]
        allowed = torch.stack([
            torch.ones(length, length, dtype=torch.bool).expand(len(input_ids), -1, -1),
            (column <= row).expand(len(input_ids), -1, -1), (column >= row).expand(len(input_ids), -1, -1),
            (column < source) | ((row >= source) & (column >= source) & (column <= row)),
        ])
        mask = allowed[mask_kind, torch.arange(len(input_ids))] & attention_mask[:, None, :].bool()
        # A padded row that may see nothing would be no number.
        mask = mask | torch.eye(length, dtype=torch.bool)
        scores = torch.where(mask[:, None], 0.0, torch.finfo(torch.float32).min)
        return self.model(input_ids=input_ids, attention_mask=scores, labels=labels, token_type_ids=token_type_ids)


def masked(special: Special) -> float:
    return math.log(special.size)


def masked_and_answer(special: Special) -> float:
    return math.log(special.size) + math.log(2)


MODELS = {
    "bert-base": (lambda s, n: bert("BertForPreTraining", s, n), masked_and_answer),
    "bert-wwm": (lambda s, n: bert("BertForPreTraining", s, n), masked_and_answer),
    "roberta": (roberta, masked),
    "spanbert": (lambda s, n: bert("BertForMaskedLM", s, n), masked),
    "albert": (albert, masked_and_answer),
    "electra-small": (electra, lambda s: math.log(2)),
    "modernbert": (modernbert, masked),
    "gpt2": (gpt2, masked),
    "unilm-v1": (UniLM, masked),
    "t5-v1.1": (t5, masked),
    "ul2": (t5, masked),
    "bart-large": (bart, masked),
    "mass": (bart, masked),
    "simcse-unsup": (Contrastive, None),
    "contriever": (Contrastive, None),
    "declutr": (Contrastive, None),
}


def rows_for(model: torch.nn.Module, data, count: int = BATCH) -> list[dict]:
    """The first rows, with the columns that the model takes: what Hugging Face's Trainer keeps of a dataset."""
    wanted = set(inspect.signature(model.forward).parameters)
    kept = data.select_columns([name for name in data.column_names if name in wanted])
    return [kept[index] for index in range(min(count, len(kept)))]


def check_model(report: Report, name: str, folder: pathlib.Path, special: Special) -> None:
    data = load_from_disk(str(folder))["train"]
    length = np.array(data[0]["input_ids"]).shape[-1]
    if "labels" in data.column_names:
        length = max(length, len(data[0]["labels"]))
    torch.manual_seed(0)
    make, expected = MODELS[name]
    model = make(special, length)
    batch = default_data_collator(rows_for(model, data))
    check_loss(report, f"{name}: {type(model).__name__} takes {', '.join(batch)}", model, batch,
               expected(special) if expected else None)


def check_loss(report: Report, label: str, model: torch.nn.Module, batch: dict, expected: float | None) -> None:
    output = model(**batch)
    output.loss.backward()
    gradients = [p.grad for p in model.parameters() if p.grad is not None]
    report.check(f"{label}: loss {output.loss.item():.3f} is finite, with gradients",
                 math.isfinite(output.loss.item()) and bool(gradients)
                 and all(bool(torch.isfinite(g).all()) for g in gradients)
                 and any(bool(g.abs().sum() > 0) for g in gradients))
    if expected is not None:
        report.check(f"{label}: which is about {expected:.3f}", abs(output.loss.item() - expected) < 0.15,
                     output.loss.item())


def check_pairs(report: Report, name: str, folder: pathlib.Path, special: Special, count: int = 200) -> None:
    """The contract of seqio's features for encoder-decoders: inputs and targets of one dimension, int32, ended by
    eos."""
    data = load_from_disk(str(folder))["train"]
    for index in range(min(count, len(data))):
        row = data[index]
        inputs = np.array(row["input_ids"])
        if "attention_mask" in row:
            inputs = inputs[np.array(row["attention_mask"]) == 1]
        targets = np.array(row["labels"])
        targets = targets[targets != -100]
        for side, values in (("inputs", inputs), ("targets", targets)):
            good = (values.ndim == 1 and len(values) > 1 and values.min() >= 0 and values.max() < special.size
                    and values[-1] == special["eos"] and not np.any(values[:-1] == special["pad"])
                    and np.array_equal(values.astype(np.int32), values))
            if not good:
                report.check(f"{name}: {side} of row {index} are a feature that ends with eos", False, values)
                return
    report.check(f"{name}: inputs and targets are int32 features that end with eos", True)


def run(palimpsest: str, *arguments: str) -> subprocess.CompletedProcess:
    return subprocess.run([palimpsest, *arguments], capture_output=True, text=True)


def build(report: Report, palimpsest: str, name: str, corpus: str, out: pathlib.Path, vocabulary: int,
          settings: dict) -> bool:
    recipe = out.parent / (out.name + ".yaml")
    recipe.write_text(json.dumps({
        "preset": name, "input": {"path": corpus}, "tokenizer": {"train": {"vocab_size": vocabulary}},
        "objectives": {name: settings}}))
    made = run(palimpsest, "build", str(recipe), "--output", str(out), "--quiet")
    report.check(f"{name}: builds", made.returncode == 0, made.stderr)
    return made.returncode == 0


def check_dataset(report: Report, palimpsest: str, name: str, out: pathlib.Path, draws: int) -> None:
    verified = run(palimpsest, "verify", str(out), "--json")
    outcome = json.loads(verified.stdout)
    checked = sum(section["rows_checked"] for section in outcome["sections"])
    report.check(f"{name}: verify finds nothing in {checked} rows", verified.returncode == 0 and checked > 0,
                 outcome["findings"][:2])
    counted = run(palimpsest, "stats", str(out), "--json")
    for line in counted.stdout.splitlines():
        for rate in json.loads(line)["rates"]:
            z, trials = rate["z"], rate["trials"]
            if z is None:
                continue
            report.check(f"{name}: {rate['name']}: {rate['observed']:.5f} of {int(trials)}, expected"
                         f" {rate['expected']:.5f}, z {z:.2f}", abs(z) < 5)
            if draws:
                report.check(f"{name}: {rate['name']}: at least {draws} chances", trials >= draws, trials)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("palimpsest")
    parser.add_argument("--corpus", required=True)
    parser.add_argument("--preset", action="append")
    parser.add_argument("--vocabulary", type=int, default=2000)
    parser.add_argument("--epochs", type=int, default=1)
    parser.add_argument("--draws", type=int, default=0)
    parser.add_argument("--small", action="store_true")
    parser.add_argument("--keep", help="a folder for the datasets, which then stay")
    arguments = parser.parse_args()

    report = Report()
    listed = [line.split()[0] for line in run(arguments.palimpsest, "presets").stdout.splitlines() if line.strip()]
    report.check("every preset has a model here", set(listed) == set(MODELS), set(listed) ^ set(MODELS))
    folder = pathlib.Path(arguments.keep or tempfile.mkdtemp(prefix="palimpsest-presets-"))
    folder.mkdir(parents=True, exist_ok=True)
    for name in arguments.preset or listed:
        out = folder / name
        settings = {"epochs": arguments.epochs, **(SMALL.get(name, {}) if arguments.small else {})}
        if not build(report, arguments.palimpsest, name, arguments.corpus, out, arguments.vocabulary, settings):
            continue
        special = Special(json.loads((out / "dataset.json").read_text()))
        check_dataset(report, arguments.palimpsest, name, out, arguments.draws)
        check_model(report, name, out / name, special)
        if name in ("t5-v1.1", "ul2"):
            check_pairs(report, name, out / name, special)
        if name == "t5-v1.1":
            check_lists(report, arguments.palimpsest, name, arguments.corpus, folder, arguments.vocabulary,
                        {**settings, "layout": "compact"})
        if not arguments.keep:
            shutil.rmtree(out)
    if not arguments.keep:
        shutil.rmtree(folder)
    print(f"{report.passed} passed, {report.failed} failed")
    return 1 if report.failed else 0


def check_lists(report: Report, palimpsest: str, name: str, corpus: str, folder: pathlib.Path, vocabulary: int,
                settings: dict) -> None:
    """Rows of different lengths go through the collator for sequence-to-sequence models."""
    out = folder / (name + "-compact")
    if not build(report, palimpsest, name, corpus, out, vocabulary, settings):
        return
    special = Special(json.loads((out / "dataset.json").read_text()))
    check_pairs(report, name + " compact", out / name, special)
    tokenizer = PreTrainedTokenizerFast(tokenizer_file=str(out / "tokenizer.json"), pad_token="<pad>", eos_token="</s>")
    model = t5(special, 0)
    data = load_from_disk(str(out / name))["train"].select_columns(["input_ids", "labels"])
    batch = DataCollatorForSeq2Seq(tokenizer)([data[index] for index in range(BATCH)])
    title = f"{name} compact: DataCollatorForSeq2Seq gives {', '.join(batch)}"
    check_loss(report, title, model, batch, masked(special))
    shutil.rmtree(out)


if __name__ == "__main__":
    sys.exit(main())
