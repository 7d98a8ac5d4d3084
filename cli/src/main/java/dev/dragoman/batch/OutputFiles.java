// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.batch;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Writes one output after the other, and gives each its final name when it is complete and safe.
 */
final class OutputFiles implements AutoCloseable {
  private final JobFolder folder;
  private final CommittedLog log;
  private final Set<Path> unsafeFolders = new HashSet<>();
  private final List<Path> oldTails = new ArrayList<>();
  private PartFile part;

  /** One line of the log of outputs: what a finished one is. */
  record Entry(String output, long from, long to, long bytes, String sha256) {}

  OutputFiles(JobFolder folder, CommittedLog log) {
    this.folder = folder;
    this.log = log;
  }

  /** Begins or goes on with an output. */
  void open(int number, Slice slice, PartFile.Mark mark) throws IOException {
    part = PartFile.open(folder.part(number), slice.task().outputCompression(), mark);
  }

  void write(byte[] record) throws IOException {
    part.write(record);
  }

  /** Makes what was written safe. */
  PartFile.Mark sync() throws IOException {
    for (Path changed : unsafeFolders) {
      Durable.forceDirectory(changed);
    }
    unsafeFolders.clear();
    return part == null ? PartFile.Mark.START : part.sync();
  }

  /** Notes that the output is whole and safe, without its final name yet. */
  void complete(Slice slice) throws IOException {
    PartFile.Complete complete = part.complete();
    oldTails.addAll(part.oldTails());
    part = null;
    log.add(
        new Entry(
            slice.task().output(), slice.from(), slice.to(), complete.bytes(), complete.sha256()));
  }

  /** Gives a whole output its final name, unless it has it already. */
  void publish(int number, Slice slice) throws IOException {
    Path from = folder.part(number);
    Path to = folder.output(slice.task());
    Durable.createDirectories(to.getParent());
    if (Files.exists(from)) {
      Durable.move(from, to);
      unsafeFolders.add(to.getParent());
    } else if (!Files.exists(to)) {
      throw new BatchException(
          to + " was complete and is gone; the setting restart=true begins anew");
    }
  }

  /** Deletes the tails of a checkpoint that has been replaced. */
  void deleteOldTails() throws IOException {
    if (part != null) {
      oldTails.addAll(part.oldTails());
    }
    for (Path tail : oldTails) {
      Files.deleteIfExists(tail);
    }
    oldTails.clear();
  }

  @Override
  public void close() throws IOException {
    if (part != null) {
      part.close();
    }
  }
}
