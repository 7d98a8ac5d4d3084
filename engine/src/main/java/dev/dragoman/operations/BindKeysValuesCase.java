// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.operations;

import dev.dragoman.device.Binding;
import dev.dragoman.device.KeyValueCache;
import dev.dragoman.device.Shape;
import dev.dragoman.device.TokenRows;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Keys and values of whole source sentences on their way into the regions of their slots.
 *
 * @param sentences that are bound, in their order
 * @param cached positions of the cache
 */
record BindKeysValuesCase(Heads heads, List<Sentence> sentences, int cached)
    implements OperationCase {
  static final Operation OPERATION =
      new Operation(
          "bindKeysValues",
          BindKeysValuesCase::of,
          List.of(
              new BindKeysValuesCase(
                  new Heads(3, 11), List.of(new Sentence(2, 9, 1), new Sentence(0, 3, 2)), 16)));

  /** A sentence that takes {@code length} positions of a slot's from {@code start} on. */
  record Sentence(int slot, int start, int length) {}

  private static BindKeysValuesCase of(Sizes sizes) {
    int slots = sizes.batch().slots();
    int length = sizes.batch().source();
    List<Sentence> sentences =
        IntStream.range(0, slots)
            .mapToObj(slot -> new Sentence(slot, (slots - 1 - slot) * length, length))
            .toList();
    return new BindKeysValuesCase(Heads.of(sizes), sentences, slots * length);
  }

  private int tokens() {
    return sentences.stream().mapToInt(Sentence::length).sum();
  }

  @Override
  public String shape() {
    return "2 x " + tokens() + " x " + heads.width();
  }

  @Override
  public Work work(Types types) {
    return Work.bytes(4.0 * tokens() * heads.width() * types.activations().bytes());
  }

  @Override
  public PreparedOperation prepare(Workbench bench) {
    Binding binding = binding(bench);
    KeyValueCache cache =
        bench.device().allocateSourceCache(new Shape(cached, heads.width()), heads.count());
    int[] places =
        sentences.stream()
            .flatMapToInt(s -> IntStream.range(s.start(), s.start() + s.length()))
            .toArray();
    return new CacheCopy(bench, cache, places)
        .prepare((keys, values) -> bench.device().bindKeysValues(keys, values, binding, cache));
  }

  private Binding binding(Workbench bench) {
    int[] offsets = new int[sentences.size() + 1];
    for (int i = 0; i < sentences.size(); i++) {
      offsets[i + 1] = offsets[i] + sentences.get(i).length();
    }
    int slots = sentences.stream().mapToInt(Sentence::slot).max().orElse(0) + 1;
    return new Binding(
        new TokenRows.Packed(
            bench.upload(new int[tokens()]),
            bench.upload(new int[tokens()]),
            bench.upload(offsets)),
        bench.upload(sentences.stream().mapToInt(Sentence::slot).toArray()),
        bench.upload(sentences.stream().mapToInt(Sentence::start).toArray()),
        bench.slots(new Beams(slots, 2, 4), cached));
  }
}
