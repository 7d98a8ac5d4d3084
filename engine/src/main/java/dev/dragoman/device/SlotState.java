// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.device;

import java.util.Optional;

/**
 * What the slots remember between two steps, all of it on the device. A slot is the place of one
 * sentence in flight; it owns {@code beam} rows, one for each beam. Row r belongs to slot r / beam.
 * All tensors are I32 but the scores.
 *
 * @param slots how many sentences are in flight at most
 * @param sourceCapacity the positions of the source caches, all slots together
 * @param rules the search's rules, the beam size and the longest hypothesis among them
 * @param beams what each row remembers
 * @param progress how far each slot is
 * @param sources where each slot's source is
 * @param hypotheses what has been registered
 * @param attention what was looked at on the way, where it is asked for
 * @param shortlists the words that each slot's sentence may consist of, where these are not all
 */
public record SlotState(
    int slots,
    int sourceCapacity,
    SearchRules rules,
    Beams beams,
    Progress progress,
    Sources sources,
    Hypotheses hypotheses,
    Optional<AttentionHistory> attention,
    Optional<SlotShortlists> shortlists) {

  /** The slot has never held a sentence. */
  public static final int IDLE = 0;

  /** The slot's sentence is being decoded. */
  public static final int RUNNING = 1;

  /** The slot's hypotheses are complete. */
  public static final int FINISHED = 2;

  /** The logits were not finite; the sentence has no translation. */
  public static final int FAILED = 3;

  /**
   * The beams of all slots, a row for each.
   *
   * @param tokens (slots·beam) × maxLength: the token fed to the decoder at each position, by the
   *     row that fed it
   * @param ancestors (slots·beam) × maxLength: for each position of a row's history, the row whose
   *     cache (and entry of {@code tokens}) holds it; beams change places by this table, the caches
   *     stay where they are
   * @param scores (slots·beam) × 1, F32: the sum of log-probabilities so far
   */
  public record Beams(Tensor tokens, Tensor ancestors, Tensor scores) {}

  /**
   * How far the slots are.
   *
   * @param steps slots × 1: the position that is fed next, which is how many tokens have been
   *     generated; the last step does not count on, so that a finished slot can be fed again
   *     without effect until the host knows
   * @param status slots × 1: {@link #IDLE}, {@link #RUNNING}, {@link #FINISHED} or {@link #FAILED}
   * @param bestEnded slots × 1: 1 once the best candidate was the end token
   */
  public record Progress(Tensor steps, Tensor status, Tensor bestEnded) {}

  /**
   * The slots' regions of the source caches, which all slots share.
   *
   * @param starts slots × 1: where the slot's source begins
   * @param lengths slots × 1: how many positions it takes
   */
  public record Sources(Tensor starts, Tensor lengths) {}

  /**
   * The registered hypotheses; slot s owns the {@link SearchRules#capacity} rows from s·capacity
   * on. When more are registered the worst makes way. All of it is shared memory: it is written
   * once for each hypothesis, and read by the host when the slot is finished.
   *
   * @param tokens (slots·capacity) × maxLength: without the end token
   * @param lengths (slots·capacity) × 1: how many tokens
   * @param ended (slots·capacity) × 1: 1 if it ended with the end token, 0 if it was cut at the
   *     last step
   * @param scores (slots·capacity) × 1, F32: the sum of log-probabilities, the end token's among
   *     them
   * @param counts slots × 1: how many have been registered, those that made way counted
   */
  public record Hypotheses(
      Tensor tokens, Tensor lengths, Tensor ended, Tensor scores, Tensor counts) {}

  /** Takes the memory for {@code slots} sentences with {@code sourceCapacity} source tokens. */
  public static SlotState allocate(
      Device device, int slots, int sourceCapacity, SearchRules rules) {
    int rows = slots * rules.beamSize();
    int kept = slots * rules.capacity();
    Shape histories = new Shape(rows, rules.maxLength());
    return new SlotState(
        slots,
        sourceCapacity,
        rules,
        new Beams(
            device.allocate(DataType.I32, histories),
            device.allocate(DataType.I32, histories),
            device.allocate(DataType.F32, Shape.vector(rows))),
        new Progress(
            device.allocate(DataType.I32, Shape.vector(slots)),
            device.allocate(DataType.I32, Shape.vector(slots)),
            device.allocate(DataType.I32, Shape.vector(slots))),
        new Sources(
            device.allocate(DataType.I32, Shape.vector(slots)),
            device.allocate(DataType.I32, Shape.vector(slots))),
        new Hypotheses(
            device.allocateShared(DataType.I32, new Shape(kept, rules.maxLength())),
            device.allocateShared(DataType.I32, Shape.vector(kept)),
            device.allocateShared(DataType.I32, Shape.vector(kept)),
            device.allocateShared(DataType.F32, Shape.vector(kept)),
            device.allocateShared(DataType.I32, Shape.vector(slots))),
        Optional.empty(),
        Optional.empty());
  }

  /**
   * Returns the same, which also keeps attention.
   *
   * @param heads the weights are averaged over the first so many
   * @param longestSource the most tokens of a source
   */
  public SlotState withAttention(Device device, int heads, int longestSource) {
    Shape weights = new Shape(rules.beamSize() * rules.maxLength(), sourceCapacity);
    AttentionHistory history =
        new AttentionHistory(
            heads,
            longestSource,
            device.allocate(DataType.F32, weights),
            device.allocate(DataType.I32, hypotheses.tokens().shape()));
    return with(Optional.of(history), shortlists);
  }

  /**
   * Returns the same with a shortlist for each slot.
   *
   * @param words of the target vocabulary
   */
  public SlotState withShortlists(Device device, int words) {
    return with(attention, Optional.of(SlotShortlists.allocate(device, slots, words)));
  }

  private SlotState with(Optional<AttentionHistory> kept, Optional<SlotShortlists> lists) {
    return new SlotState(
        slots, sourceCapacity, rules, beams, progress, sources, hypotheses, kept, lists);
  }
}
