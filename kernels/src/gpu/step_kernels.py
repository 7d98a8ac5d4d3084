# SPDX-License-Identifier: Apache-2.0
"""The kernels of a decoder step in float16, launched as the program launches them.

Each has data of its own, as far as a step has: layered ones have weights and caches for each layer,
so that a step reads from memory what a real one reads from there.
"""

import cupy
import numpy as np
from cublas import FLOAT16, FLOAT32, WORKSPACE_BYTES, Cublas
from door import Door, matrix
from step_sizes import Sizes, StepKernel


class StepKernels:
    def __init__(self, fatbin: str, sizes: Sizes, stream):
        self.sizes = sizes
        self._door = Door(fatbin)
        self._constants = self._door.constants
        random = np.random.default_rng(1)
        self._block = random.standard_normal(1_000_003, dtype=np.float32)
        self._workspace = cupy.empty(WORKSPACE_BYTES, np.uint8)
        self._cublas = Cublas(stream.ptr, self._workspace.data.ptr)
        s, rows = sizes, np.arange(sizes.rows, dtype=np.int32)
        beams = random.integers(0, s.beam, (s.rows, s.max_length), dtype=np.int32)
        self._ancestors = rows[:, None] // s.beam * s.beam + beams
        self._rows = cupy.asarray(rows)
        self._steps = cupy.asarray(np.full(s.slots, s.past - 1, np.int32))
        self._q = self._numbers(s.rows, 3 * s.width)  # queries, keys and values of a step
        self._q_bias = self._numbers(s.width, dtype=np.float32)
        self._q_on_gpu, self._q_bias_on_gpu = cupy.asarray(self._q), cupy.asarray(self._q_bias)
        self._some_rows = [0, 1, s.rows - 1]
        past = self._caches(s.rows * s.max_length)
        self.all = [
            self._embed(),
            self._product("q, k, v", s.layers, s.width, 3 * s.width),
            self._append(past),
            self._attend_past(past),
            self._product("projections", 3 * s.layers, s.width, s.width),
            self._attend_source(),
            self._product("feed-forward, first", s.layers, s.width, s.inner),
            self._add_bias(),
            self._product("feed-forward, second", s.layers, s.inner, s.width),
            self._add_norm(),
            self._logits(),
            self._best_tokens(),
            self._own_product("own product, projections", s.width, s.width),
            self._own_logits(),
        ]

    def _numbers(self, *shape: int, dtype=np.float16, scale: float = 1) -> np.ndarray:
        """Random ones, the same each time; long arrays repeat a block of them."""
        return np.resize(self._block * np.float32(scale), shape).astype(dtype)

    def _caches(self, rows: int) -> tuple[np.ndarray, list, list]:
        host = self._numbers(rows, self.sizes.width)
        layers = range(self.sizes.layers)
        return host, [cupy.asarray(host) for _ in layers], [cupy.asarray(host) for _ in layers]

    def _decoding(self) -> dict:
        s = self.sizes
        return {"rows": self._rows, "steps": self._steps, "beam": s.beam, "max_length": s.max_length}

    def _blocks(self, work: int, of_block: str) -> int:
        """How many blocks the work takes, of a constant each."""
        return -(-work // self._constants[of_block])

    def _q_part(self, part: int) -> np.uint64:
        return np.uint64(self._q_on_gpu.data.ptr + part * self.sizes.width * 2)

    # --- kernels -----------------------------------------------------------------------------

    def _embed(self) -> StepKernel:
        s = self.sizes
        words = self._numbers(s.vocabulary, s.width)
        positions = self._numbers(s.max_length, s.width)
        fed = np.arange(s.rows * s.max_length, dtype=np.int32).reshape(s.rows, -1) % s.vocabulary
        on_gpu = [cupy.asarray(a) for a in (fed, words, positions)]
        out = cupy.empty((s.rows, s.width), np.float16)

        def launch(_):
            arguments = {
                "out": matrix(out, s.width),
                "tokens": on_gpu[0],
                "decoding": self._decoding(),
                "embeddings": {
                    "words": on_gpu[1],
                    "positions": on_gpu[2],
                    "scale": 2.0,
                    "width": s.width,
                },
            }
            self._door.launch("embed_decoding_f16", (s.rows,), arguments)

        def results():
            expected = words[fed[:, s.past - 1]].astype(np.float64) * 2 + positions[s.past - 1]
            return out.get(), expected

        return StepKernel("embed_decoding", 1, launch, results)

    def _append(self, caches) -> StepKernel:
        s = self.sizes
        _, keys, values = caches

        def launch(layer):
            arguments = {
                "key_cache": keys[layer],
                "value_cache": values[layer],
                "keys": matrix(self._q_part(1), 3 * s.width),
                "values": matrix(self._q_part(2), 3 * s.width),
                "width": s.width,
                "decoding": self._decoding(),
            }
            self._door.launch("append_f16", (s.rows,), arguments)

        def results():
            written = [cache[0].get().reshape(s.rows, s.max_length, -1) for cache in (keys, values)]
            actual = np.concatenate([cache[:, s.past - 1] for cache in written], axis=1)
            return actual, self._q[:, s.width :].astype(np.float64)

        return StepKernel("append", s.layers, launch, results)

    def _attend_past(self, caches) -> StepKernel:
        s = self.sizes
        _, keys, values = caches
        ancestors = cupy.asarray(self._ancestors)
        out = cupy.empty((s.rows, s.width), np.float16)

        def launch(layer):
            mask = {"ancestors": ancestors, "decoding": self._decoding()}
            arguments = self._attended(out, keys[layer], values[layer], mask)
            self._door.launch("attend_past_f16", self._warps(), arguments)

        def results():
            k, v = keys[0].get(), values[0].get()  # as append has left them
            positions = np.arange(s.past)
            histories = self._ancestors[self._some_rows, : s.past]
            seen = histories * s.max_length + positions
            expected = [self._attend(r, k[at], v[at]) for r, at in zip(self._some_rows, seen)]
            return out.get()[self._some_rows], np.array(expected)

        return StepKernel("attend_past", s.layers, launch, results)

    def _attend_source(self) -> StepKernel:
        s = self.sizes
        host, keys, values = self._caches(s.slots * s.source)
        starts = np.arange(s.slots, dtype=np.int32) * s.source
        on_gpu = cupy.asarray(starts), cupy.asarray(np.full(s.slots, s.source, np.int32))
        out = cupy.empty((s.rows, s.width), np.float16)

        def launch(layer):
            mask = {
                "rows": self._rows,
                "source_starts": on_gpu[0],
                "source_lengths": on_gpu[1],
                "beam": s.beam,
            }
            arguments = self._attended(out, keys[layer], values[layer], mask)
            self._door.launch("attend_source_f16", self._warps(), arguments)

        def results():
            seen = [starts[r // s.beam] + np.arange(s.source) for r in self._some_rows]
            expected = [self._attend(r, host[at], host[at]) for r, at in zip(self._some_rows, seen)]
            return out.get()[self._some_rows], np.array(expected)

        return StepKernel("attend_source", s.layers, launch, results)

    def _warps(self) -> tuple[int]:
        """One for each query and head, four to a block; fewer go another way in the program."""
        warps = self.sizes.rows * self.sizes.heads
        assert warps > 1024
        of_block = self._constants["ATTEND_THREADS"] // self._constants["WARP"]
        return (-(-warps // of_block),)

    def _attended(self, out, keys, values, mask: dict) -> dict:
        s = self.sizes
        return {
            "out": matrix(out, s.width),
            "queries": matrix(self._q_on_gpu, 3 * s.width),
            "query_bias": self._q_bias_on_gpu,
            "keys": matrix(keys, s.width),
            "values": matrix(values, s.width),
            "heads": {"count": s.rows, "heads": s.heads, "head_size": s.head_size},
            "scale": s.head_size**-0.5,
            "mask": mask,
        }

    def _attend(self, row: int, keys: np.ndarray, values: np.ndarray) -> np.ndarray:
        s = self.sizes
        q = self._q[row, : s.width].astype(np.float64) + self._q_bias
        heads = [a.astype(np.float64).reshape(-1, s.heads, s.head_size) for a in (keys, values)]
        scores = np.einsum("hd,khd->hk", q.reshape(s.heads, -1), heads[0]) / s.head_size**0.5
        weights = np.exp(scores - scores.max(axis=1, keepdims=True))
        weights /= weights.sum(axis=1, keepdims=True)
        return np.einsum("hk,khd->hd", weights, heads[1]).reshape(-1)

    def _add_bias(self) -> StepKernel:
        s = self.sizes
        x, bias = self._numbers(s.rows, s.inner), self._numbers(s.inner, dtype=np.float32)
        out, bias_on_gpu = cupy.asarray(x), cupy.asarray(bias)
        halves = self._constants["CHUNK_BYTES"] // 2
        grid = (s.rows, self._blocks(-(-s.inner // halves), "LINEAR_THREADS"))

        def launch(_):
            arguments = {
                "out": matrix(out, s.inner),
                "bias": bias_on_gpu,
                "outputs": s.inner,
                "activation": self._constants["RELU"],
            }
            self._door.launch("add_bias_f16", grid, arguments)

        def results():  # in place, so that only the first launch gives this
            return out.get(), np.maximum(x.astype(np.float64) + bias, 0)

        return StepKernel("add_bias with activation", s.layers, launch, results)

    def _add_norm(self) -> StepKernel:
        s = self.sizes
        x, residual = self._numbers(s.rows, s.width), self._numbers(s.rows, s.width)[::-1].copy()
        vectors = [self._numbers(s.width, dtype=np.float32) for _ in range(3)]
        on_gpu = [cupy.asarray(a) for a in (x, residual, *vectors)]
        out = cupy.empty((s.rows, s.width), np.float16)

        def launch(_):
            arguments = {
                "out": matrix(out, s.width),
                "x": matrix(on_gpu[0], s.width),
                "x_bias": on_gpu[2],
                "residual": matrix(on_gpu[1], s.width),
                "norm": dict(gain=on_gpu[3], shift=on_gpu[4], epsilon=1e-5, width=s.width),
            }
            self._door.launch("add_norm_f16", (s.rows,), arguments, shared=4 * s.width)

        def results():
            bias, gain, shift = vectors
            total = x.astype(np.float64) + bias + residual
            mean, variance = total.mean(axis=1, keepdims=True), total.var(axis=1, keepdims=True)
            return out.get(), (total - mean) / np.sqrt(variance + 1e-5) * gain + shift

        return StepKernel("add_norm", 3 * s.layers, launch, results)

    def _weights(self, outputs: int, inputs: int, layers: int) -> tuple[np.ndarray, list]:
        host = self._numbers(outputs, inputs, scale=inputs**-0.5)
        return host, [cupy.asarray(host) for _ in range(layers)]

    def _product(self, name: str, launches: int, inputs: int, outputs: int) -> StepKernel:
        s = self.sizes
        x, (host, weights) = self._numbers(s.rows, inputs), self._weights(outputs, inputs, s.layers)
        x_on_gpu, out = cupy.asarray(x), cupy.empty((s.rows, outputs), np.float16)

        def launch(layer):
            self._cublas.multiply(out, x_on_gpu, weights[layer], FLOAT16, outputs)

        return StepKernel(name, launches, launch, lambda: self._some(out, x, host))

    def _some(self, out, x: np.ndarray, weights: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        expected = x[self._some_rows].astype(np.float64) @ weights.astype(np.float64).T
        return out.get()[self._some_rows, : len(weights)], expected

    def _logits(self) -> StepKernel:
        s = self.sizes
        x = self._numbers(s.rows, s.width)
        host, weights = self._weights(s.vocabulary, s.width, 1)
        out = cupy.empty((s.rows, s.logits_stride), np.float32)
        x_on_gpu = cupy.asarray(x)

        def launch(_):
            self._cublas.multiply(out, x_on_gpu, weights[0], FLOAT32, s.logits_stride)

        return StepKernel("logits", 1, launch, lambda: self._some(out, x, host))

    def _best_tokens(self) -> StepKernel:
        s = self.sizes
        logits = self._numbers(s.rows, s.logits_stride, dtype=np.float32)
        bias = self._numbers(s.vocabulary, dtype=np.float32, scale=0.1)
        status = cupy.asarray(np.full(s.slots, self._constants["RUNNING"], np.int32))
        on_gpu, bias_on_gpu, best = cupy.asarray(logits), cupy.asarray(bias), 2 * s.beam
        values = cupy.empty((s.rows, best), np.float32)
        tokens, found = cupy.empty((s.rows, best), np.int32), cupy.empty(s.rows, np.int32)
        threads = self._constants["BEST_FEW_THREADS"]
        assert best <= self._constants["BEST_FEW"]

        def launch(_):
            arguments = {
                "candidates": {
                    "log_probabilities": values,
                    "candidate_tokens": tokens,
                    "found": found,
                },
                "logits": matrix(on_gpu, s.logits_stride),
                "bias": bias_on_gpu,
                "vocabulary": s.vocabulary,
                "searched": {
                    "status": status,
                    "decoding": self._decoding(),
                    "min_length": 0,
                    "end_token": 0,
                    "first_token": -1,
                },
            }
            self._door.launch(
                "best_tokens_f32", (s.rows,), arguments, threads=threads, shared=16 * threads
            )

        def results():
            x = logits[self._some_rows, : s.vocabulary].astype(np.float64) + bias
            order = np.argsort(-x, axis=1)[:, :best]
            log_sum = np.log(np.exp(x).sum(axis=1, keepdims=True))
            expected = np.take_along_axis(x, order, axis=1) - log_sum
            actual = values.get()[self._some_rows], tokens.get()[self._some_rows]
            return np.concatenate(actual, axis=1), np.concatenate([expected, order], axis=1)

        return StepKernel("best_tokens", 1, launch, results)

    # --- without cuBLAS --------------------------------------------------------------------------

    def _own_product(self, name: str, inputs: int, outputs: int) -> StepKernel:
        return self._own(name, "linear_wide_f16", inputs, outputs, np.float16)

    def _own_logits(self) -> StepKernel:
        s = self.sizes
        return self._own(
            "own product, logits", "linear_wide_f16_f32", s.width, s.vocabulary, np.float32
        )

    def _own(self, name: str, kernel: str, inputs: int, outputs: int, dtype) -> StepKernel:
        s = self.sizes
        assert s.rows > 128  # fewer go another way in the program
        x, (host, weights) = self._numbers(s.rows, inputs), self._weights(outputs, inputs, 1)
        stride = (outputs + 7) // 8 * 8
        x_on_gpu, out = cupy.asarray(x), cupy.empty((s.rows, stride), dtype)
        bias = cupy.asarray(np.zeros(outputs, np.float32))
        tile, shared = "LINEAR_WIDE_TILE", self._constants["LINEAR_WIDE_SHARED_BYTES"]
        grid = self._blocks(outputs, tile), self._blocks(s.rows, tile)

        def launch(_):
            arguments = {
                "out": matrix(out, stride),
                "x": matrix(x_on_gpu, inputs),
                "weights": weights[0],
                "bias": bias,
                "count": s.rows,
                "outputs": outputs,
                "inputs": inputs,
                "activation": self._constants["NONE"],
            }
            self._door.launch(kernel, grid, arguments, shared=shared)

        return StepKernel(name, 1, launch, lambda: self._some(out, x, host), in_step=False)
