// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.batch;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Joins the outputs of all shards of a job to those of one run. */
public final class ShardMerge {
  private static final Pattern FOLDER = Pattern.compile("shard-([0-9]+)-of-([0-9]+)");
  private static final int BUFFER = 1 << 16;

  private final SortedMap<Integer, JobFiles> shards;
  private final Journal journal;

  /** What a shard has of an output. */
  private record ShardOutput(Path file, OutputFiles.Entry entry) {}

  private ShardMerge(SortedMap<Integer, JobFiles> shards, Journal journal) {
    this.shards = shards;
    this.journal = journal;
  }

  /**
   * Finds all shards and looks whether they belong together and are finished.
   *
   * @param folders output folders of shards
   * @throws BatchException naming what is missing
   */
  public static ShardMerge of(List<Path> folders) throws IOException {
    TreeMap<Integer, JobFiles> shards = new TreeMap<>();
    int count = 0;
    for (Path folder : folders) {
      for (Path path : shardFolders(folder)) {
        Matcher name = FOLDER.matcher(path.getFileName().toString());
        name.matches();
        int index = Integer.parseInt(name.group(1));
        int of = Integer.parseInt(name.group(2));
        if (count != 0 && count != of) {
          throw new BatchException(path + ": is one of " + of + " shards, others are of " + count);
        }
        count = of;
        JobFiles other = shards.put(index, new JobFiles(path));
        if (other != null) {
          throw new BatchException(
              "shard " + index + " is there twice: " + other.folder() + ", " + path);
        }
      }
    }
    if (shards.isEmpty()) {
      throw new BatchException(folders.get(0) + ": no shard is there");
    }
    for (int index = 1; index <= count; index++) {
      if (!shards.containsKey(index)) {
        throw new BatchException("shard " + index + "/" + count + " is missing");
      }
    }
    return new ShardMerge(shards, commonJournal(shards));
  }

  private static List<Path> shardFolders(Path folder) throws IOException {
    Path hidden = folder.resolve(JobFolder.HIDDEN);
    if (!Files.isDirectory(hidden)) {
      throw new BatchException(folder + ": no shard is there");
    }
    try (Stream<Path> all = Files.list(hidden)) {
      return all.filter(path -> FOLDER.matcher(path.getFileName().toString()).matches()).toList();
    }
  }

  private static Journal commonJournal(SortedMap<Integer, JobFiles> shards) throws IOException {
    Journal first = null;
    for (JobFiles shard : shards.values()) {
      Journal journal =
          shard
              .readJournal()
              .orElseThrow(() -> new BatchException(shard.folder() + ": has not begun"));
      first = first == null ? journal : first;
      Optional<String> difference = first.difference(journal);
      if (difference.isPresent()) {
        throw new BatchException(
            "shards "
                + first.shard()
                + " and "
                + journal.shard()
                + " are of different jobs: "
                + difference.get());
      }
      Checkpoint checkpoint = shard.readCheckpoint();
      if (checkpoint.state() != Checkpoint.State.FINISHED) {
        throw new BatchException(
            "shard %s is not finished: %,d lines are done"
                .formatted(journal.shard(), checkpoint.statistics().records()));
      }
    }
    return Journal.of(first.settings(), Shard.ALL, first.inputs());
  }

  /**
   * Writes all outputs.
   *
   * @return how many lines could not be translated
   */
  public long into(Path output) throws IOException {
    Map<String, List<ShardOutput>> outputs = outputs();
    for (Task task : journal.inputs()) {
      verify(task, outputs.getOrDefault(task.output(), List.of()));
    }
    try (JobFolder folder = JobFolder.forMerge(output)) {
      begin(folder);
      for (int i = 0; i < journal.inputs().size(); i++) {
        Task task = journal.inputs().get(i);
        join(task, outputs.getOrDefault(task.output(), List.of()), folder.part(i));
        Path to = folder.output(task);
        Durable.createDirectories(to.getParent());
        Durable.move(folder.part(i), to);
        Durable.forceDirectory(to.getParent());
      }
      folder.deleteParts();
    }
    return failures();
  }

  private long failures() throws IOException {
    long failures = 0;
    for (JobFiles shard : shards.values()) {
      failures += shard.readCheckpoint().statistics().failures();
    }
    return failures;
  }

  private void begin(JobFolder folder) throws IOException {
    Optional<Journal> begun = folder.journal();
    if (begun.isPresent() && begun.get().difference(journal).isEmpty()) {
      folder.begin(journal); // the same merge once more
      return;
    }
    for (Task task : journal.inputs()) {
      if (Files.exists(folder.output(task))) {
        throw new BatchException(
            folder.output(task) + " is there already, and not from this merge; move it away");
      }
    }
    folder.begin(journal);
  }

  /** Returns what the shards have of each output, in their order. */
  private Map<String, List<ShardOutput>> outputs() throws IOException {
    Map<String, List<ShardOutput>> outputs = new HashMap<>();
    for (JobFiles shard : shards.values()) {
      byte[] log = CommittedLog.read(shard.outputs(), shard.readCheckpoint().outputBytes());
      for (String line : new String(log, StandardCharsets.UTF_8).lines().toList()) {
        OutputFiles.Entry entry = Json.read(line, shard.outputs(), OutputFiles.Entry.class);
        outputs
            .computeIfAbsent(entry.output(), name -> new ArrayList<>())
            .add(new ShardOutput(shard.shardOutputs().resolve(entry.output()), entry));
      }
    }
    return outputs;
  }

  private static void verify(Task task, List<ShardOutput> outputs) throws IOException {
    long records = 0;
    for (ShardOutput output : outputs) {
      if (output.entry().from() != records) {
        break;
      }
      records = output.entry().to();
      if (!Files.exists(output.file())) {
        throw new BatchException(output.file() + " is missing");
      }
      MessageDigest digest = Hashing.sha256();
      try (InputStream in = Files.newInputStream(output.file())) {
        Hashing.drain(in, digest);
      }
      if (!Hashing.hex(digest.digest()).equals(output.entry().sha256())) {
        throw new BatchException(output.file() + " is damaged: its SHA-256 is not as it was");
      }
    }
    if (records != task.records() || (outputs.isEmpty() && records == 0)) {
      throw new BatchException(
          "%s: the shards have %,d of its %,d lines"
              .formatted(task.output(), records, task.records()));
    }
  }

  private static void join(Task task, List<ShardOutput> outputs, Path part) throws IOException {
    Compression compression = task.outputCompression();
    try (PartFile out = PartFile.open(part, compression, PartFile.Mark.START)) {
      for (ShardOutput output : outputs) {
        try (InputStream in = Codec.open(compression, Files.newInputStream(output.file()))) {
          byte[] buffer = new byte[BUFFER];
          for (int length = in.read(buffer); length >= 0; length = in.read(buffer)) {
            out.write(buffer, 0, length);
          }
        }
      }
      out.complete();
      for (Path tail : out.oldTails()) {
        Files.deleteIfExists(tail);
      }
    }
  }

  /** Returns the lines that could not be translated, of all shards, as JSON lines. */
  public byte[] errors() throws IOException {
    ByteArrayOutputStream errors = new ByteArrayOutputStream();
    for (JobFiles shard : shards.values()) {
      errors.writeBytes(CommittedLog.read(shard.errors(), shard.readCheckpoint().errorBytes()));
    }
    return errors.toByteArray();
  }

  /** Returns the number of records of all inputs. */
  public long records() {
    return journal.records();
  }

  /** Returns how many outputs there are. */
  public int files() {
    return journal.inputs().size();
  }
}
