// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.operations;

import dev.dragoman.device.AttentionInputs;
import dev.dragoman.device.Mask;
import dev.dragoman.device.Tensor;
import dev.dragoman.device.TokenRows;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.apache.commons.math3.linear.RealMatrix;

/**
 * The encoder's self-attention.
 *
 * @param lengths of the sentences, which stand end to end
 * @param firstFactor of the first token's query and key; where it stands alone its score may be as
 *     high as can be
 */
record SentenceAttentionCase(Heads heads, List<Integer> lengths, int firstFactor)
    implements OperationCase {
  static final Operation OPERATION =
      new Operation(
          "attend, sentence",
          SentenceAttentionCase::of,
          List.of(
              afterAHighScore(new Heads(1, 32), 207),
              afterAHighScore(new Heads(4, 64), 70),
              afterAHighScore(new Heads(2, 128), 70),
              afterAHighScore(new Heads(8, 13), 70)));

  private static SentenceAttentionCase of(Sizes sizes) {
    int packed = sizes.batch().packed();
    int length = sizes.batch().source();
    List<Integer> lengths = new ArrayList<>(Collections.nCopies(packed / length, length));
    if (packed % length > 0) {
      lengths.add(packed % length);
    }
    return new SentenceAttentionCase(Heads.of(sizes), lengths, 1);
  }

  private static SentenceAttentionCase afterAHighScore(Heads heads, int longest) {
    return new SentenceAttentionCase(heads, List.of(1, 13, 0, longest, 2), 30);
  }

  private int rows() {
    return lengths.stream().mapToInt(Integer::intValue).sum();
  }

  @Override
  public String shape() {
    return String.format(
        "%d tokens in sentences of %d, %s", rows(), Collections.max(lengths), heads);
  }

  @Override
  public Work work(Types types) {
    double queries = (double) rows() * heads.width();
    return new Work(
        4 * queries * Collections.max(lengths), 4 * queries * types.activations().bytes());
  }

  @Override
  public PreparedOperation prepare(Workbench bench) {
    int rows = rows();
    int width = heads.width();
    float[] numbers = bench.numbers(rows * 3 * width);
    for (int i = 0; i < 2 * width; i++) {
      numbers[i] *= firstFactor;
    }
    float[] bias = bench.numbers(width);
    Tensor qkv = bench.upload(numbers, rows, 3 * width);
    Tensor out = bench.allocate(rows, width);
    AttentionInputs inputs =
        new AttentionInputs(
            qkv.columns(0, width),
            bench.uploadFloats(bias, width, 1),
            qkv.columns(width, width),
            qkv.columns(2 * width, width),
            new Mask.Sentence(tokens(bench)),
            heads.count());
    return PreparedOperation.of(
        () -> bench.device().attend(inputs, out),
        () -> {
          RealMatrix all = Reference.matrix(numbers, rows, 3 * width);
          RealMatrix queries = new Columns(0, width, 3 * width).of(all);
          RealMatrix expected =
              Reference.attention(
                  Reference.plus(queries, Reference.vector(bias)),
                  new Columns(width, width, 3 * width).of(all),
                  new Columns(2 * width, width, 3 * width).of(all),
                  visible(),
                  heads.count());
          return bench.deviation(expected, out, heads.size() + Collections.max(lengths));
        });
  }

  private TokenRows.Packed tokens(Workbench bench) {
    int[] offsets = new int[lengths.size() + 1];
    for (int i = 0; i < lengths.size(); i++) {
      offsets[i + 1] = offsets[i] + lengths.get(i);
    }
    return new TokenRows.Packed(
        bench.upload(new int[rows()]), bench.upload(new int[rows()]), bench.upload(offsets));
  }

  /** Returns the tokens of each token's sentence. */
  private List<int[]> visible() {
    List<int[]> visible = new ArrayList<>();
    for (int length : lengths) {
      visible.addAll(Collections.nCopies(length, Reference.range(visible.size(), length)));
    }
    return visible;
  }
}
