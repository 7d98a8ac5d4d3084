// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.operations;

import dev.dragoman.device.Binding;
import dev.dragoman.device.SearchRules;
import dev.dragoman.device.SlotState;
import dev.dragoman.device.Tensor;
import dev.dragoman.device.TokenRows;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * One step of the search; whole searches of up to three sentences are compared.
 *
 * @param slots as many rows are fed: in its first step a slot has one
 * @param words of the vocabulary
 * @param shortlist the length of each slot's shortlist, 0 for all words
 * @param kept what the slots keep besides
 */
record AdvanceCase(SearchRules rules, int slots, int words, int shortlist, Kept kept)
    implements OperationCase {
  static final Operation OPERATION =
      new Operation("advance", sizes -> of(sizes, 0), AdvanceParameters.ofAllWords());

  static final Operation WITH_SHORTLISTS =
      new Operation(
          "advance, shortlists",
          sizes -> of(sizes, DrawnShortlists.usual(sizes.network().vocabulary())),
          AdvanceParameters.ofShortlists());

  static final int START = 1;
  static final int END = 2;
  private static final int SOURCE = 3;
  private static final int MOST_COMPARED = 3;

  /** The records that slots keep of a hypothesis besides its tokens. */
  enum Kept {
    NOTHING,
    ATTENTION
  }

  private static AdvanceCase of(Sizes sizes, int shortlist) {
    int beam = sizes.batch().beam();
    SearchRules rules = new SearchRules(beam, beam, 0, 1, sizes.batch().past(), END);
    return new AdvanceCase(
        rules, sizes.batch().rows(), sizes.network().vocabulary(), shortlist, Kept.NOTHING);
  }

  @Override
  public String shape() {
    String each = shortlist == 0 ? String.valueOf(words) : shortlist + " of " + words;
    return String.format("%d x %s, beam %d, with its bind", slots, each, rules.beamSize());
  }

  /** Returns the work of reading each logit, and a shortlist's words. */
  @Override
  public Work work(Types types) {
    double bytes =
        shortlist == 0
            ? (double) words * Float.BYTES
            : (double) shortlist * (Integer.BYTES + Float.BYTES);
    return Work.bytes(slots * bytes);
  }

  @Override
  public PreparedOperation prepare(Workbench bench) {
    SlotState state = state(bench, slots);
    upload(bench, state);
    Binding binding = bench.bindAll(state, SOURCE);
    Tensor logits = bench.uploadFloats(bench.numbers(slots * words), slots, words);
    Tensor bias = bench.uploadFloats(bench.numbers(words), words, 1);
    int[] first = IntStream.range(0, slots).map(slot -> slot * rules.beamSize()).toArray();
    TokenRows.Decoding tokens = bench.decoding(state, first);
    return PreparedOperation.of(
        () -> {
          bench.device().bind(binding, START);
          bench.device().advance(logits, bias, tokens);
        },
        () -> {
          SlotState few = state(bench, Math.min(MOST_COMPARED, slots));
          WholeSearch search = new WholeSearch(bench, few, words, upload(bench, few));
          return search.deviation(bench.bindAll(few, SOURCE));
        });
  }

  private SlotState state(Workbench bench, int count) {
    SlotState plain = SlotState.allocate(bench.device(), count, count * SOURCE, rules);
    SlotState keeping =
        kept == Kept.NOTHING ? plain : plain.withAttention(bench.device(), 1, SOURCE);
    return shortlist == 0 ? keeping : keeping.withShortlists(bench.device(), words);
  }

  private Optional<DrawnShortlists> upload(Workbench bench, SlotState state) {
    return state
        .shortlists()
        .map(to -> DrawnShortlists.draw(state.slots(), words, shortlist, END).upload(bench, state));
  }
}
