// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.device.cuda;

import dev.dragoman.natives.UserCache;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The answers that were measured or tried on a card, remembered in a file. A line of it has card,
 * question and answer, with tabs between. Several threads and processes may use one file at once,
 * and it may have lines of several cards.
 *
 * @param card with all that the answers depend on: driver, libraries
 * @param file where they are; lines of others stay as they are
 */
record CardNotes(String card, Path file) {
  private static final Logger log = LoggerFactory.getLogger(CardNotes.class);

  /** Returns the notes that lie in the user's cache folder. */
  static CardNotes inCache(String card, String name) {
    return new CardNotes(card, UserCache.folder().resolve(name));
  }

  /** Returns the last answer that anybody has written down. */
  Optional<String> answer(String question) {
    String beginning = beginning(question);
    return lines().stream()
        .filter(line -> line.startsWith(beginning))
        .map(line -> line.substring(beginning.length()))
        .reduce((earlier, later) -> later);
  }

  private String beginning(String question) {
    return card + "\t" + question + "\t";
  }

  private List<String> lines() {
    try {
      return Files.exists(file) ? Files.readAllLines(file) : List.of();
    } catch (IOException e) {
      log.warn("{} cannot be read, so it is all found out again: {}", file, e.toString());
      return List.of();
    }
  }

  /** Writes an answer down and keeps what other processes have written meanwhile. */
  void remember(String question, String answer) {
    TreeMap<String, String> all = new TreeMap<>();
    for (String line : lines()) {
      all.put(line.substring(0, line.lastIndexOf('\t') + 1), line);
    }
    all.put(beginning(question), beginning(question) + answer);
    try {
      Files.createDirectories(file.getParent());
      Path whole = Files.createTempFile(file.getParent(), "notes", ".tmp");
      Files.writeString(whole, all.values().stream().collect(Collectors.joining("\n", "", "\n")));
      Files.move(whole, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      log.warn(
          "{} cannot be written, so the next run finds out again and may differ in the last bits"
              + " of a score: {}",
          file,
          e.toString());
    }
  }
}
