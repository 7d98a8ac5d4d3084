package dev.dragoman.device.cuda;

import dev.dragoman.device.Binding;
import dev.dragoman.device.DataType;
import dev.dragoman.device.EmbeddingTable;
import dev.dragoman.device.KeyValueCache;
import dev.dragoman.device.LayerNorm;
import dev.dragoman.device.Shape;
import dev.dragoman.device.SlotState;
import dev.dragoman.device.TokenRows;

/** What stands between the products of a layer: embedding, norms, residuals and caches. */
final class CudaLayers {
  private static final int THREADS = 128;
  private static final int CACHE_THREADS = 64;

  private final Execution execution;

  CudaLayers(Execution execution) {
    this.execution = execution;
  }

  void embed(TokenRows tokens, EmbeddingTable table, CudaTensor out) {
    CudaTensor words = CudaTensor.of(table.tokens());
    CudaTensor positions = CudaTensor.of(table.positions());
    int width = words.width();
    Shapes.check(
        out.shape().equals(new Shape(tokens.count(), width)) && positions.width() == width,
        "embed",
        words,
        positions,
        out);
    Shapes.sameType("embed", out, words, positions);
    Grid grid = Grid.of(tokens.count(), THREADS);
    if (tokens instanceof TokenRows.Packed packed) {
      execution.launch(
          "embed_packed_" + out.suffix(),
          grid,
          out,
          out.stride(),
          CudaTensor.of(packed.ids()),
          CudaTensor.of(packed.positions()),
          words,
          positions,
          table.scale(),
          width);
    } else {
      TokenRows.Decoding decoding = (TokenRows.Decoding) tokens;
      SlotState state = decoding.state();
      execution.launch(
          "embed_decoding_" + out.suffix(),
          grid,
          out,
          out.stride(),
          CudaTensor.of(decoding.rows()),
          CudaTensor.of(state.steps()),
          CudaTensor.of(state.tokens()),
          state.rules().beamSize(),
          state.rules().maxLength(),
          words,
          positions,
          table.scale(),
          width);
    }
  }

  void norm(CudaTensor x, LayerNorm norm, CudaTensor out) {
    Shapes.check(x.shape().equals(out.shape()), "norm", x, out);
    Shapes.sameType("norm", x, out);
    execution.launch(
        "norm_" + x.suffix(),
        normGrid(x, norm),
        out,
        out.stride(),
        x,
        x.stride(),
        CudaTensor.of(norm.gain()),
        CudaTensor.of(norm.bias()),
        norm.epsilon(),
        x.width());
  }

  /**
   * What is summed before a norm.
   *
   * @param bias of the product that gave x
   */
  record Sum(CudaTensor x, CudaTensor bias, CudaTensor residual) {

    private void check(String operation, CudaTensor out) {
      Shapes.check(
          x.shape().equals(residual.shape())
              && x.shape().equals(out.shape())
              && bias.count() == x.width()
              && bias.type() == DataType.F32,
          operation,
          x,
          bias,
          residual,
          out);
      Shapes.sameType(operation, x, residual, out);
    }
  }

  void addNorm(Sum sum, LayerNorm norm, CudaTensor out) {
    sum.check("addNorm", out);
    execution.launch(
        "add_norm_" + out.suffix(),
        normGrid(sum.x(), norm),
        out,
        out.stride(),
        sum.x(),
        sum.x().stride(),
        sum.bias(),
        sum.residual(),
        sum.residual().stride(),
        CudaTensor.of(norm.gain()),
        CudaTensor.of(norm.bias()),
        norm.epsilon(),
        out.width());
  }

  private static Grid normGrid(CudaTensor x, LayerNorm norm) {
    CudaTensor gain = CudaTensor.of(norm.gain());
    CudaTensor bias = CudaTensor.of(norm.bias());
    Shapes.check(gain.count() == x.width() && bias.count() == x.width(), "norm", x, gain, bias);
    return normGrid(x.shape());
  }

  /** For the norms: a row as float32. */
  static Grid normGrid(Shape shape) {
    return Grid.of(shape.rows(), THREADS).withShared(shape.columns() * Float.BYTES);
  }

  void add(Sum sum, CudaTensor out) {
    sum.check("add", out);
    execution.launch(
        "add_" + out.suffix(),
        Grid.of(out.count(), THREADS),
        out,
        out.stride(),
        sum.x(),
        sum.x().stride(),
        sum.bias(),
        sum.residual(),
        sum.residual().stride(),
        out.width());
  }

  void append(CudaTensor keys, CudaTensor values, TokenRows.Decoding tokens, KeyValueCache cache) {
    CudaTensor to = checkCache("appendKeysValues", keys, values, cache);
    Shapes.check(keys.count() == tokens.count(), "appendKeysValues", keys, values);
    SlotState state = tokens.state();
    execution.launch(
        "append_" + keys.suffix(),
        Grid.of(tokens.count(), CACHE_THREADS),
        to,
        CudaTensor.of(cache.values()),
        keys,
        values,
        keys.stride(),
        CudaTensor.of(tokens.rows()),
        CudaTensor.of(state.steps()),
        state.rules().beamSize(),
        state.rules().maxLength(),
        keys.width());
  }

  void bind(CudaTensor keys, CudaTensor values, Binding binding, KeyValueCache cache) {
    CudaTensor to = checkCache("bindKeysValues", keys, values, cache);
    CudaTensor offsets = CudaTensor.of(binding.tokens().offsets());
    execution.launch(
        "bind_" + keys.suffix(),
        Grid.of(keys.count(), CACHE_THREADS),
        to,
        CudaTensor.of(cache.values()),
        keys,
        values,
        keys.stride(),
        offsets,
        CudaTensor.of(binding.starts()),
        offsets.count() - 1,
        keys.width());
  }

  /** The keys' cache, once all fits together. */
  private static CudaTensor checkCache(
      String operation, CudaTensor keys, CudaTensor values, KeyValueCache cache) {
    CudaTensor keyCache = CudaTensor.of(cache.keys());
    CudaTensor valueCache = CudaTensor.of(cache.values());
    Shapes.check(
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
    Shapes.sameType(operation, keys, values, keyCache, valueCache);
    return keyCache;
  }
}
