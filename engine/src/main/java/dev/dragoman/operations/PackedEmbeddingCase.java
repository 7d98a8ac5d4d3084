// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.operations;

import dev.dragoman.device.TokenRows;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The encoder's embedding: tokens of many sentences.
 *
 * @param rows tokens
 */
record PackedEmbeddingCase(int rows, EmbeddingSizes sizes) implements OperationCase {
  static final Operation OPERATION =
      new Operation(
          "embed, packed",
          sizes -> new PackedEmbeddingCase(sizes.batch().packed(), EmbeddingSizes.of(sizes)),
          List.of(new PackedEmbeddingCase(4, new EmbeddingSizes(207, 50, 16))));

  @Override
  public String shape() {
    return rows + " x " + sizes.width();
  }

  @Override
  public Work work(Types types) {
    return sizes.work(rows, types);
  }

  @Override
  public PreparedOperation prepare(Workbench bench) {
    int[] words = sizes.draw(bench, rows);
    int last = sizes.positions() - 1;
    int[] places = IntStream.range(0, rows).map(i -> i == 1 ? last : i % (last + 1)).toArray();
    TokenRows.Packed tokens =
        new TokenRows.Packed(bench.upload(words), bench.upload(places), bench.upload(0, rows));
    return sizes.prepare(
        bench, words, places, (table, out) -> bench.device().embed(tokens, table, out));
  }
}
