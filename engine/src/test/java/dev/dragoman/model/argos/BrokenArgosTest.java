// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.model.argos;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.dragoman.model.Refusal;
import dev.dragoman.model.TinyCTranslate2;
import dev.dragoman.model.ZipBytes;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Each way to break an Argos package is refused in one line that names the file and the place. */
class BrokenArgosTest {
  @TempDir Path directory;

  @ParameterizedTest(name = "{0}")
  @MethodSource("archives")
  void isRefused(String name, byte[] archive, String place) throws IOException {
    Path file = directory.resolve("fr-en.argosmodel");
    Files.write(file, archive);
    Refusal.require(file, file.toString(), place);
    try (var left = Files.list(directory)) {
      assertEquals(1, left.count(), "nothing is written");
    }
  }

  static Stream<Arguments> archives() throws IOException {
    Map<String, byte[]> good = new TinyCTranslate2().argos();
    byte[] packed = ZipBytes.deflated(good);
    String metadata = "translate-fr_en-1_0/metadata.json";
    Map<String, byte[]> prefixed = new LinkedHashMap<>(good);
    prefixed.put(metadata, "{\"target_prefix\":\"__en__\"}".getBytes(StandardCharsets.UTF_8));
    Map<String, byte[]> without = new LinkedHashMap<>(good);
    without.remove("translate-fr_en-1_0/sentencepiece.model");
    Map<String, byte[]> two = new LinkedHashMap<>(good);
    two.put("other/model/model.bin", new byte[4]);
    return Stream.of(
        Arguments.of(
            "text",
            "hello".getBytes(StandardCharsets.UTF_8),
            "not a zip archive that can be read: Archive is not a ZIP archive"),
        Arguments.of("truncated", Arrays.copyOf(packed, packed.length - 30), "not a zip"),
        Arguments.of("nothing in it", ZipBytes.withEntry("a.txt"), "is not a model"),
        Arguments.of("parent", ZipBytes.withEntry("../../evil"), "leads out of the archive"),
        Arguments.of(
            "inner parent", ZipBytes.withEntry("a/../../evil"), "leads out of the archive"),
        Arguments.of("absolute", ZipBytes.withEntry("/etc/evil"), "leads out of the archive"),
        Arguments.of("drive", ZipBytes.withEntry("C:/evil"), "leads out of the archive"),
        Arguments.of("backslash", ZipBytes.withEntry("..\\evil"), "leads out of the archive"),
        Arguments.of("bomb", ZipBytes.bomb(), "more than 100 times"),
        Arguments.of("twice", ZipBytes.withEntryTwice(), "is there twice"),
        Arguments.of("target prefix", ZipBytes.deflated(prefixed), "target_prefix"),
        Arguments.of("no tokenizer", ZipBytes.deflated(without), "sentencepiece.model is missing"),
        Arguments.of("two models", ZipBytes.deflated(two), "more than one model"));
  }
}
