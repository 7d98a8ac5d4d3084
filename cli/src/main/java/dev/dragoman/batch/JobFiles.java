// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.batch;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The files that a job keeps in a folder of its own.
 *
 * @param folder of the job, below the hidden folder of the output folder
 */
record JobFiles(Path folder) {

  /** Returns what the job is; without this file nothing else counts. */
  Path journal() {
    return folder.resolve("journal.json");
  }

  /** Returns how far the job is. */
  Path progress() {
    return folder.resolve("progress.json");
  }

  /** Returns the log of the lines that could not be translated. */
  Path errors() {
    return folder.resolve("errors.jsonl");
  }

  /** Returns the log of the outputs that are complete. */
  Path outputs() {
    return folder.resolve("outputs.jsonl");
  }

  /** Returns the throughput and the memory from time to time. */
  Path samples() {
    return folder.resolve("samples.jsonl");
  }

  /** Returns the folder of the outputs that are not complete. */
  Path parts() {
    return folder.resolve("parts");
  }

  /** Returns the folder of a shard's complete outputs, each of them a part of an output. */
  Path shardOutputs() {
    return folder.resolve("pieces"); // a name of the format: shards that were begun go on
  }

  Optional<Journal> readJournal() throws IOException {
    return Files.exists(journal())
        ? Optional.of(Json.read(journal(), Journal.class))
        : Optional.empty();
  }

  Checkpoint readCheckpoint() throws IOException {
    return Json.read(progress(), Checkpoint.class);
  }
}
