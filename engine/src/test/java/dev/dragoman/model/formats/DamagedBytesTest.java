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
  private static final String ARGOS = "fr-en.argosmodel";
  private static final String ZIP = "opus.zip";

  @TempDir Path directory;

  /** The files of a good model, by name. */
  private interface Good {
    Map<String, byte[]> byName() throws IOException;
  }

  /** Returns the files of each format that are damaged. */
  static Stream<Arguments> files() {
    return Stream.of(
            of(
                "CTranslate2",
                () -> new TinyCTranslate2().files(),
                "model.bin",
                "config.json",
                "shared_vocabulary.json"),
            of("Marian", () -> new TinyMarian().files(), "model.npz", "decoder.yml", "v.yml"),
            of("Argos", () -> archive(ARGOS, new TinyCTranslate2().argos()), ARGOS),
            of("Marian's zip", () -> archive(ZIP, new TinyMarian().files()), ZIP))
        .flatMap(files -> files);
  }

  private static Stream<Arguments> of(String format, Good model, String... files) {
    return Stream.of(files).map(file -> Arguments.of(format, file, model));
  }

  private static Map<String, byte[]> archive(String name, Map<String, byte[]> entries)
      throws IOException {
    return Map.of(name, ZipBytes.deflated(entries));
  }

  @ParameterizedTest(name = "{0}: {1}")
  @MethodSource("files")
  void fewDamages(String format, String file, Good model) throws IOException {
    damage(file, model, FEW);
  }

  @ParameterizedTest(name = "{0}: {1}")
  @Tag("slow")
  @MethodSource("files")
  void manyDamages(String format, String file, Good model) throws IOException {
    damage(file, model, MANY);
  }

  private void damage(String file, Good good, int rounds) throws IOException {
    Map<String, byte[]> files = good.byName();
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
        throw new AssertionError(file + ", round " + round, e);
      }
    }
    assertTrue(opened < rounds, "every damage was harmless");
    try (var left = Files.list(directory)) {
      assertEquals(files.size(), left.count(), "nothing is written");
    }
  }

  /**
   * Returns bytes of which some are changed, or a stretch is set to one value, left out or doubled,
   * or the end is cut.
   */
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
}
