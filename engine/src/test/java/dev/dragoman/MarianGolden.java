// SPDX-License-Identifier: Apache-2.0
package dev.dragoman;

import com.fasterxml.jackson.databind.JsonNode;
import dev.dragoman.model.Model;
import dev.dragoman.model.formats.Models;
import dev.dragoman.text.SentencePiece;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/**
 * A model that Marian itself trained, and what Marian's own decoder and scorer made with it. A test
 * that asks for one is skipped where it is not there.
 *
 * @param folder with {@code marian}, the files that Marian wrote, {@code opus}, the same as OPUS-MT
 *     publishes a model, and the records
 */
public record MarianGolden(Path folder) {
  private static final Path MODELS =
      Path.of(System.getProperty("dragoman.root", ".."), "../shared/golden/marian");
  private static final int LONGEST_LINK = 100;

  /** Returns the model of this name. */
  public static MarianGolden of(String name) {
    Path folder = MODELS.resolve(name);
    Assumptions.assumeTrue(Files.exists(folder), "skipped: " + folder + " is not there");
    return new MarianGolden(folder);
  }

  /** Returns the weights as Marian wrote them. */
  public Path weights() {
    return folder.resolve("marian/model.npz");
  }

  /** Returns the records in one of its files. */
  public List<JsonNode> records(String name) throws IOException {
    return JsonLines.read(folder.resolve(name));
  }

  /**
   * Opens the model in OPUS-MT's form. Its weights are a symbolic link, of which some ways of
   * copying make a text that names its target.
   *
   * @param empty where its files are put together
   */
  public Model open(Path empty) throws IOException {
    try (Stream<Path> files = Files.list(folder.resolve("opus"))) {
      for (Path file : files.toList()) {
        Files.copy(target(file), empty.resolve(file.getFileName()));
      }
    }
    return Models.open(empty);
  }

  /** Returns what cuts texts of the source language. */
  public SentencePiece sourcePieces() throws IOException {
    return new SentencePiece(Files.readAllBytes(folder.resolve("opus/source.spm")));
  }

  /** Returns what cuts texts of the target language. */
  public SentencePiece targetPieces() throws IOException {
    return new SentencePiece(Files.readAllBytes(folder.resolve("opus/target.spm")));
  }

  private static Path target(Path file) throws IOException {
    if (Files.size(file) > LONGEST_LINK) {
      return file;
    }
    String content = Files.readString(file, StandardCharsets.UTF_8);
    return content.matches("\\.\\./\\S+") ? file.resolveSibling(content) : file;
  }
}
