// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.device.cuda;

import dev.dragoman.device.Agreement;
import dev.dragoman.device.AttentionHistory;
import dev.dragoman.device.AttentionInputs;
import dev.dragoman.device.DataType;
import dev.dragoman.device.Mask;
import dev.dragoman.device.Shape;
import dev.dragoman.device.SlotState;
import dev.dragoman.device.TokenRows;
import dev.dragoman.device.cuda.launch.Arguments;
import dev.dragoman.device.cuda.launch.Attend;
import dev.dragoman.device.cuda.launch.AttentionScores;
import dev.dragoman.device.cuda.launch.AttentionWeights;
import dev.dragoman.device.cuda.launch.Constants;
import dev.dragoman.device.cuda.launch.HeadWeights;
import dev.dragoman.device.cuda.launch.Heads;
import dev.dragoman.device.cuda.launch.History;
import dev.dragoman.device.cuda.launch.KeepAttention;
import dev.dragoman.device.cuda.launch.Kernels;
import dev.dragoman.device.cuda.launch.Keys;
import dev.dragoman.device.cuda.launch.Limits;
import dev.dragoman.device.cuda.launch.MaskedSoftmax;
import dev.dragoman.device.cuda.launch.Out;
import dev.dragoman.device.cuda.launch.Queries;
import dev.dragoman.device.cuda.launch.QueryBias;
import dev.dragoman.device.cuda.launch.Scores;
import dev.dragoman.device.cuda.launch.SourceLengths;
import dev.dragoman.device.cuda.launch.SourceStarts;
import dev.dragoman.device.cuda.launch.Values;
import dev.dragoman.device.cuda.launch.WeightedSum;

/** Scaled dot-product attention: fused, or in its three parts where the weights are wanted. */
final class CudaAttention {
  /**
   * The most pairs of a query and a head that get a block each: a GPU runs nearly all of them at
   * once.
   */
  private static final int FEW = 1024;

  private final Execution execution;

  CudaAttention(Execution execution) {
    this.execution = execution;
  }

  /**
   * Computes softmax(QKᵀ/√d_k + mask)·V; the scores never leave the registers. Where there are few
   * queries, several warps share the keys of each; the bits are the same.
   */
  void attend(AttentionInputs inputs, CudaTensor out) {
    check(inputs, out);
    attend(MaskedKernels.of(inputs.mask()), inputs, out);
  }

  private <M extends Arguments> void attend(
      MaskedKernels<M> by, AttentionInputs inputs, CudaTensor out) {
    Attend<M> arguments =
        new Attend<>(
            new Out(out),
            new Queries(CudaTensor.of(inputs.queries())),
            new QueryBias(CudaTensor.of(inputs.queryBias())),
            new Keys(CudaTensor.of(inputs.keys())),
            new Values(CudaTensor.of(inputs.values())),
            heads(inputs, inputs.heads()),
            scale(inputs),
            by.mask());
    int work = out.count() * inputs.heads();
    if (work <= FEW && !(inputs.mask() instanceof Mask.Sentence)) {
      execution.launch(by.attendFew(), Grid.of(work), arguments);
    } else {
      execution.launch(by.attend(), Grid.ofWarps(work, by.attend()), arguments);
    }
  }

  /**
   * Computes the attention in three parts, one after another: scores, softmax(QKᵀ/√d_k + mask), and
   * the product with V.
   *
   * @param scores (query rows·heads) × columns, F32, where columns is at least the most keys that a
   *     query sees; what is beyond them stays as it is
   * @param limits query rows × 1, I32: gets how many keys each query sees
   * @param weights as the scores, of the queries' type
   */
  void attendInParts(
      AttentionInputs inputs,
      CudaTensor scores,
      CudaTensor limits,
      CudaTensor weights,
      CudaTensor out) {
    check(inputs, out);
    MaskedKernels<?> by = MaskedKernels.of(inputs.mask());
    weigh(by, inputs, inputs.heads(), new Weighing(scores, limits, weights));
    sum(by, inputs, weights, out);
  }

  private <M extends Arguments> void sum(
      MaskedKernels<M> by, AttentionInputs inputs, CudaTensor weights, CudaTensor out) {
    execution.launch(
        by.weightedSum(),
        Grid.ofWarps(out.count() * inputs.heads(), by.weightedSum()),
        new WeightedSum<>(
            new Out(out),
            new AttentionWeights(weights),
            new Values(CudaTensor.of(inputs.values())),
            heads(inputs, inputs.heads()),
            weights.width(),
            by.mask()));
  }

  /** The matrices that the computation of the weights writes. */
  private record Weighing(CudaTensor scores, CudaTensor limits, CudaTensor weights) {}

