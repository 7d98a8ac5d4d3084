// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.benchmark;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/**
 * How long real sentences and their translations are, in tokens with the end token; the resource
 * {@code sentence-lengths.txt} says where the numbers are from.
 *
 * @param pairs of one sentence each
 */
public record SentenceLengths(List<Pair> pairs) {

  /** Tokens of a source and of its translation, end tokens counted. */
  public record Pair(int source, int target) {}

  /** Returns the committed table. */
  public static SentenceLengths measured() {
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(
                SentenceLengths.class.getResourceAsStream("sentence-lengths.txt"),
                StandardCharsets.UTF_8))) {
      return new SentenceLengths(
          lines
              .lines()
              .filter(line -> !line.startsWith("#"))
              .map(line -> line.split(" "))
              .map(pair -> new Pair(Integer.parseInt(pair[0]), Integer.parseInt(pair[1])))
              .toList());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Returns the mean length of a translation. */
  public double meanTarget() {
    return pairs.stream().mapToInt(Pair::target).average().orElse(0);
  }

  /**
   * Returns all lengths times a factor with which the mean length of a translation is nearly this
   * one.
   */
  public SentenceLengths scaledTo(double meanTarget) {
    double factor = meanTarget / meanTarget();
    return new SentenceLengths(
        pairs.stream()
            .map(pair -> new Pair(scaled(pair.source(), factor), scaled(pair.target(), factor)))
            .toList());
  }

  private static int scaled(int length, double factor) {
    return Math.max(1, (int) Math.round(length * factor));
  }

  /**
   * Draws so many pairs in random order, the same ones for the same seed. Each pair comes as often
   * as the others, as far as the count lets it, so that few sentences have the same mean as many.
   */
  public List<Pair> draw(int count, long seed) {
    Random random = new Random(seed);
    List<Pair> drawn = new ArrayList<>(count);
    while (drawn.size() < count) {
      List<Pair> shuffled = new ArrayList<>(pairs);
      Collections.shuffle(shuffled, random);
      drawn.addAll(shuffled.subList(0, Math.min(shuffled.size(), count - drawn.size())));
    }
    return drawn;
  }
}
