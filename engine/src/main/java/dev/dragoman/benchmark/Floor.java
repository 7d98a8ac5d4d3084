// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.benchmark;

import dev.dragoman.device.DataType;
import dev.dragoman.device.Limits;
import dev.dragoman.operations.Types;
import dev.dragoman.operations.Work;
import java.util.ArrayList;
import java.util.List;

/**
 * The least work of a decoder step and of an encoder batch, part by part as the paper names them,
 * and so the least time on hardware whose limits are known. Multiplications with weights count two
 * operations for each weight and row. Weights, caches and what goes from one part to the next cross
 * memory once; what a part keeps to itself (attention's scores, hidden activations, and the queries
 * and results of attention, which its neighbours could keep) does not.
 *
 * @param shape of the model
 * @param type that weights, activations and caches are stored in
 */
public record Floor(TransformerShape shape, DataType type) {

  /**
   * A part of a step.
   *
   * @param name of the part
   * @param times in a step
   * @param work of one time
   */
  public record Part(String name, int times, Work work) {

    /** Seconds of all times together. */
    public double seconds(Limits limits) {
      return times * work.floor(limits);
    }
  }

  /**
   * What a step of the decoder is done for.
   *
   * @param rows hypotheses that are fed a token
   * @param slots sentences that they belong to; their sources are read once for all beams
   * @param past positions that a row attends to, its own counted, on average
   * @param source tokens of a source, on average
   * @param words that a row chooses from, on average, if these are fewer than the vocabulary; then
   *     the weights of so many are read at least, as if all sentences had the same
   */
  public record Step(double rows, double slots, double past, double source, double words) {

    /** Makes a step over all words. */
    public Step(double rows, double slots, double past, double source) {
      this(rows, slots, past, source, Double.POSITIVE_INFINITY);
    }
  }

  /**
   * What is encoded together.
   *
   * @param tokens of all sentences
   * @param squares sum of the squares of the sentences' lengths
   */
  public record Batch(double tokens, double squares) {}

  /** Returns the parts of a step, with the search. */
  public List<Part> decoder(Step step) {
    int layers = shape.decoder().layers();
    double width = shape.width();
    double rows = step.rows();
    double past = rows * step.past();
    double words = Math.min(shape.vocabulary(), step.words());
    List<Part> parts = new ArrayList<>();
    parts.add(new Part("embedding", 1, moved(2 * rows * width)));
    parts.add(new Part("queries, keys, values", layers, product(rows, width, 3 * width)));
    parts.add(new Part("self-attention", layers, attention(past, past)));
    parts.add(new Part("square projections", 3 * layers, product(rows, width, width)));
    parts.add(
        new Part(
            "encoder-decoder attention",
            layers,
            attention(rows * step.source(), step.slots() * step.source())));
    parts.add(new Part("feed-forward", layers, feedForward(rows, shape.decoder().feedForward())));
    parts.add(new Part("residual + norm", 3 * layers, moved(3 * rows * width)));
    parts.add(new Part("output words", 1, product(rows, width, words)));
    parts.add(new Part("search", 1, moved(rows * words)));
    return parts;
  }

  /**
   * Returns the parts of an encoder batch, with the keys and values that the decoder will ask for.
   */
  public List<Part> encoder(Batch batch) {
    int layers = shape.encoder().layers();
    double width = shape.width();
    double tokens = batch.tokens();
    return List.of(
        new Part("embedding", 1, moved(2 * tokens * width)),
        new Part("queries, keys, values", layers, product(tokens, width, 3 * width)),
        new Part("self-attention", layers, attention(batch.squares(), tokens)),
        new Part("square projections", layers, product(tokens, width, width)),
        new Part("feed-forward", layers, feedForward(tokens, shape.encoder().feedForward())),
        new Part("residual + norm", 2 * layers, moved(3 * tokens * width)),
        new Part(
            "the decoder's keys, values",
            shape.decoder().layers(),
            product(tokens, width, 2 * width)));
  }

  /** Seconds of all parts, one after the other. */
  public static double seconds(List<Part> parts, Limits limits) {
    return parts.stream().mapToDouble(part -> part.seconds(limits)).sum();
  }

  private Work product(double rows, double inputs, double outputs) {
    return Work.product(rows, inputs, outputs, types(), type);
  }

  private Work feedForward(double rows, double inner) {
    return Work.feedForward(rows, shape.width(), inner, types());
  }

  private Types types() {
    return new Types(type, type);
  }

  /**
   * Returns the work of softmax(Q·Kᵀ)·V.
   *
   * @param pairs of a query and a key
   * @param keys that are read, and as many values
   */
  private Work attention(double pairs, double keys) {
    return new Work(4 * pairs * shape.width(), 2 * keys * shape.width() * type.bytes());
  }

  private Work moved(double numbers) {
    return Work.bytes(numbers * type.bytes());
  }
}
