// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.batch;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryUsage;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/**
 * One line of metrics: what a job does at one time. Its parts are written side by side.
 *
 * @param time as ISO 8601 has it
 * @param seconds since this run began
 */
record Sample(
    @JsonProperty("time") String time,
    @JsonProperty("seconds") double seconds,
    @JsonUnwrapped Work work,
    @JsonUnwrapped Lines lines,
    @JsonUnwrapped Memory memory) {

  /** How far the job is, and how fast. */
  record Work(
      @JsonProperty("files_done") int filesDone,
      @JsonProperty("lines_done") long recordsDone,
      @JsonProperty("lines_per_second") double recordsPerSecond,
      @JsonProperty("tokens_per_second") double tokensPerSecond,
      @JsonProperty("lines_under_way") int linesUnderWay,
      @JsonProperty("sentences_waiting") int sentencesWaiting) {}

  /** Lines that were not simply translated. */
  record Lines(
      @JsonProperty("repeated_lines") long repeated,
      @JsonProperty("remembered_lines") long remembered,
      @JsonProperty("failed_lines") long failed) {}

  /** Memory in bytes: Java's heap, the process, the devices. */
  record Memory(
      @JsonProperty("heap_bytes") long heap,
      @JsonProperty("heap_committed_bytes") long heapCommitted,
      @JsonProperty("resident_bytes") long resident,
      @JsonProperty("device_bytes") long device) {}

  /** What a device holds. */
  record Device(int waiting, long bytes) {}

  static Sample of(double seconds, BatchStatus now, Rates rates, Device device) {
    Statistics done = now.statistics();
    MemoryUsage heap = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage();
    return new Sample(
        Instant.now().truncatedTo(ChronoUnit.MILLIS).toString(),
        seconds,
        new Work(
            now.filesDone(),
            done.records(),
            rates.records(),
            rates.tokens(),
            now.underWay(),
            device.waiting()),
        new Lines(done.repeated(), done.remembered(), done.failures()),
        new Memory(heap.getUsed(), heap.getCommitted(), Resident.bytes(), device.bytes()));
  }

  /** Records and target tokens in a second, since the sample before. */
  record Rates(double records, double tokens) {
    static Rates between(Statistics before, Statistics now, double seconds) {
      double time = Math.max(seconds, 1e-3);
      return new Rates(
          (now.records() - before.records()) / time,
          (now.targetTokens() - before.targetTokens()) / time);
    }
  }
}
