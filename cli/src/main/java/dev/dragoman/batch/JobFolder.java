// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.batch;

import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The hidden folder of the output folder in which a job keeps its journal. One job uses it at a
 * time.
 */
public final class JobFolder implements AutoCloseable {
  /** The folder's name in every output folder. */
  static final String HIDDEN = ".dragoman";

  private static final String MERGE = "merge";
  private static final String LOCK = "lock";

  private final Path output;
  private final Shard shard;
  private final JobFiles files;
  private final FileChannel lock;

  private JobFolder(Path output, Shard shard, JobFiles files, FileChannel lock) {
    this.output = output;
    this.shard = shard;
    this.files = files;
    this.lock = lock;
  }

  /**
   * Takes the folder for one job.
   *
   * @throws BatchException if another one has it
   */
  public static JobFolder open(Path output, Shard shard) throws IOException {
    Path hidden = output.resolve(HIDDEN);
    refuseOthers(output, hidden, shard);
    return open(output, shard, hidden.resolve(shard.folder()));
  }

  /** Takes the folder to join shards in it, which may lie there, too. */
  static JobFolder forMerge(Path output) throws IOException {
    return open(output, Shard.ALL, output.resolve(HIDDEN).resolve(MERGE));
  }

  private static JobFolder open(Path output, Shard shard, Path folder) throws IOException {
    Durable.createDirectories(folder.toAbsolutePath());
    FileChannel channel =
        FileChannel.open(
            folder.resolve(LOCK),
            StandardOpenOption.CREATE,
            StandardOpenOption.READ,
            StandardOpenOption.WRITE);
    try {
      take(channel, output);
      return new JobFolder(output, shard, new JobFiles(folder), channel);
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  private static void take(FileChannel channel, Path output) throws IOException {
    FileLock taken;
    try {
      taken = channel.tryLock();
    } catch (OverlappingFileLockException e) {
      throw new BatchException(output + ": another job of this program is writing it");
    }
    if (taken == null) {
      ByteBuffer owner = ByteBuffer.allocate(200);
      channel.read(owner, 0);
      String name = new String(owner.array(), 0, owner.position(), StandardCharsets.UTF_8).strip();
      throw new BatchException(
          output + ": another job is writing it" + (name.isEmpty() ? "" : ", " + name));
    }
    channel.truncate(0);
    String owner = "process " + ProcessHandle.current().pid() + " on " + host() + "\n";
    channel.write(ByteBuffer.wrap(owner.getBytes(StandardCharsets.UTF_8)), 0);
  }

  private static String host() {
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException e) {
      return "this machine"; // one without a name
    }
  }

  /**
   * Refuses a folder that has a whole job if this one is a shard, shards if it is not, or another
   * number of shards.
   */
  private static void refuseOthers(Path output, Path hidden, Shard shard) throws IOException {
    if (!Files.isDirectory(hidden)) {
      return;
    }
    String kind = shard.isAll() ? "job" : "-of-" + shard.count();
    try (Stream<Path> jobs = Files.list(hidden)) {
      Optional<Path> other =
          jobs.filter(path -> Files.exists(path.resolve(LOCK)))
              .filter(path -> !path.getFileName().toString().matches(MERGE + "|.*" + kind))
              .findFirst();
      if (other.isPresent()) {
        throw new BatchException(
            output
                + ": holds another kind of job, "
                + other.get().getFileName()
                + "; take another output folder, or delete "
                + other.get());
      }
    }
  }

  /** Returns the job that was begun here, if any was. */
  Optional<Journal> journal() throws IOException {
    return files.readJournal();
  }

  /** Writes down what the job is, before anything else. */
  void begin(Journal journal) throws IOException {
    Durable.createDirectories(parts());
    save(Checkpoint.start());
    Durable.write(files.journal(), Json.line(journal));
  }

  Checkpoint checkpoint() throws IOException {
    return files.readCheckpoint();
  }

  /** Replaces the checkpoint; what it promises has to be safe already. */
  void save(Checkpoint checkpoint) throws IOException {
    Durable.write(files.progress(), Json.line(checkpoint));
  }

  /** Forgets the job. */
  void clear() throws IOException {
    Files.deleteIfExists(files.journal()); // first: without it nothing counts
    Durable.forceDirectory(files.folder());
    for (Path file : List.of(files.progress(), files.errors(), files.outputs(), files.samples())) {
      Files.deleteIfExists(file);
    }
    Durable.delete(parts());
    Durable.delete(files.shardOutputs());
  }

  /** Deletes the part files once nothing is unfinished any more. */
  void deleteParts() throws IOException {
    Durable.delete(parts());
  }

  /** Returns the file of an unfinished output. */
  Path part(int slice) {
    return parts().resolve(Integer.toString(slice));
  }

  private Path parts() {
    return files.parts().toAbsolutePath();
  }

  /** Returns the file of a finished output; a shard's is only a part of one. */
  Path output(Task task) {
    Path base = shard.isAll() ? output : files.shardOutputs();
    return base.resolve(task.output()).toAbsolutePath();
  }

  /** Returns the path of the log of the lines that could not be translated. */
  Path errors() {
    return files.errors();
  }

  /** Returns the path of the log of the outputs that are complete. */
  Path outputs() {
    return files.outputs();
  }

  /** Returns the file of throughput and memory from time to time. */
  Path samples() {
    return files.samples();
  }

  /** Returns the output folder, as messages show it. */
  Path path() {
    return output;
  }

  Shard shard() {
    return shard;
  }

  /** Gives the folder to others. */
  @Override
  public void close() throws IOException {
    lock.close();
  }
}
