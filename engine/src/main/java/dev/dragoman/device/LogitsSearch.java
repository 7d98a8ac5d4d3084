// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.device;

/** Writes all logits down, then searches them. */
public final class LogitsSearch implements WordSearch {
  /** Rows begin at multiples of so many numbers, however many words there are. */
  private static final int STEP = 8;

  private final Device device;
  private final Linear words;
  private final Tensor bias;
  private final Tensor logits;

  /** Takes the memory for {@code rows} rows; see {@link Device#searchAmong}. */
  public LogitsSearch(Device device, Linear words, Tensor bias, int rows) {
    this.device = device;
    this.words = words;
    this.bias = bias;
    this.logits =
        device
            .allocate(DataType.F32, new Shape(rows, stride(words.outputs())))
            .columns(0, words.outputs());
  }

  /** Returns how far apart rows of so many numbers begin. */
  public static int stride(int numbers) {
    return (numbers + STEP - 1) / STEP * STEP;
  }

  @Override
  public void advance(Tensor x, TokenRows.Decoding tokens) {
    Tensor ofRows = logits.rows(0, tokens.count());
    if (tokens.state().shortlists().isPresent()) {
      device.linearToShortlists(x, words, tokens, ofRows);
    } else {
      device.linear(x, words, ofRows);
    }
    device.advance(ofRows, bias, tokens);
  }
}
