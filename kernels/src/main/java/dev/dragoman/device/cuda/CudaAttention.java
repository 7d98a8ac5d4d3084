package dev.dragoman.device.cuda;

import dev.dragoman.device.AttentionHistory;
import dev.dragoman.device.AttentionInputs;
import dev.dragoman.device.DataType;
import dev.dragoman.device.Mask;
import dev.dragoman.device.Shape;
import dev.dragoman.device.SlotState;
import dev.dragoman.device.TokenRows;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Scaled dot-product attention: fused, or in its three parts where the weights are wanted. */
final class CudaAttention {
  private static final int KEEP_THREADS = 64;
  private static final int SPLIT_THREADS = 256;

  /**
   * Blocks of a query and a head that a GPU can have at work at once, nearly: few for each core.
   */
  private static final int FEW = 1024;

  private final Execution execution;

  CudaAttention(Execution execution) {
    this.execution = execution;
  }

  /**
   * softmax(QKᵀ/√d_k + mask)·V; the scores never leave the registers. Where there are few queries,
   * several warps share the keys of each; the bits are the same.
   */
  void attend(AttentionInputs inputs, CudaTensor out) {
    CudaTensor queries = CudaTensor.of(inputs.queries());
    CudaTensor keys = CudaTensor.of(inputs.keys());
    CudaTensor values = CudaTensor.of(inputs.values());
    check(inputs, out);
    List<Object> arguments = new ArrayList<>(List.of(out, out.stride()));
    CudaTensor bias = CudaTensor.of(inputs.queryBias());
    arguments.addAll(List.of(queries, queries.stride(), bias, keys, values, keys.stride()));
    arguments.addAll(heads(inputs, inputs.heads()));
    arguments.add(scale(inputs));
    int work = queries.count() * inputs.heads();
    if (work <= FEW && !(inputs.mask() instanceof Mask.Sentence)) {
      launch("attend_split", inputs, Grid.of(work, SPLIT_THREADS), arguments);
    } else {
      launch("attend", inputs, Grid.ofWarps(work), arguments);
    }
  }

  /**
   * The three parts one after another: softmax(QKᵀ/√d_k + mask), and its product with V.
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
    CudaTensor queries = CudaTensor.of(inputs.queries());
    CudaTensor keys = CudaTensor.of(inputs.keys());
    CudaTensor values = CudaTensor.of(inputs.values());
    check(inputs, out);
    weigh(inputs, inputs.heads(), scores, limits, weights);
    List<Object> last = new ArrayList<>(List.of(out, out.stride(), weights, weights.width()));
    last.addAll(List.of(values, keys.stride()));
    last.addAll(heads(inputs, inputs.heads()));
    launch("weighted_sum", inputs, Grid.ofWarps(out.count() * inputs.heads()), last);
  }

  /** softmax(QKᵀ/√d_k + mask) of the first heads. */
  private void weigh(
      AttentionInputs inputs, int heads, CudaTensor scores, CudaTensor limits, CudaTensor weights) {
    CudaTensor queries = CudaTensor.of(inputs.queries());
    CudaTensor keys = CudaTensor.of(inputs.keys());
    List<Object> arguments = new ArrayList<>(List.of(scores, limits, scores.width()));
    CudaTensor bias = CudaTensor.of(inputs.queryBias());
    arguments.addAll(List.of(queries, queries.stride(), bias, keys, keys.stride()));
    arguments.addAll(heads(inputs, heads));
    arguments.add(scale(inputs));
    launch("attention_scores", inputs, Grid.ofWarps(queries.count() * heads), arguments);
    execution.launch(
        "masked_softmax_" + weights.suffix(),
        Grid.ofWarps(scores.count()),
        weights,
        scores,
        limits,
        scores.count(),
        scores.width(),
        heads);
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
    weigh(inputs, history.heads(), scores, limits, weights);
    SlotState state = tokens.state();
    CudaTensor to = CudaTensor.of(history.weights());
    execution.launch(
        "keep_attention_f32",
        Grid.of(tokens.count(), KEEP_THREADS),
        to,
        to.stride(),
        weights,
        weights.width(),
        history.heads(),
        CudaTensor.of(tokens.rows()),
        CudaTensor.of(state.steps()),
        CudaTensor.of(state.sourceStarts()),
        CudaTensor.of(state.sourceLengths()),
        state.rules().beamSize(),
        state.rules().maxLength());
  }

  private static void check(AttentionInputs inputs, CudaTensor out) {
    CudaTensor queries = CudaTensor.of(inputs.queries());
    CudaTensor keys = CudaTensor.of(inputs.keys());
    CudaTensor values = CudaTensor.of(inputs.values());
    Shapes.check(
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
    Shapes.sameType("attend", queries, keys, values, out);
    if (headSize(inputs) > 128) {
      throw new IllegalArgumentException(
          "attend: heads of " + headSize(inputs) + " columns; the kernels take at most 128");
    }
  }

  private static int headSize(AttentionInputs inputs) {
    return inputs.queries().shape().columns() / inputs.heads();
  }

  private static float scale(AttentionInputs inputs) {
    return (float) (1 / Math.sqrt(headSize(inputs)));
  }

  private static List<Object> heads(AttentionInputs inputs, int heads) {
    return List.of(inputs.queries().shape().rows(), heads, headSize(inputs));
  }

  private void launch(String operation, AttentionInputs inputs, Grid grid, List<Object> arguments) {
    CudaTensor queries = CudaTensor.of(inputs.queries());
    arguments.addAll(mask(inputs.mask()));
    execution.launch(
        operation + "_" + name(inputs.mask()) + "_" + queries.suffix(), grid, arguments.toArray());
  }

  private static String name(Mask mask) {
    if (mask instanceof Mask.Sentence) {
      return "sentence";
    }
    return mask instanceof Mask.Past ? "past" : "source";
  }

  /** What a kernel needs to know of the mask, in its order. */
  private static List<Object> mask(Mask mask) {
    if (mask instanceof Mask.Sentence sentence) {
      CudaTensor offsets = CudaTensor.of(sentence.tokens().offsets());
      return Arrays.asList(offsets, offsets.count() - 1);
    }
    if (mask instanceof Mask.Past past) {
      TokenRows.Decoding tokens = past.tokens();
      SlotState state = tokens.state();
      return Arrays.asList(
          CudaTensor.of(tokens.rows()),
          CudaTensor.of(state.steps()),
          CudaTensor.of(state.ancestors()),
          state.rules().beamSize(),
          state.rules().maxLength());
    }
    TokenRows.Decoding tokens = ((Mask.Source) mask).tokens();
    SlotState state = tokens.state();
    return Arrays.asList(
        CudaTensor.of(tokens.rows()),
        CudaTensor.of(state.sourceStarts()),
        CudaTensor.of(state.sourceLengths()),
        state.rules().beamSize());
  }
}
