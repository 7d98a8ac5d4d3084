# SPDX-License-Identifier: Apache-2.0
"""Stands in for transformers in the rehearsal: translates nothing, and checks how it is called."""

import json
from pathlib import Path

import torch


class MarianConfig:
    def __init__(self, **values):
        vars(self).update(values)


class MarianMTModel:
    def __init__(self, config: MarianConfig):
        self.config, self.dtype, self.device, self.training = config, "float32", "cpu", True

    @classmethod
    def from_pretrained(cls, folder: str) -> "MarianMTModel":
        assert Path(folder, "model.safetensors").exists()
        return cls(MarianConfig(**json.loads(Path(folder, "config.json").read_text("utf-8"))))

    def half(self) -> "MarianMTModel":
        self.dtype = "float16"
        return self

    def to(self, device: str) -> "MarianMTModel":
        self.device = device
        return self

    def eval(self) -> "MarianMTModel":
        self.training = False
        return self

    def generate(
        self,
        *,
        input_ids: torch.Tensor,
        attention_mask: torch.Tensor,
        num_beams: int,
        do_sample: bool,
        max_new_tokens: int,
        min_new_tokens: int = 1,
        early_stopping: bool = False,
    ) -> torch.Tensor:
        assert torch.inference and self.dtype == "float16" and self.device == "cuda"
        assert not self.training and not do_sample and (num_beams > 1 or not early_stopping)
        assert input_ids.device == attention_mask.device == "cuda"
        assert input_ids.shape == attention_mask.shape
        words = range(self.config.vocab_size)
        assert all(i in words for row in input_ids.tolist() for i in row)
        length = min_new_tokens if min_new_tokens > 1 else min(5, max_new_tokens)
        start, end = self.config.decoder_start_token_id, self.config.eos_token_id
        rows = [[start, *row[: length - 1], end] for row in input_ids.tolist()]
        longest = max(map(len, rows))
        rows = [row + [self.config.pad_token_id] * (longest - len(row)) for row in rows]
        return torch.tensor(rows, device="cuda")
