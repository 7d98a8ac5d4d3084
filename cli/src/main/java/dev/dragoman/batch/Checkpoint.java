// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.batch;

/**
 * How far a job is: what is safe, and where it goes on.
 *
 * @param input index of the one that is being translated; how many there are when all is done
 * @param records of it that are done, counted from its first
 * @param mark how much of its output is safe
 * @param state of its output
 * @param errorBytes of the log of errors that count
 * @param outputBytes of the log of outputs that count
 * @param statistics of all that is done
 */
record Checkpoint(
    int input,
    long records,
    PartFile.Mark mark,
    State state,
    long errorBytes,
    long outputBytes,
    Statistics statistics) {

  /** The state of an output. */
  enum State {
    /** The output waits for more records. */
    WRITING,
    /** All of it is safe; it may have its final name already. */
    COMPLETE,
    /** The job has no further output. */
    FINISHED
  }

  static Checkpoint start() {
    return new Checkpoint(0, 0, PartFile.Mark.START, State.WRITING, 0, 0, new Statistics());
  }
}
