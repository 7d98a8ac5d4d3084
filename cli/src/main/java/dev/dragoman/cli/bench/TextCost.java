// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.cli.bench;

import dev.dragoman.text.Tokenizer;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.function.IntConsumer;

/**
 * What the tokenizer costs, in processor time of one thread.
 *
 * @param tokenizing microseconds of a line
 * @param detokenizing microseconds of a translation with as many tokens: its text and its pieces
 */
record TextCost(double tokenizing, double detokenizing) {
  private static final long LEAST_NANOSECONDS = 300_000_000;

  static TextCost of(Tokenizer tokenizer, List<String> lines) {
    List<int[]> tokens = lines.stream().map(tokenizer::encode).toList();
    return new TextCost(
        microseconds(lines.size(), i -> tokenizer.encode(lines.get(i))),
        microseconds(
            lines.size(),
            i -> {
              tokenizer.decode(tokens.get(i));
              tokenizer.pieces(tokens.get(i));
            }));
  }

  /** Times the second half of so many passes; the first ones wait for the JIT compiler. */
  private static double microseconds(int lines, IntConsumer work) {
    long passes = passes(lines, work, Long.MAX_VALUE);
    long start = now();
    passes(lines, work, passes);
    return (now() - start) / 1e3 / (passes * lines);
  }

  /** Makes that many passes, or as many as fit into the time; returns how many there were. */
  private static long passes(int lines, IntConsumer work, long most) {
    long end = most == Long.MAX_VALUE ? now() + LEAST_NANOSECONDS : Long.MAX_VALUE;
    long passes = 0;
    do {
      for (int i = 0; i < lines; i++) {
        work.accept(i);
      }
      passes++;
    } while (passes < most && now() < end);
    return passes;
  }

  private static long now() {
    return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
  }
}
