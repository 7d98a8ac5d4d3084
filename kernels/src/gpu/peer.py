# SPDX-License-Identifier: Apache-2.0
"""How fast transformers' MarianMT translates in float16 on the same card, to compare with.

    peer.py <model> <folder of lines>

First the model's own weights over a text whose tokens (ids.txt) and translations (reference.en, in
float32 on a CPU) were made beforehand, in batches of similar lengths; then the base shape with
random weights and 25 forced tokens for each of 25. Reading and tokenizing are not measured.
"""

import json
import os
import statistics
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import torch
from transformers import MarianConfig, MarianMTModel

SETTINGS = [(256, 4), (256, 1), (128, 4), (64, 4), (128, 1), (64, 1)]  # batch, beams
RUNS = 3
TOKENS = 25  # of a sentence and of its translation, with random weights
LINES = 1024
MOST_TOKENS = 256
REHEARSAL = bool(os.environ.get("DRAGOMAN_REHEARSAL"))

Batch = tuple[torch.Tensor, torch.Tensor]  # ids and mask


def on_gpu(model: MarianMTModel) -> MarianMTModel:
    return model.half().to("cuda").eval()


def batches(lines: list[list[int]], size: int, pad: int) -> list[Batch]:
    made = []
    for first in range(0, len(lines), size):
        part = lines[first : first + size]
        longest = max(map(len, part))
        ids = [line + [pad] * (longest - len(line)) for line in part]
        mask = [[1] * len(line) + [0] * (longest - len(line)) for line in part]
        made.append((torch.tensor(ids, device="cuda"), torch.tensor(mask, device="cuda")))
    return made


def generate(model: MarianMTModel, work: list[Batch], beams: int, limits: dict) -> list[list[int]]:
    search = {"num_beams": beams, "do_sample": False}
    if beams > 1:
        search["early_stopping"] = True
    outputs = []
    for ids, mask in work:
        outputs += model.generate(input_ids=ids, attention_mask=mask, **search, **limits).tolist()
    torch.cuda.synchronize()
    return outputs


def timed(work: Callable[[], list[list[int]]]) -> tuple[float, list[list[int]]]:
    """The median time of several runs, and what the last one gave."""
    times = []
    for _ in range(RUNS):
        start = time.perf_counter()
        outputs = work()
        times.append(time.perf_counter() - start)
    return statistics.median(times), outputs


def speeds(name: str, model, lines: list[list[int]], limits: dict) -> tuple[float, list[list[int]]]:
    """The best number of lines a second with beam 4, and the last translations with it."""
    best, outputs = 0.0, []
    pad = model.config.pad_token_id
    ends = {pad, model.config.eos_token_id}
    for size, beams in SETTINGS:
        work = batches(lines, size, pad)
        generate(model, work[:1], beams, limits)  # warms up
        taken, translated = timed(partial(generate, model, work, beams, limits))
        tokens = sum(token not in ends for line in translated for token in line)
        rate = len(lines) / taken
        speed = f"{rate:.0f} lines/s, {tokens / taken:.0f} tokens/s"
        print(f"{name}: batch {size}, beam {beams}: {speed}")
        if beams == 4:
            best, outputs = max(best, rate), translated
    return best, outputs


def text_of(ids: list[int], pieces: dict[int, str], without: set[int]) -> str:
    return "".join(pieces[i] for i in ids if i not in without).replace("\u2581", " ").strip()


def same_model(folder: Path, text: Path) -> str:
    model = on_gpu(MarianMTModel.from_pretrained(str(folder)))
    config = model.config
    ids = [list(map(int, line.split())) for line in (text / "ids.txt").read_text().splitlines()]
    order = sorted(range(len(ids)), key=lambda i: -len(ids[i]))
    lines = [ids[i] for i in order]
    best, outputs = speeds("the same model", model, lines, {"max_new_tokens": MOST_TOKENS})
    vocabulary = json.loads((folder / "vocab.json").read_text("utf-8"))
    pieces = {i: piece for piece, i in vocabulary.items()}
    reference = (text / "reference.en").read_text("utf-8").splitlines()
    without = {config.pad_token_id, config.eos_token_id, config.decoder_start_token_id}
    equal = sum(text_of(o, pieces, without) == reference[i] for o, i in zip(outputs, order))
    print(f"{equal} of {len(reference)} lines are those of our float32")
    return f"the same model {best:.0f} lines/s, {equal} of {len(reference)} as ours"


def base_shape() -> str:
    words = 58_101
    config = MarianConfig(
        vocab_size=words,
        decoder_vocab_size=words,
        d_model=512,
        encoder_layers=6,
        decoder_layers=6,
        encoder_attention_heads=8,
        decoder_attention_heads=8,
        encoder_ffn_dim=2048,
        decoder_ffn_dim=2048,
        max_position_embeddings=512,
        activation_function="relu",
        scale_embedding=True,
        pad_token_id=words - 1,
        decoder_start_token_id=words - 1,
        eos_token_id=0,
    )
    torch.manual_seed(1)
    model = on_gpu(MarianMTModel(config))
    count = 64 if REHEARSAL else LINES
    lines = torch.randint(1, words - 1, (count, TOKENS)).tolist()
    forced = {"min_new_tokens": TOKENS, "max_new_tokens": TOKENS}
    best, _ = speeds("base", model, lines, forced)
    return f"base {best:.0f} lines/s, {best * TOKENS:.0f} tokens/s"


def main() -> int:
    folder, text = map(Path, sys.argv[1:3])
    with torch.inference_mode():
        found = [same_model(folder, text), base_shape()]
    print("beam 4: " + "; ".join(found))
    return 0


if __name__ == "__main__":
    sys.exit(main())