  /** Computes softmax(QKᵀ/√d_k + mask) of the first heads. */
  private <M extends Arguments> void weigh(
      MaskedKernels<M> by, AttentionInputs inputs, int heads, Weighing to) {
    CudaTensor queries = CudaTensor.of(inputs.queries());
    CudaTensor scores = to.scores();
    execution.launch(
        by.scores(),
        Grid.ofWarps(queries.count() * heads, by.scores()),
        new AttentionScores<>(
            new Scores(scores),
            new Limits(to.limits()),
            new Queries(queries),
            new QueryBias(CudaTensor.of(inputs.queryBias())),
            new Keys(CudaTensor.of(inputs.keys())),
            heads(inputs, heads),
            scores.width(),
            scale(inputs),
            by.mask()));
    execution.launch(
        Kernels.masked_softmax,
        Grid.ofWarps(scores.count(), Kernels.masked_softmax),
        new MaskedSoftmax(
            new AttentionWeights(to.weights()),
            new Scores(scores),
            new Limits(to.limits()),
            scores.count(),
            scores.width(),
            heads));
  }

  /**
   * Keeps the weights of the first heads, averaged. The fused kernel has no weights to give, so
   * these heads are computed once more, as many rows at a time as the workspace holds.
   */
  void keep(AttentionInputs inputs, AttentionHistory history) {
    if (!(inputs.mask() instanceof Mask.Source mask)
        || history.heads() < 1
        || history.heads() > inputs.heads()) {
      throw new IllegalArgumentException(
          "attendAndKeep: " + history.heads() + " of " + inputs.heads() + " heads to the source");
    }
    TokenRows.Decoding tokens = mask.tokens();
    int rowBytes = (2 * history.heads() * history.longestSource() + 1) * Float.BYTES;
    int most = execution.workspaceRows(rowBytes);
    for (int first = 0; first < tokens.count(); first += most) {
      int count = Math.min(most, tokens.count() - first);
      TokenRows.Decoding some =
          new TokenRows.Decoding(tokens.rows().rows(first, count), tokens.state());
      AttentionInputs part =
          new AttentionInputs(
              inputs.queries().rows(first, count),
              inputs.queryBias(),
              inputs.keys(),
              inputs.values(),
              new Mask.Source(some),
              inputs.heads());
      keep(part, some, history);
    }
  }

  private void keep(AttentionInputs inputs, TokenRows.Decoding tokens, AttentionHistory history) {
    Shape shape = new Shape(tokens.count() * history.heads(), history.longestSource());
    long bytes = (long) shape.size() * Float.BYTES;
    DevicePointer place = execution.workspace(2 * bytes + (long) tokens.count() * Integer.BYTES);
    CudaTensor scores = CudaTensor.contiguous(place, DataType.F32, shape);
    CudaTensor weights = CudaTensor.contiguous(place.plus(bytes), DataType.F32, shape);
    CudaTensor limits =
        CudaTensor.contiguous(place.plus(2 * bytes), DataType.I32, Shape.vector(tokens.count()));
    Weighing to = new Weighing(scores, limits, weights);
    weigh(MaskedKernels.of(inputs.mask()), inputs, history.heads(), to);
    SlotState state = tokens.state();
    execution.launch(
        Kernels.keep_attention,
        Grid.of(tokens.count()),
        new KeepAttention(
            new History(CudaTensor.of(history.weights())),
            new HeadWeights(weights),
            weights.width(),
            history.heads(),
            new SourceStarts(CudaTensor.of(state.sources().starts())),
            new SourceLengths(CudaTensor.of(state.sources().lengths())),
            StateArguments.decoding(tokens)));
  }

  private static void check(AttentionInputs inputs, CudaTensor out) {
    CudaTensor queries = CudaTensor.of(inputs.queries());
    CudaTensor keys = CudaTensor.of(inputs.keys());
    CudaTensor values = CudaTensor.of(inputs.values());
    Agreement.check(
        queries.shape().equals(out.shape())
            && keys.shape().equals(values.shape())
            && keys.stride() == values.stride()
            && keys.width() == queries.width()
            && inputs.queryBias().shape().rows() == queries.width()
            && queries.width() % inputs.heads() == 0,
        "attend",
        queries,
        keys,
        values,
        out);
    TensorTypes.sameType("attend", queries, keys, values, out);
    if (headSize(inputs) > Constants.MAX_HEAD_SIZE) {
      throw new IllegalArgumentException(
          "attend: heads of "
              + headSize(inputs)
              + " columns; the kernels take at most "
              + Constants.MAX_HEAD_SIZE);
    }
  }

  private static int headSize(AttentionInputs inputs) {
    return inputs.queries().shape().columns() / inputs.heads();
  }

  private static float scale(AttentionInputs inputs) {
    return (float) (1 / Math.sqrt(headSize(inputs)));
  }

  private static Heads heads(AttentionInputs inputs, int heads) {
    return new Heads(inputs.queries().shape().rows(), heads, headSize(inputs));
  }
}
