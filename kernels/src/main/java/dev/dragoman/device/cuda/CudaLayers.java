// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.device.cuda;

import dev.dragoman.device.Agreement;
import dev.dragoman.device.Binding;
import dev.dragoman.device.DataType;
import dev.dragoman.device.EmbeddingTable;
import dev.dragoman.device.KeyValueCache;
import dev.dragoman.device.LayerNorm;
import dev.dragoman.device.Shape;
import dev.dragoman.device.Tensor;
import dev.dragoman.device.TokenRows;
import dev.dragoman.device.cuda.launch.Add;
import dev.dragoman.device.cuda.launch.AddNorm;
import dev.dragoman.device.cuda.launch.Append;
import dev.dragoman.device.cuda.launch.Bind;
import dev.dragoman.device.cuda.launch.EmbedDecoding;
import dev.dragoman.device.cuda.launch.EmbedPacked;
import dev.dragoman.device.cuda.launch.Embeddings;
import dev.dragoman.device.cuda.launch.Gain;
import dev.dragoman.device.cuda.launch.Ids;
import dev.dragoman.device.cuda.launch.Kernels;
import dev.dragoman.device.cuda.launch.KeyCache;
import dev.dragoman.device.cuda.launch.Keys;
import dev.dragoman.device.cuda.launch.Norm;
import dev.dragoman.device.cuda.launch.NormWeights;
import dev.dragoman.device.cuda.launch.Offsets;
import dev.dragoman.device.cuda.launch.Out;
import dev.dragoman.device.cuda.launch.Places;
import dev.dragoman.device.cuda.launch.Positions;
import dev.dragoman.device.cuda.launch.Residual;
import dev.dragoman.device.cuda.launch.Shift;
import dev.dragoman.device.cuda.launch.Starts;
import dev.dragoman.device.cuda.launch.Tokens;
import dev.dragoman.device.cuda.launch.ValueCache;
import dev.dragoman.device.cuda.launch.Values;
import dev.dragoman.device.cuda.launch.Words;
import dev.dragoman.device.cuda.launch.X;
import dev.dragoman.device.cuda.launch.XBias;

/** The steps between the products of a layer: embedding, norms, residuals and caches. */
final class CudaLayers {
  private final Execution execution;

  CudaLayers(Execution execution) {
    this.execution = execution;
  }

  void embed(TokenRows tokens, EmbeddingTable table, CudaTensor out) {
    CudaTensor words = CudaTensor.of(table.tokens());
    CudaTensor positions = CudaTensor.of(table.positions());
    int width = words.width();
    Agreement.check(
        out.shape().equals(new Shape(tokens.count(), width)) && positions.width() == width,
        "embed",
        words,
        positions,
        out);
    TensorTypes.sameType("embed", out, words, positions);
    Grid grid = Grid.of(tokens.count());
    Embeddings embeddings =
        new Embeddings(new Words(words), new Positions(positions), table.scale(), width);
    if (tokens instanceof TokenRows.Packed packed) {
      execution.launch(
          Kernels.embed_packed,
          grid,
          new EmbedPacked(
              new Out(out),
              new Ids(CudaTensor.of(packed.ids())),
              new Places(CudaTensor.of(packed.positions())),
              embeddings));
    } else {
      TokenRows.Decoding decoding = (TokenRows.Decoding) tokens;
      execution.launch(
          Kernels.embed_decoding,
          grid,
          new EmbedDecoding(
              new Out(out),
              new Tokens(CudaTensor.of(decoding.state().beams().tokens())),
              StateArguments.decoding(decoding),
              embeddings));
    }
  }

  void norm(CudaTensor x, LayerNorm norm, CudaTensor out) {
    Agreement.check(x.shape().equals(out.shape()), "norm", x, out);
    TensorTypes.sameType("norm", x, out);
    execution.launch(
        Kernels.norm, normGrid(x.shape()), new Norm(new Out(out), new X(x), weights(x, norm)));
  }

