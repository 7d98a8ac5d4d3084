# SPDX-License-Identifier: Apache-2.0
"""Writes a small random M2M-100 model and what it says, computed with PyTorch in float64 and from
the definition of the model alone: no code of this project and none of transformers.
"""

import json
import math
import os
from collections import OrderedDict

import torch
import torch.nn.functional as F

here = os.path.dirname(os.path.abspath(__file__))
WIDTH, HEADS, LAYERS, INNER, POSITIONS = 8, 2, 2, 16, 32
PIECES = ["<s>", "<pad>", "</s>", "<unk>", "▁Un", "▁homme", "▁et", "▁la", ".", "▁de", "s", "▁a"]
LANGUAGES = ["__en__", "__fr__", "__de__"]
WORDS = len(PIECES) + len(LANGUAGES) + 1  # one without a name
END, PAD = 2, 1
SHARED_SCALE = 0.3  # small, or the last token would be said again and again

torch.manual_seed(3)
weights = OrderedDict()


def matrix(name, rows, columns, scale=1.0):
    weights[name] = torch.randn(rows, columns, dtype=torch.float32) * scale


def dense(name, outputs, inputs):
    matrix(name + ".weight", outputs, inputs)
    weights[name + ".bias"] = torch.randn(outputs) * 0.1


def norm(name):
    weights[name + ".weight"] = 1 + torch.randn(WIDTH) * 0.1
    weights[name + ".bias"] = torch.randn(WIDTH) * 0.1


def build():
    matrix("model.shared.weight", WORDS, WIDTH, SHARED_SCALE)
    for side in ["encoder", "decoder"]:
        for i in range(LAYERS):
            prefix = f"model.{side}.layers.{i}."
            for kind in ["self_attn"] + (["encoder_attn"] if side == "decoder" else []):
                for part in ["q_proj", "k_proj", "v_proj", "out_proj"]:
                    dense(prefix + kind + "." + part, WIDTH, WIDTH)
                norm(prefix + kind + "_layer_norm")
            dense(prefix + "fc1", INNER, WIDTH)
            dense(prefix + "fc2", WIDTH, INNER)
            norm(prefix + "final_layer_norm")
        norm(f"model.{side}.layer_norm")


def w(name):
    return weights[name].double()


def linear(x, name):
    return F.linear(x, w(name + ".weight"), w(name + ".bias"))


def normed(x, name):
    return F.layer_norm(x, (WIDTH,), w(name + ".weight"), w(name + ".bias"), 1e-5)


def embed(ids):
    half = WIDTH // 2
    table = torch.zeros(len(ids), WIDTH, dtype=torch.float64)
    for p in range(len(ids)):
        for i in range(half):
            angle = (p + PAD + 1) * math.exp(-math.log(10000) / (half - 1) * i)
            table[p, i], table[p, half + i] = math.sin(angle), math.cos(angle)
    return w("model.shared.weight")[torch.tensor(ids)] * math.sqrt(WIDTH) + table


def attention(x, memory, name, causal):
    q, k = linear(x, name + ".q_proj"), linear(memory, name + ".k_proj")
    v = linear(memory, name + ".v_proj")
    size = WIDTH // HEADS
    heads = []
    for h in range(HEADS):
        part = slice(h * size, (h + 1) * size)
        scores = q[:, part] @ k[:, part].t() / math.sqrt(size)
        if causal:
            scores += torch.triu(torch.full_like(scores, -math.inf), 1)
        heads.append(scores.softmax(-1) @ v[:, part])
    return linear(torch.cat(heads, -1), name + ".out_proj")


def stack(side, ids, memory=None):
    x = embed(ids)
    for i in range(LAYERS):
        p = f"model.{side}.layers.{i}."
        y = normed(x, p + "self_attn_layer_norm")
        x = x + attention(y, y, p + "self_attn", side == "decoder")
        if memory is not None:
            y = normed(x, p + "encoder_attn_layer_norm")
            x = x + attention(y, memory, p + "encoder_attn", False)
        y = normed(x, p + "final_layer_norm")
        x = x + linear(F.relu(linear(y, p + "fc1")), p + "fc2")
    return normed(x, f"model.{side}.layer_norm")


def greedy(source, first, limit):
    memory = stack("encoder", source)
    tokens, total = [END, first], 0.0
    while len(tokens) <= limit:
        logits = stack("decoder", tokens, memory)[-1] @ w("model.shared.weight").t()
        logits[PAD] = -math.inf
        logp = logits.log_softmax(-1)
        best = int(logp.argmax())
        total += float(logp[best])
        tokens.append(best)
        if best == END:
            break
    return tokens[1:], total


def write(name, value):
    with open(os.path.join(here, name), "w", encoding="utf-8") as file:
        json.dump(value, file, ensure_ascii=False)
        file.write("\n")


build()
torch.save(weights, os.path.join(here, "pytorch_model.bin"))
write("vocab.json", {piece: i for i, piece in enumerate(PIECES)})
write("special_tokens_map.json", {"additional_special_tokens": LANGUAGES})
write(
    "config.json",
    {
        "model_type": "m2m_100", "d_model": WIDTH, "vocab_size": WORDS,
        "max_position_embeddings": POSITIONS, "activation_function": "relu",
        "encoder_layers": LAYERS, "decoder_layers": LAYERS, "encoder_ffn_dim": INNER,
        "decoder_ffn_dim": INNER, "encoder_attention_heads": HEADS,
        "decoder_attention_heads": HEADS, "scale_embedding": True, "bos_token_id": 0,
        "pad_token_id": PAD, "eos_token_id": END, "decoder_start_token_id": END,
    },
)
golden = []
for text, pieces in [("Un homme et la.", [4, 5, 6, 7, 8]), ("Un.", [4, 8]), ("la", [7])]:
    for source, target in [(13, 12), (13, 14), (12, 13)]:
        ids = [source] + pieces + [END]
        tokens, total = greedy(ids, target, 12)
        golden.append({"text": text, "from": LANGUAGES[source - 12].strip("_"),
                       "to": LANGUAGES[target - 12].strip("_"), "source": ids,
                       "tokens": tokens, "sum": total})
write("golden.json", golden)
