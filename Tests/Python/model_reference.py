#!/usr/bin/env python3
"""The small models of ModelCore once more, in PyTorch: losses and gradients to compare with.

    python3 model_reference.py > fixtures/model/reference.jsonl       the cases that are kept
    python3 model_reference.py --width 24 --heads 3 --layers 2 ...    others, for a test beside PyTorch

Weights are not drawn but counted, so that a case need not hold them: element i of parameter k (in the order in which
the models list them) is (((i + 1) (k + 3) 7919) mod 1009) / 1009 - 0.5, times 0.6, and 1 more for the scales of norms.
"""
import argparse
import json
import math

import torch
import torch.nn.functional as F

REACH = 16


def numbers(index, shape, is_scale):
    count = math.prod(shape)
    values = (((torch.arange(1, count + 1, dtype=torch.int64) * (index + 3) * 7919) % 1009).double() / 1009 - 0.5) * 0.6
    values = (values + (1 if is_scale else 0)).float().reshape(shape)
    return values.requires_grad_()


class Parameters(dict):
    def add(self, name, *shape):
        is_scale = "norm" in name and name.endswith(".weight")
        self[name] = numbers(len(self), shape, is_scale)

    def linear(self, name, width, output):
        self.add(f"{name}.weight", width, output)
        self.add(f"{name}.bias", 1, output)

    def norm(self, name, width):
        self.add(f"{name}.weight", 1, width)
        self.add(f"{name}.bias", 1, width)

    def attention(self, name, s):
        for part in ["query", "key", "value", "output"]:
            self.linear(f"{name}.{part}", s.width, s.width)
        self.add(f"{name}.distance", s.heads, 2 * REACH + 1)

    def stack(self, name, s, has_memory=False, owns_tokens=True):
        if owns_tokens:
            self.add(f"{name}.tokens", s.vocabulary, s.width)
        self.add(f"{name}.positions", s.longest, s.width)
        self.add(f"{name}.types", s.types, s.width)
        for layer in range(s.layers):
            block = f"{name}.{layer}"
            self.norm(f"{block}.attention_norm", s.width)
            self.attention(f"{block}.attention", s)
            if has_memory:
                self.norm(f"{block}.memory_norm", s.width)
                self.attention(f"{block}.memory", s)
            self.norm(f"{block}.forward_norm", s.width)
            self.linear(f"{block}.forward.expand", s.width, s.hidden)
            self.linear(f"{block}.forward.contract", s.hidden, s.width)
        self.norm(f"{name}.norm", s.width)


