"""Trains a tiny BERT on a masked-LM dataset for some steps: shows that rows go into a model as they are.

    pip install datasets torch
    python3 Integrations/train_mlm.py out/demo/mlm
"""
import json
import sys
from pathlib import Path

import torch
from datasets import load_from_disk
from torch.nn.functional import cross_entropy
from torch.utils.data import DataLoader

folder = Path(sys.argv[1])
steps = int(sys.argv[2]) if len(sys.argv) > 2 else 150
manifest = json.loads((folder.parent / "dataset.json").read_text())
data = load_from_disk(str(folder))["train"].with_format("torch", columns=["input_ids", "attention_mask", "labels"])


class TinyBERT(torch.nn.Module):
    def __init__(self, vocabulary, length, width=128):
        super().__init__()
        self.tokens = torch.nn.Embedding(vocabulary, width)
        self.places = torch.nn.Embedding(length, width)
        torch.nn.init.normal_(self.tokens.weight, std=0.02)
        torch.nn.init.normal_(self.places.weight, std=0.02)
        layer = torch.nn.TransformerEncoderLayer(width, 4, 4 * width, dropout=0, batch_first=True, norm_first=True)
        self.layers = torch.nn.TransformerEncoder(layer, 2, norm=torch.nn.LayerNorm(width), enable_nested_tensor=False)

    def forward(self, input_ids, attention_mask, labels):
        x = self.tokens(input_ids) + self.places(torch.arange(input_ids.shape[1]))
        x = self.layers(x, src_key_padding_mask=attention_mask == 0)
        asked = labels != -100
        return cross_entropy(x[asked] @ self.tokens.weight.T, labels[asked])


torch.manual_seed(0)
model = TinyBERT(manifest["tokenizer"]["vocabulary_size"], data[0]["input_ids"].shape[0])
optimizer = torch.optim.AdamW(model.parameters(), lr=3e-3)
for step, batch in zip(range(steps + 1), DataLoader(data, batch_size=32)):
    loss = model(**batch)
    if step % 50 == 0:
        print(f"step {step:4d}  loss {loss.item():.2f}")
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
