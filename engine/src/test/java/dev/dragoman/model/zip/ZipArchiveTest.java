// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.model.zip;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.dragoman.model.ModelFormatException;
import dev.dragoman.model.ZipBytes;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ZipArchiveTest {

  @TempDir Path directory;

  @Test
  void foldersHaveTheirOwnFiles() throws IOException {
    byte[] one = {1};
    byte[] zip = ZipBytes.deflated(Map.of("a", one, "b/c/d", one, "b/e", one, "b/c/f", one));
    try (ZipArchive archive = ZipArchive.open(Files.write(directory.resolve("zip"), zip))) {
      assertEquals(
          List.of(
              new ZipFolder(archive, ""),
              new ZipFolder(archive, "b/"),
              new ZipFolder(archive, "b/c/")),
          archive.folders());
      assertEquals(
          List.of(Set.of("a"), Set.of("e"), Set.of("d", "f")),
          archive.folders().stream().map(ZipFolder::files).toList());
      assertEquals(Set.of("e"), archive.folders().get(0).folder("b").files());
      assertEquals(Set.of(), archive.folders().get(0).folder("none").files());
    }
  }

  @Test
  void theLibrarysProblemIsTheCause() throws IOException {
    byte[] text = "some text ".repeat(100).getBytes(StandardCharsets.UTF_8);
    byte[] zip = ZipBytes.deflated(Map.of("entry", text));
    int content = 30 + "entry".length(); // behind the local header and the name
    zip[content] = (byte) 0xff; // a type of block that does not exist
    try (ZipArchive archive = ZipArchive.open(Files.write(directory.resolve("zip"), zip))) {
      ModelFormatException e =
          assertThrows(ModelFormatException.class, () -> archive.open("entry"));
      assertInstanceOf(IOException.class, e.getCause());
    }
  }
}
