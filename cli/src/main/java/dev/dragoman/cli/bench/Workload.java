// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.cli.bench;

import dev.dragoman.pipeline.Activity;

/** What a benchmark translates, and with what. */
interface Workload extends AutoCloseable {

  /** Lines of one run. */
  int lines();

  /** Translates all of them once. */
  Tokens translateAll();

  /** Translates one of them alone. */
  void translateOne(int line);

  /** Returns what computes and what it holds. */
  Loaded loaded();

  /** Returns what the workers have done so far. */
  Activity activity();

  @Override
  void close();

  /** Tokens of a run, end tokens counted; of the targets those of the best hypotheses. */
  record Tokens(long source, long target) {}

  /**
   * A model that is on its devices.
   *
   * @param description as Translator gives it
   * @param workers of all devices
   * @param slots sentences in flight
   * @param deviceBytes that it holds
   */
  record Loaded(String description, int workers, int slots, long deviceBytes) {}
}
