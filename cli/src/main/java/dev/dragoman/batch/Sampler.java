// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.batch;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Writes down from time to time how a job runs: beside the journal, and where the user wants it.
 */
public final class Sampler implements AutoCloseable {
  /** Seconds from the start in which a sample is taken every second. */
  private static final double BEGINNING = 60;

  /** Seconds between two samples after the beginning. */
  private static final double USUAL = 10;

  private final List<OutputStream> files = new ArrayList<>();
  private final long start = System.nanoTime();
  private Statistics before;
  private double sampled = -USUAL;

  /**
   * Appends to what earlier runs have written.
   *
   * @param metrics where the user wants it
   */
  public Sampler(JobFolder folder, Optional<Path> metrics) throws IOException {
    files.add(append(folder.samples()));
    try {
      if (metrics.isPresent()) {
        files.add(append(metrics.get()));
      }
    } catch (IOException e) {
      close();
      throw e;
    }
  }

  private static OutputStream append(Path file) throws IOException {
    boolean torn = endsWithinALine(file);
    OutputStream out =
        Files.newOutputStream(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    if (torn) {
      out.write('\n');
    }
    return out;
  }

  /** Tells whether a kill or a full disk has cut the last line. */
  private static boolean endsWithinALine(Path file) throws IOException {
    if (!Files.isRegularFile(file) || Files.size(file) == 0) {
      return false;
    }
    try (SeekableByteChannel channel = Files.newByteChannel(file)) {
      ByteBuffer last = ByteBuffer.allocate(1);
      channel.position(channel.size() - 1).read(last);
      return last.get(0) != '\n';
    }
  }

  /** Looks at a job that runs, at most once in a second. */
  public void look(BatchStatus now, int waiting, long deviceBytes) throws IOException {
    double seconds = (System.nanoTime() - start) * 1e-9;
    if (before != null && seconds - sampled < (seconds < BEGINNING ? 1 : USUAL) - 0.01) {
      return;
    }
    sample(now, new Sample.Device(waiting, deviceBytes), seconds);
  }

  /** Looks at a job that ends. */
  public void end(BatchStatus now, int waiting, long deviceBytes) throws IOException {
    sample(now, new Sample.Device(waiting, deviceBytes), (System.nanoTime() - start) * 1e-9);
  }

  private void sample(BatchStatus now, Sample.Device device, double seconds) throws IOException {
    Statistics last = before == null ? now.statistics() : before;
    Sample.Rates rates = Sample.Rates.between(last, now.statistics(), seconds - sampled);
    byte[] line = Json.line(Sample.of(seconds, now, rates, device));
    for (OutputStream file : files) {
      file.write(line);
    }
    before = now.statistics();
    sampled = seconds;
  }

  @Override
  public void close() throws IOException {
    for (OutputStream file : files) {
      file.close();
    }
  }
}