  /**
   * The summands before a norm.
   *
   * @param bias of the product that gave x
   */
  record Sum(CudaTensor x, CudaTensor bias, CudaTensor residual) {

    static Sum of(Tensor x, Tensor bias, Tensor residual) {
      return new Sum(CudaTensor.of(x), CudaTensor.of(bias), CudaTensor.of(residual));
    }

    private void check(String operation, CudaTensor out) {
      Agreement.check(
          x.shape().equals(residual.shape())
              && x.shape().equals(out.shape())
              && bias.count() == x.width()
              && bias.type() == DataType.F32,
          operation,
          x,
          bias,
          residual,
          out);
      TensorTypes.sameType(operation, x, residual, out);
    }
  }

  void addNorm(Sum sum, LayerNorm norm, CudaTensor out) {
    sum.check("addNorm", out);
    execution.launch(
        Kernels.add_norm,
        normGrid(out.shape()),
        new AddNorm(
            new Out(out),
            new X(sum.x()),
            new XBias(sum.bias()),
            new Residual(sum.residual()),
            weights(sum.x(), norm)));
  }

  private static NormWeights weights(CudaTensor x, LayerNorm norm) {
    CudaTensor gain = CudaTensor.of(norm.gain());
    CudaTensor bias = CudaTensor.of(norm.bias());
    Agreement.check(gain.count() == x.width() && bias.count() == x.width(), "norm", x, gain, bias);
    return new NormWeights(new Gain(gain), new Shift(bias), norm.epsilon(), x.width());
  }

  /** Returns the grid of the norms, with shared memory for a row as float32. */
  static Grid normGrid(Shape shape) {
    return Grid.of(shape.rows()).withShared(shape.columns() * Float.BYTES);
  }

  void add(Sum sum, CudaTensor out) {
    sum.check("add", out);
    execution.launch(
        Kernels.add,
        Grid.of(out.count()),
        new Add(
            new Out(out),
            new X(sum.x()),
            new XBias(sum.bias()),
            new Residual(sum.residual()),
            out.width()));
  }

  void append(CudaTensor keys, CudaTensor values, TokenRows.Decoding tokens, KeyValueCache cache) {
    CudaTensor to = checkCache("appendKeysValues", keys, values, cache);
    Agreement.check(keys.count() == tokens.count(), "appendKeysValues", keys, values);
    execution.launch(
        Kernels.append,
        Grid.of(tokens.count()),
        new Append(
            new KeyCache(to),
            new ValueCache(CudaTensor.of(cache.values())),
            new Keys(keys),
            new Values(values),
            keys.width(),
            StateArguments.decoding(tokens)));
  }

  void bind(CudaTensor keys, CudaTensor values, Binding binding, KeyValueCache cache) {
    CudaTensor to = checkCache("bindKeysValues", keys, values, cache);
    CudaTensor offsets = CudaTensor.of(binding.tokens().offsets());
    execution.launch(
        Kernels.bind,
        Grid.of(keys.count()),
        new Bind(
            new KeyCache(to),
            new ValueCache(CudaTensor.of(cache.values())),
            new Keys(keys),
            new Values(values),
            new Offsets(offsets),
            new Starts(CudaTensor.of(binding.starts())),
            offsets.count() - 1,
            keys.width()));
  }

  /** Checks that keys and values fit the caches, and returns the cache of the keys. */
  private static CudaTensor checkCache(
      String operation, CudaTensor keys, CudaTensor values, KeyValueCache cache) {
    CudaTensor keyCache = CudaTensor.of(cache.keys());
    CudaTensor valueCache = CudaTensor.of(cache.values());
    Agreement.check(
        keys.shape().equals(values.shape())
            && keys.stride() == values.stride()
            && keyCache.shape().equals(valueCache.shape())
            && keyCache.isContiguous()
            && valueCache.isContiguous()
            && keys.width() == keyCache.width(),
        operation,
        keys,
        values,
        keyCache,
        valueCache);
    TensorTypes.sameType(operation, keys, values, keyCache, valueCache);
    return keyCache;
  }
}
