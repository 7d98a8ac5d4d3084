// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.model.formats;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.dragoman.model.ModelFormatException;
import dev.dragoman.model.TinyCTranslate2;
import dev.dragoman.model.TinyMarian;
import dev.dragoman.model.ZipBytes;
import dev.dragoman.model.ZipHeaders;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Whatever bytes change in whatever file, a model opens or is refused in one line that names the
 * file; nothing else is thrown, and nothing is written.
 */
class DamagedBytesTest {

  private static final int FEW = 100;
  private static final int MANY = 3_000;

  @TempDir Path directory;
  private Map<String, byte[]> files;

  @BeforeEach
  void clear() {
    files = Map.of();
  }

  /** Returns forms of models, and a file of each. */
  static Stream<Arguments> files() {
    return Stream.of(
        Arguments.of("ctranslate2", "model.bin"),
        Arguments.of("ctranslate2", "config.json"),
        Arguments.of("ctranslate2", "shared_vocabulary.json"),
        Arguments.of("marian", "model.npz"),
        Arguments.of("marian", "decoder.yml"),
        Arguments.of("marian", "v.yml"),
        Arguments.of("argos", "fr-en.argosmodel"),
        Arguments.of("zip", "opus.zip"));
  }

  @ParameterizedTest
  @MethodSource("files")
  void fewDamages(String format, String file) throws IOException {
    damage(format, file, FEW);
  }

  @ParameterizedTest
  @Tag("slow")
  @MethodSource("files")
  void manyDamages(String format, String file) throws IOException {
    damage(format, file, MANY);
  }

  private void damage(String format, String file, int rounds) throws IOException {
    files = make(format);
    TinyCTranslate2.write(files, directory);
    Path model = files.size() == 1 ? directory.resolve(file) : directory;
    Models.open(model); // good until it is damaged
    Random random = new Random(11);
    int opened = 0;
    for (int round = 0; round < rounds; round++) {
      byte[] bytes = ZipHeaders.mended(damaged(files.get(file), random)); // not for checksums alone
      Files.write(directory.resolve(file), bytes);
      try {
        Models.open(model);
        opened++;
      } catch (ModelFormatException e) {
        assertEquals(1, e.getMessage().lines().count(), e.getMessage());
        assertTrue(e.getMessage().contains(directory.toString()), e.getMessage());
      } catch (RuntimeException | Error e) {
        throw new AssertionError(format + " " + file + ", round " + round, e);
      }
    }
    assertTrue(opened < rounds, "every damage was harmless");
    try (var left = Files.list(directory)) {
      assertEquals(files.size(), left.count(), "nothing is written");
    }
  }

  /** Bytes changed, a stretch set to one value, left out or doubled, or the end cut. */
  private static byte[] damaged(byte[] good, Random random) {
    byte[] bad = good.clone();
    int from = random.nextInt(bad.length);
    int to = Math.min(bad.length, from + 1 + random.nextInt(16));
    switch (random.nextInt(5)) {
      case 0 -> Arrays.fill(bad, from, to, (byte) (random.nextBoolean() ? 0xff : 0));
      case 1 -> bad = Arrays.copyOf(bad, from);
      case 2 -> {
        bad = Arrays.copyOf(bad, bad.length - (to - from));
        System.arraycopy(good, to, bad, from, good.length - to);
      }
      case 3 -> {
        bad = Arrays.copyOf(bad, bad.length + (to - from));
        System.arraycopy(good, from, bad, to, good.length - from);
      }
      default -> {
        for (int change = random.nextInt(4); change >= 0; change--) {
          bad[random.nextInt(bad.length)] = (byte) random.nextInt(256);
        }
      }
    }
    return bad;
  }

  private static Map<String, byte[]> make(String format) throws IOException {
    return switch (format) {
      case "ctranslate2" -> new TinyCTranslate2().files();
      case "argos" -> Map.of("fr-en.argosmodel", ZipBytes.deflated(new TinyCTranslate2().argos()));
      case "marian" -> new TinyMarian().files();
      case "zip" -> Map.of("opus.zip", ZipBytes.deflated(new TinyMarian().files()));
      default -> throw new IllegalArgumentException(format);
    };
  }
}