class Model:
    def __init__(self, shape):
        self.s = shape
        self.p = Parameters()

    def linear(self, name, x):
        return x @ self.p[f"{name}.weight"] + self.p[f"{name}.bias"]

    def norm(self, name, x):
        return F.layer_norm(x, (self.s.width,), self.p[f"{name}.weight"][0], self.p[f"{name}.bias"][0])

    def attention(self, name, x, memory, sees, queries, keys):
        b, n, width = x.shape
        heads = lambda t: t.reshape(b, -1, self.s.heads, width // self.s.heads).transpose(1, 2)
        sides = [("query", x), ("key", memory), ("value", memory)]
        q, k, v = (heads(self.linear(f"{name}.{part}", y)) for part, y in sides)
        distance = (keys[:, None, :] - queries[:, :, None]).clamp(-REACH, REACH) + REACH
        bias = self.p[f"{name}.distance"][:, distance].transpose(0, 1)
        scores = q @ k.transpose(-1, -2) / math.sqrt(width // self.s.heads) + bias
        weights = scores.masked_fill(sees[:, None] == 0, -1e30).softmax(-1)
        # A token that may see nothing gets zeros.
        weights = weights * sees[:, None]
        mixed = (weights @ v).transpose(1, 2).reshape(b, n, width)
        return self.linear(f"{name}.output", mixed)

    def stack(self, name, batch, table, memory=None):
        tokens, positions, types, sees = (batch[key] for key in ["tokens", "positions", "types", "sees"])
        x = math.sqrt(self.s.width) * self.p[table][tokens]
        x = x + self.p[f"{name}.positions"][positions] + self.p[f"{name}.types"][types]
        for layer in range(self.s.layers):
            block = f"{name}.{layer}"
            y = self.norm(f"{block}.attention_norm", x)
            x = x + self.attention(f"{block}.attention", y, y, sees, positions, positions)
            if memory is not None:
                states, cross, keys = memory
                y = self.norm(f"{block}.memory_norm", x)
                x = x + self.attention(f"{block}.memory", y, states, cross, positions, keys)
            y = self.norm(f"{block}.forward_norm", x)
            hidden = F.gelu(self.linear(f"{block}.forward.expand", y), approximate="tanh")
            x = x + self.linear(f"{block}.forward.contract", hidden)
        return self.norm(f"{name}.norm", x)

    def token_losses(self, states, questions, table):
        h = states.reshape(-1, self.s.width)[questions["places"]]
        return F.cross_entropy(h @ self.p[table].T + self.p["softmax.bias"], questions["answers"], reduction="none")


def batch_of(s, count, length, direction, offset=0):
    place = torch.arange(count * length).reshape(count, length)
    batch = {
        "count": count, "length": length,
        "tokens": (place * 7 + 3 + offset) % s.vocabulary,
        "positions": torch.arange(length).repeat(count, 1),
        "types": (place // 2) % s.types,
    }
    real = torch.tensor([length - sequence % 2 for sequence in range(count)])
    row, column = torch.arange(length)[:, None], torch.arange(length)[None, :]
    allowed = {"both": row >= -1, "causal": column <= row, "prefix": (column <= row) | (column < 2)}[direction]
    inside = (row < real[:, None, None]) & (column < real[:, None, None])
    batch["sees"] = (allowed[None] & inside).float()
    batch["real"] = real
    return batch


def questions(count, width, step, total, answers):
    places = torch.arange(0, total, step)
    return {"places": places, "answers": (places * 5 + 1) % answers}


def case(kind, s, count, length):
    torch.set_num_threads(1)
    model = Model(s)
    out = {"kind": kind, "shape": vars(s)}
    if kind == "text_encoder":
        model.p.stack("stack", s)
        batch = batch_of(s, count, length, "both")
        states = model.stack("stack", batch, "stack.tokens")
        pairs = count // 3
        mask = torch.diagonal(batch["sees"], dim1=1, dim2=2)
        mean = (states * mask[..., None]).sum(1) / mask.sum(1, keepdim=True)
        z = F.normalize(mean, dim=-1)
        scores = z[:pairs] @ z[pairs:].T / 0.05
        losses = F.cross_entropy(scores, torch.arange(pairs), reduction="none")
        loss = losses.mean()
        out |= {"batch": batch, "pairs": pairs, "token_losses": losses}
    elif kind == "encoder_decoder":
        model.p.stack("encoder", s)
        model.p.stack("decoder", s, has_memory=True, owns_tokens=False)
        model.p.add("softmax.bias", 1, s.vocabulary)
        source = batch_of(s, count, length + 2, "both", 4)
        target = batch_of(s, count, length, "causal")
        memory = model.stack("encoder", source, "encoder.tokens")
        real = torch.diagonal(source["sees"], dim1=1, dim2=2)
        cross = real[:, None, :].expand(-1, length, -1).clone()
        states = model.stack("decoder", target, "encoder.tokens", (memory, cross, source["positions"]))
        asked = questions(count, length, 2, count * length, s.vocabulary)
        losses = model.token_losses(states, asked, "encoder.tokens")
        loss = losses.mean()
        out |= {"batch": target, "source": source, "tokens": asked, "token_losses": losses}
    else:
        model.p.stack("stack", s)
        model.p.add("softmax.bias", 1, s.vocabulary)
        model.p.linear("labels", s.width, 2)
        batch = batch_of(s, count, length, kind)
        states = model.stack("stack", batch, "stack.tokens")
        asked = questions(count, length, 2, count * length, s.vocabulary)
        labels = questions(count, length, 3, count * length, 2)
        losses = model.token_losses(states, asked, "stack.tokens")
        scores = model.linear("labels", states.reshape(-1, s.width)[labels["places"]])
        label_losses = F.cross_entropy(scores, labels["answers"], reduction="none")
        loss = losses.mean() + label_losses.mean()
        out |= {"batch": batch, "tokens": asked, "labels": labels, "token_losses": losses, "label_losses": label_losses}
    loss.backward()
    out["gradients"] = {name: [] if p.grad is None else p.grad for name, p in model.p.items()}
    return out


def plain(value):
    if isinstance(value, dict):
        return {key: plain(part) for key, part in value.items()}
    if isinstance(value, torch.Tensor):
        flat = value.detach().flatten().tolist()
        return [float(f"{x:.7g}") if isinstance(x, float) else x for x in flat]
    return value


def main():
    parser = argparse.ArgumentParser()
    for name, default in [("vocabulary", 11), ("width", 8), ("heads", 2), ("layers", 1), ("hidden", 12), ("longest", 9),
                          ("types", 3), ("count", 6), ("length", 5)]:
        parser.add_argument(f"--{name}", type=int, default=default)
    arguments = parser.parse_args()
    count, length = arguments.count, arguments.length
    del arguments.count, arguments.length
    kinds = ["both", "causal", "prefix", "encoder_decoder", "text_encoder"]
    for kind in kinds:
        print(json.dumps(plain(case(kind, arguments, count, length)), separators=(",", ":")))


if __name__ == "__main__":
    main()
