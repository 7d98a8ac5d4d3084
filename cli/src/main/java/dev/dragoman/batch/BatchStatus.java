// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.batch;

/**
 * How far a job is.
 *
 * @param filesDone of {@code files}
 * @param records that the job has
 * @param underWay lines that have been read and not yet written
 * @param statistics of what is done
 */
public record BatchStatus(
    int filesDone, int files, long records, int underWay, Statistics statistics) {

  /** Returns the number of records that are done. */
  public long recordsDone() {
    return statistics.records();
  }

  /** Returns the number of records that could not be read or translated. */
  public long failures() {
    return statistics.failures();
  }
}
