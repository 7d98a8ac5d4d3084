// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.batch;

import dev.dragoman.Translation;
import dev.dragoman.lines.Outcome;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** Keeps a failure in its line: tries it again alone, and else writes what was asked for. */
final class LineFailures {
  private final Rules rules;
  private final CommittedLog log;
  private final Statistics statistics;

  /**
   * What to do.
   *
   * @param onError with a line that has failed twice
   * @param alone translates one line
   * @param listener hears about lines
   */
  record Rules(OnError onError, Function<String, Translation> alone, BatchListener listener) {}

  /**
   * What was tried with a line.
   *
   * @param first outcome
   * @param waited nanoseconds for which everything after it had to wait
   * @param last the same translation, or that of a second attempt if the first has failed
   */
  record Attempts(Outcome first, long waited, Translation last) {}

  /** One line of the log of errors. */
  record Entry(String file, long line, String reason, String text) {}

  LineFailures(Rules rules, CommittedLog log, Statistics statistics) {
    this.rules = rules;
    this.log = log;
    this.statistics = statistics;
  }

  /** Tries a line that has failed once more, alone. */
  Attempts attempt(Outcome outcome, long waited) {
    boolean again = outcome.translation().failure().isPresent();
    return new Attempts(
        outcome, waited, again ? rules.alone().apply(outcome.text()) : outcome.translation());
  }

  /** Returns what stands for a line in the output. */
  String resolve(String file, InputRecord record, Attempts line) throws IOException {
    String place = place(file, record);
    if (line.first().translation().failure().isPresent()) {
      statistics.addRetry();
    }
    line.last().note().ifPresent(note -> rules.listener().noted(place, note));
    Optional<String> reason = line.last().failure();
    if (reason.isEmpty()) {
      return line.last().text();
    }
    String text = line.first().text();
    fail(file, record, reason.get(), text);
    return rules.onError() == OnError.COPY ? text : "";
  }

  /** Looks at a whole record. */
  void check(String file, InputRecord record) throws IOException {
    if (record.malformed() > 0) {
      String times = record.malformed() == 1 ? "one place" : record.malformed() + " places";
      rules.listener().noted(place(file, record), "is not UTF-8 in " + times + ", read as U+FFFD");
    }
    if (record.problem().isPresent()) {
      String original =
          new String(record.layout().bytes(List.of()), StandardCharsets.UTF_8).strip();
      fail(file, record, record.problem().get(), original);
    }
  }

  private void fail(String file, InputRecord record, String reason, String text)
      throws IOException {
    if (rules.onError() == OnError.FAIL) {
      throw new BatchException(place(file, record) + ": not translated: " + reason);
    }
    statistics.addFailure();
    log.add(new Entry(file, record.line(), reason, text));
    // A record that cannot be read has nothing that could be left empty.
    OnError done = record.problem().isPresent() ? OnError.COPY : rules.onError();
    rules.listener().failed(place(file, record), reason, done.words());
  }

  private static String place(String file, InputRecord record) {
    return file + ", line " + record.line();
  }
}
