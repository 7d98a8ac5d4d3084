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
  private final Path folder;
  private final FileChannel lock;

  private JobFolder(Path output, Shard shard, Path folder, FileChannel lock) {
    this.output = output;
    this.shard = shard;
    this.folder = folder;
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
      return new JobFolder(output, shard, folder, channel);
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
    Path file = folder.resolve("journal.json");
    return Files.exists(file) ? Optional.of(Json.read(file, Journal.class)) : Optional.empty();
  }

  /** Writes down what the job is, before anything else. */
  void begin(Journal journal) throws IOException {
    Durable.createDirectories(parts());
    save(Checkpoint.start());
    Durable.write(folder.resolve("journal.json"), Json.line(journal));
  }

  Checkpoint checkpoint() throws IOException {
    return Json.read(folder.resolve("progress.json"), Checkpoint.class);
  }

  /** Replaces the checkpoint; what it promises has to be safe already. */
  void save(Checkpoint checkpoint) throws IOException {
    Durable.write(folder.resolve("progress.json"), Json.line(checkpoint));
  }

  /** Forgets the job. */
  void clear() throws IOException {
    Files.deleteIfExists(folder.resolve("journal.json")); // first: without it nothing counts
    Durable.forceDirectory(folder);
    for (String name : List.of("progress.json", "errors.jsonl", "outputs.jsonl", "samples.jsonl")) {
      Files.deleteIfExists(folder.resolve(name));
    }
    Durable.delete(parts());
    Durable.delete(folder.resolve("pieces"));
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
    return folder.resolve("parts").toAbsolutePath();
  }

  /** Returns the file of a finished output; a shard's is only a piece of one. */
  Path output(Task task) {
    Path base = shard.isAll() ? output : folder.resolve("pieces");
    return base.resolve(task.output()).toAbsolutePath();
  }

  /** Lines that could not be translated. */
  Path errors() {
    return folder.resolve("errors.jsonl");
  }

  /** Outputs that are complete. */
  Path outputs() {
    return folder.resolve("outputs.jsonl");
  }

  /** Returns the file of throughput and memory from time to time. */
  Path samples() {
    return folder.resolve("samples.jsonl");
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
