// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.batch;

import com.fasterxml.jackson.annotation.JsonAutoDetect;
import com.fasterxml.jackson.annotation.JsonAutoDetect.Visibility;
import dev.dragoman.Translation;
import dev.dragoman.lines.Outcome;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Counts what a job has done, over all its runs. */
@JsonAutoDetect(fieldVisibility = Visibility.ANY, getterVisibility = Visibility.NONE)
public final class Statistics {
  /** Tokens in one bar of the histograms. */
  static final int BIN = 4;

  private static final int BINS = 64;
  private static final int EXTREMES = 10;
  private static final int LONGEST_QUOTE = 200;
  private static final Comparator<Extreme> LOWEST_FIRST = Comparator.comparing(Extreme::value);
  private static final Comparator<Extreme> HIGHEST_FIRST = LOWEST_FIRST.reversed();

  private long records;
  private long lines;
  private long sourceTokens;
  private long targetTokens;
  private long repeated;
  private long remembered;
  private long failures;
  private long retried;
  private long malformed;
  private double seconds;
  private int runs;
  private final long[] sourceLengths = new long[BINS];
  private final long[] targetLengths = new long[BINS];
  private final List<Extreme> slowest = new ArrayList<>();
  private final List<Extreme> leastCertain = new ArrayList<>();

  /** Begins to count. */
  Statistics() {}

  /** Copies what has been counted. */
  Statistics(Statistics other) {
    records = other.records;
    lines = other.lines;
    sourceTokens = other.sourceTokens;
    targetTokens = other.targetTokens;
    repeated = other.repeated;
    remembered = other.remembered;
    failures = other.failures;
    retried = other.retried;
    malformed = other.malformed;
    seconds = other.seconds;
    runs = other.runs;
    System.arraycopy(other.sourceLengths, 0, sourceLengths, 0, BINS);
    System.arraycopy(other.targetLengths, 0, targetLengths, 0, BINS);
    slowest.addAll(other.slowest);
    leastCertain.addAll(other.leastCertain);
  }

  /**
   * A line worth looking at.
   *
   * @param value seconds or score
   */
  record Extreme(
      String file, long line, double value, int sourceTokens, int targetTokens, String text) {}

  /** Counts a record that was written. */
  void addRecord(int malformedPlaces) {
    records++;
    malformed += malformedPlaces > 0 ? 1 : 0;
  }

  /** Counts a record that could not be read, or one of whose lines could not be translated. */
  void addFailure() {
    failures++;
  }

  /** Counts a line that was tried a second time. */
  void addRetry() {
    retried++;
  }

  /**
   * Counts a line that was translated.
   *
   * @param nanoseconds for which everything after it had to wait
   */
  void addLine(String file, long line, Outcome outcome, long nanoseconds) {
    Translation translation = outcome.translation();
    lines++;
    repeated += outcome.origin() == Outcome.Origin.REPEATED ? 1 : 0;
    remembered += outcome.origin() == Outcome.Origin.REMEMBERED ? 1 : 0;
    sourceTokens += translation.sourceTokens();
    targetTokens += translation.targetTokens();
    if (translation.failure().isPresent() || translation.sourceTokens() == 0) {
      return;
    }
    sourceLengths[bin(translation.sourceTokens())]++;
    targetLengths[bin(translation.targetTokens())]++;
    if (outcome.origin() != Outcome.Origin.TRANSLATED) {
      return;
    }
    double score = translation.hypotheses().get(0).score();
    keep(slowest, extreme(file, line, nanoseconds * 1e-9, outcome), HIGHEST_FIRST);
    keep(leastCertain, extreme(file, line, score, outcome), LOWEST_FIRST);
  }

  /** Keeps a line among the first in an order, if it is one; of equal ones the earlier stays. */
  private static void keep(List<Extreme> kept, Extreme line, Comparator<Extreme> order) {
    if (kept.size() == EXTREMES && order.compare(line, kept.get(EXTREMES - 1)) >= 0) {
      return;
    }
    kept.add(line);
    kept.sort(order);
    if (kept.size() > EXTREMES) {
      kept.remove(EXTREMES);
    }
  }

  private static Extreme extreme(String file, long line, double value, Outcome outcome) {
    String text = outcome.text();
    return new Extreme(
        file,
        line,
        value,
        outcome.translation().sourceTokens(),
        outcome.translation().targetTokens(),
        text.length() <= LONGEST_QUOTE ? text : text.substring(0, LONGEST_QUOTE) + "…");
  }

  private static int bin(int tokens) {
    return Math.min(tokens / BIN, BINS - 1);
  }

  /** Counts a run that begins. */
  void addRun() {
    runs++;
  }

  /** Adds time that passed while translating. */
  void addSeconds(double more) {
    seconds += more;
  }

  long records() {
    return records;
  }

  long targetTokens() {
    return targetTokens;
  }

  /** Returns the number of lines that were translated earlier in the same run. */
  public long repeated() {
    return repeated;
  }

  /** Returns the number of lines that a translation memory knew. */
  public long remembered() {
    return remembered;
  }

  long failures() {
    return failures;
  }

  /** Returns the seconds that were spent translating, in all runs. */
  public double seconds() {
    return seconds;
  }
}
