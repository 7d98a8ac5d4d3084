package dev.dragoman.batch;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryUsage;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/** One line of metrics: what a job does at one time. */
record Sample(
    @JsonProperty("time") String time,
    @JsonProperty("seconds") double seconds,
    @JsonProperty("files_done") int filesDone,
    @JsonProperty("lines_done") long linesDone,
    @JsonProperty("lines_per_second") double linesPerSecond,
    @JsonProperty("tokens_per_second") double tokensPerSecond,
    @JsonProperty("lines_under_way") int linesUnderWay,
    @JsonProperty("sentences_waiting") int sentencesWaiting,
    @JsonProperty("repeated_lines") long repeated,
    @JsonProperty("remembered_lines") long remembered,
    @JsonProperty("failed_lines") long failed,
    @JsonProperty("heap_bytes") long heapBytes,
    @JsonProperty("heap_committed_bytes") long heapCommitted,
    @JsonProperty("resident_bytes") long residentBytes,
    @JsonProperty("device_bytes") long deviceBytes) {

  /** What a device holds. */
  record Device(int waiting, long bytes) {}

  static Sample of(double seconds, BatchStatus now, Rates rates, Device device) {
    Statistics done = now.statistics();
    MemoryUsage heap = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage();
    return new Sample(
        Instant.now().truncatedTo(ChronoUnit.MILLIS).toString(),
        seconds,
        now.filesDone(),
        done.records(),
        rates.lines(),
        rates.tokens(),
        now.underWay(),
        device.waiting(),
        done.repeated(),
        done.remembered(),
        done.failures(),
        heap.getUsed(),
        heap.getCommitted(),
        Resident.bytes(),
        device.bytes());
  }

  /** Since the sample before, in a second. */
  record Rates(double lines, double tokens) {
    static Rates between(Statistics before, Statistics now, double seconds) {
      double time = Math.max(seconds, 1e-3);
      return new Rates(
          (now.records() - before.records()) / time,
          (now.targetTokens() - before.targetTokens()) / time);
    }
  }
}
