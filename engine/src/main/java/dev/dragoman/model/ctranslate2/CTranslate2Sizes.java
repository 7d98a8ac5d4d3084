// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.model.ctranslate2;

import dev.dragoman.device.Shape;
import dev.dragoman.model.ModelConfig.Stack;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The sizes of a model as its variables show them; CTranslate2 stores none but the number of heads.
 *
 * @param sourceTable the name of the source embedding
 * @param sourceWords its rows
 * @param targetWords rows of the target embedding
 * @param width d_model
 * @param encoder the encoder's stack
 * @param decoder the decoder's stack
 * @param positions the longest text
 * @param sourcePositions stored positions of the encoder
 * @param targetPositions stored positions of the decoder
 */
record CTranslate2Sizes(
    String sourceTable,
    int sourceWords,
    int targetWords,
    int width,
    Stack encoder,
    Stack decoder,
    int positions,
    Optional<Stored> sourcePositions,
    Optional<Stored> targetPositions) {

  static final String TARGET_TABLE = "decoder/embeddings/weight";

  private static final String[] SOURCE_TABLES = {
    "encoder/embeddings/weight", "encoder/embeddings_0/weight"
  };

  /**
   * The number of positions that are computed where none are stored. CTranslate2 computes as many
   * as a text needs.
   */
  private static final int COMPUTED_POSITIONS = 1024;

  private static final int MOST_HEADS = 1 << 16;

  /** A table of positions. */
  record Stored(String name, int count) {}

  /** Looks at the variables. */
  static CTranslate2Sizes of(CTranslate2File file) {
    String sourceTable =
        Stream.of(SOURCE_TABLES)
            .filter(file.names()::contains)
            .findFirst()
            .orElse(SOURCE_TABLES[0]);
    Shape source = shape(file, sourceTable);
    Shape target = shape(file, TARGET_TABLE);
    int width = target.columns();
    Optional<Stored> sourcePositions = positions(file, "encoder");
    Optional<Stored> targetPositions = positions(file, "decoder");
    if ((sourcePositions.isEmpty() || targetPositions.isEmpty()) && (width % 2 != 0 || width < 4)) {
      throw file.wrong("positions cannot be computed for width " + width);
    }
    return new CTranslate2Sizes(
        sourceTable,
        source.rows(),
        target.rows(),
        width,
        stack(file, "encoder", width),
        stack(file, "decoder", width),
        Math.min(
            sourcePositions.map(Stored::count).orElse(COMPUTED_POSITIONS),
            targetPositions.map(Stored::count).orElse(COMPUTED_POSITIONS)),
        sourcePositions,
        targetPositions);
  }

  Optional<Stored> storedPositions(String side) {
    return side.equals("encoder") ? sourcePositions : targetPositions;
  }

  private static Optional<Stored> positions(CTranslate2File file, String side) {
    String name = side + "/position_encodings/encodings";
    return file.names().contains(name)
        ? Optional.of(new Stored(name, shape(file, name).rows()))
        : Optional.empty();
  }

  private static Stack stack(CTranslate2File file, String side, int width) {
    int layers = 0;
    while (file.names().contains(firstProduct(side, layers))) {
      layers++;
    }
    int heads = heads(file, side, width);
    return new Stack(layers, heads, shape(file, firstProduct(side, 0)).rows());
  }

  private static String firstProduct(String side, int layer) {
    return side + "/layer_" + layer + "/ffn/linear_0/weight";
  }

  /**
   * Returns the number of heads. Old models say their number of heads by the name of their
   * specification.
   */
  private static int heads(CTranslate2File file, String side, int width) {
    double heads =
        file.number(side + "/num_heads")
            .or(() -> file.number("num_heads"))
            .orElse(file.kind().equals("TransformerBig") ? 16.0 : 8.0);
    if (heads < 1 || heads > MOST_HEADS || heads != Math.rint(heads) || width % heads != 0) {
      throw file.wrong(
          "%s/num_heads is %s, which does not divide the width %d".formatted(side, heads, width));
    }
    return (int) heads;
  }

  private static Shape shape(CTranslate2File file, String name) {
    Shape shape = file.find(name).orElseThrow(() -> file.wrong(name + " is missing")).shape();
    if (shape.size() == 0) {
      throw file.wrong(name + " is empty");
    }
    return shape;
  }
}
