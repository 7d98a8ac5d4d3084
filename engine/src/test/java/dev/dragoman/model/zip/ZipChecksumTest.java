// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.model.zip;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.dragoman.model.ModelFormatException;
import dev.dragoman.model.TinyCTranslate2;
import dev.dragoman.model.TinyMarian;
import dev.dragoman.model.TinyModel;
import dev.dragoman.model.ZipBytes;
import dev.dragoman.model.ZipHeaders;
import dev.dragoman.model.formats.Models;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipFile;
import org.apache.commons.compress.utils.SeekableInMemoryByteChannel;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** An entry whose bytes are not those that were packed is named, in every archive that is read. */
class ZipChecksumTest {

  @TempDir Path directory;

  private byte[] torch;

  @BeforeEach
  void readFixture() throws IOException {
    torch = TinyModel.pyTorchFiles().get("pytorch_model.bin");
  }

  @ParameterizedTest(name = "{0}: {2}")
  @MethodSource("entries")
  void refusesDamage(String archive, Map<String, byte[]> model, String entry) throws IOException {
    byte[] whole = model.get(archive);
    TinyCTranslate2.write(model, directory);
    Path path = model.size() == 1 ? directory.resolve(archive) : directory;
    Models.open(path); // good until it is damaged
    for (byte[] damaged : damaged(whole, entry)) {
      Files.delete(directory.resolve(archive)); // it may be mapped
      Files.write(directory.resolve(archive), damaged);
      assertEquals(
          directory.resolve(archive)
              + ": entry "
              + entry
              + " is damaged (CRC-32 differs); get the file again",
          refusal(path));
    }
  }

  /**
   * Returns archives with a bit of the entry's last byte changed where it is only stored, and with
   * another checksum.
   */
  private static List<byte[]> damaged(byte[] whole, String entry) throws IOException {
    List<byte[]> damaged = new ArrayList<>();
    damaged.add(ZipHeaders.withChecksum(whole, entry::equals, 0x12345678));
    byte[] content = content(whole).get(entry);
    for (int at = 0; at + content.length < whole.length; at++) {
      int end = at + content.length;
      if (Arrays.equals(whole, at, end, content, 0, content.length)) {
        byte[] changed = whole.clone();
        changed[end - 1] ^= 1;
        damaged.add(changed);
        break;
      }
    }
    return damaged;
  }

  static Stream<Arguments> entries() throws IOException {
    Map<String, byte[]> argos = new TinyCTranslate2().argos();
    List<Arguments> all = new ArrayList<>();
    add(all, "deflated.argosmodel", Map.of("deflated.argosmodel", ZipBytes.deflated(argos)));
    add(all, "stored.argosmodel", Map.of("stored.argosmodel", ZipBytes.stored(argos)));
    add(all, "model.npz", new TinyMarian().files());
    Map<String, byte[]> deflated = new TinyMarian().files();
    deflated.put("model.npz", ZipBytes.deflated(content(deflated.get("model.npz"))));
    add(all, "model.npz", deflated);
    add(all, "opus.zip", Map.of("opus.zip", ZipBytes.deflated(new TinyMarian().files())));
    add(all, "pytorch_model.bin", TinyModel.pyTorchFiles());
    return all.stream();
  }

  private static void add(List<Arguments> all, String archive, Map<String, byte[]> model)
      throws IOException {
    content(model.get(archive)).keySet().stream()
        .filter(entry -> !entry.matches("tiny/(version|\\..*)")) // of no use to us
        .forEach(entry -> all.add(Arguments.of(archive, model, entry)));
  }

  private static Map<String, byte[]> content(byte[] zip) throws IOException {
    Map<String, byte[]> content = new LinkedHashMap<>();
    SeekableInMemoryByteChannel channel = new SeekableInMemoryByteChannel(zip);
    try (ZipFile archive = ZipFile.builder().setSeekableByteChannel(channel).get()) {
      for (ZipArchiveEntry entry : Collections.list(archive.getEntries())) {
        content.put(entry.getName(), archive.getInputStream(entry).readAllBytes());
      }
    }
    return content;
  }

  @Test
  void everyKindOfArchiveIsThere() throws IOException {
    assertTrue(entries().count() > 100);
  }

  /** The files are what torch.save writes with save.compute_crc32 switched off. */
  @Test
  void readsPyTorchsFilesWithoutChecksums() throws IOException {
    TinyCTranslate2.write(TinyModel.pyTorchFiles(), directory);
    Files.write(
        directory.resolve("pytorch_model.bin"), ZipHeaders.withChecksum(torch, name -> true, 0));
    assertEquals(
        5, Models.open(directory).weights().targetEmbedding().shape().rows()); // a word each
  }

  /** A file without checksums has 0 for all of them; where only some are 0, they are checksums. */
  @Test
  void aZeroAmongOtherChecksumsIsCompared() throws IOException {
    TinyCTranslate2.write(TinyModel.pyTorchFiles(), directory);
    Files.write(
        directory.resolve("pytorch_model.bin"),
        ZipHeaders.withChecksum(torch, name -> name.endsWith("/data.pkl"), 0));
    assertTrue(refusal(directory).contains("data.pkl is damaged"), refusal(directory));
  }

  private static String refusal(Path path) {
    return assertThrows(ModelFormatException.class, () -> Models.open(path)).getMessage();
  }
}
