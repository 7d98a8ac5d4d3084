package dev.dragoman.device.cuda;

import dev.dragoman.device.AttentionInputs;
import dev.dragoman.device.Mask;
import dev.dragoman.device.SlotState;
import dev.dragoman.device.TokenRows;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Scaled dot-product attention: fused, or in its three parts where the weights are wanted. */
final class CudaAttention {
  private final Execution execution;

  CudaAttention(Execution execution) {
    this.execution = execution;
  }

  /** softmax(QKᵀ/√d_k + mask)·V; the scores never leave the registers. */
  void attend(AttentionInputs inputs, CudaTensor out) {
    CudaTensor queries = CudaTensor.of(inputs.queries());
    CudaTensor keys = CudaTensor.of(inputs.keys());
    CudaTensor values = CudaTensor.of(inputs.values());
    check(inputs, out);
    List<Object> arguments = new ArrayList<>(List.of(out, out.stride()));
    arguments.addAll(List.of(queries, queries.stride(), keys, values, keys.stride()));
    arguments.addAll(heads(inputs));
    arguments.add(scale(inputs));
    launch("attend", inputs, arguments);
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
    int columns = scores.width();
    List<Object> first = new ArrayList<>(List.of(scores, limits, columns));
    first.addAll(List.of(queries, queries.stride(), keys, keys.stride()));
    first.addAll(heads(inputs));
    first.add(scale(inputs));
    launch("attention_scores", inputs, first);
    execution.launch(
        "masked_softmax_" + queries.suffix(),
        Grid.ofWarps(scores.count()),
        weights,
        scores,
        limits,
        scores.count(),
        columns,
        inputs.heads());
    List<Object> last = new ArrayList<>(List.of(out, out.stride(), weights, columns));
    last.addAll(List.of(values, keys.stride()));
    last.addAll(heads(inputs));
    launch("weighted_sum", inputs, last);
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

  private static List<Object> heads(AttentionInputs inputs) {
    return List.of(inputs.queries().shape().rows(), inputs.heads(), headSize(inputs));
  }

  private void launch(String operation, AttentionInputs inputs, List<Object> arguments) {
    CudaTensor queries = CudaTensor.of(inputs.queries());
    arguments.addAll(mask(inputs.mask()));
    execution.launch(
        operation + "_" + name(inputs.mask()) + "_" + queries.suffix(),
        Grid.ofWarps(queries.count() * inputs.heads()),
        arguments.toArray());
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
