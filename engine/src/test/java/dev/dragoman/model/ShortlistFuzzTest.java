// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.model;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.dragoman.model.shortlist.Shortlist;
import dev.dragoman.model.shortlist.ShortlistSource;
import dev.dragoman.model.shortlist.Shortlists;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A shortlist of any bytes gives each source rising words of the model, or is refused in one line
 * that names the file.
 */
class ShortlistFuzzTest {
  private static final int[][] SOURCES = {{2, 3, 4, 5, 0}, {5, 5, 1, 0}};
  private static final Model MODEL = TinyShortlistModel.usual();
  private static final Path FILE = file();

  private static Path file() {
    try {
      Path file = Files.createTempFile("dragoman-fuzzed", "shortlist");
      file.toFile().deleteOnExit();
      return file;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @FuzzTest(maxDuration = "20s")
  void opensOrIsRefused(byte[] bytes) {
    try {
      Files.write(FILE, bytes);
      Shortlist shortlist = Shortlists.open(MODEL, ShortlistSource.in(FILE)).orElseThrow();
      for (int[] source : SOURCES) {
        check(shortlist.words(source));
      }
    } catch (ModelFormatException e) {
      require(e.getMessage().lines().count() == 1, "more than one line: " + e.getMessage());
      require(e.getMessage().contains(FILE.toString()), "names no file: " + e.getMessage());
      require(e.getMessage().length() < 1000, "a very long line: " + e.getMessage());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void check(int[] words) {
    require(words.length > 0 && words[0] == 0, "without the end");
    for (int i = 1; i < words.length; i++) {
      require(words[i - 1] < words[i], "not rising");
    }
    require(words[words.length - 1] < MODEL.config().sizes().targetVocabulary(), "no word");
  }

  private static void require(boolean holds, String what) {
    if (!holds) {
      throw new AssertionError(what);
    }
  }
}
