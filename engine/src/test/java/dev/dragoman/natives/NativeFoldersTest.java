// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.natives;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Folders that not even root can use lie below a file here; the command line's tests mount some.
 */
class NativeFoldersTest {
  private static final String REMEDY =
      "; set TMPDIR (or DRAGOMAN_JAVA_OPTS=-Djava.io.tmpdir=DIR) to a folder that can be written and"
          + " executed from";

  @TempDir private Path folder;
  private Path cache;
  private Path temporary;
  private Path unusable;

  @BeforeEach
  void makeFolders() throws IOException {
    cache = folder.resolve("home/.cache/dragoman/natives");
    temporary = Files.createDirectory(folder.resolve("tmp"));
    unusable = Files.createFile(folder.resolve("file")).resolve("below");
  }

  @Test
  void eachHasItsOwnWhereBothCanBeUsed() throws IOException {
    assertEquals(new NativeFolders(cache, temporary), NativeFolders.choose(cache, temporary));

    assertEquals(List.of(), files(cache), "probes are deleted");
    assertEquals(List.of(), files(temporary));
  }

  @Test
  void oneOfThemIsEnough() throws IOException {
    Path own = temporary.resolve("dragoman-" + System.getProperty("user.name"));

    assertEquals(new NativeFolders(cache, cache), NativeFolders.choose(cache, unusable));
    assertEquals(new NativeFolders(own, temporary), NativeFolders.choose(unusable, temporary));
    assertEquals(
        new NativeFolders(own, temporary), NativeFolders.choose(Path.of("?/.cache"), temporary));
    assertEquals(List.of(own), files(temporary));
  }

  @Test
  void withoutAnyTheMessageNamesBothAndSaysWhatToDo() {
    assertMessage(
        unusable + ": not a directory, nor into " + unusable + ": not a directory",
        unusable,
        unusable);
    assertMessage(
        folder.resolve("gone")
            + ": there is no such folder, nor into ?/.cache: the user has no home"
            + " folder",
        Path.of("?/.cache"),
        folder.resolve("gone"));
  }

  private static void assertMessage(String where, Path cache, Path temporary) {
    UnpackException e =
        assertThrows(UnpackException.class, () -> NativeFolders.choose(cache, temporary));
    assertEquals("cannot unpack native libraries into " + where + REMEDY, e.getMessage());
  }

  @Test
  void whereNothingElseIsSaidLoadersUseThem() {
    NativeFolders folders = NativeFolders.prepared();

    assertSame(folders, NativeFolders.prepared());
    assertEquals(folders.kept().toString(), System.getProperty("org.bytedeco.javacpp.cachedir"));
    assertEquals(folders.temporary().toString(), System.getProperty("jna.tmpdir"));
    assertEquals(folders.temporary().toString(), System.getProperty("ZstdTempFolder"));
    assertEquals(folders.temporary().toString(), System.getProperty("org.sqlite.tmpdir"));
  }

  @Test
  void aLibraryThatIsKeptIsUnpackedUnlessItIsThereWhole() throws IOException {
    NativeFolders folders = NativeFolders.choose(cache, temporary);
    Path jar = Files.writeString(folder.resolve("jar"), "whole");
    Path kept = folders.keep(jar.toUri().toURL(), Path.of("library", "1", "library.so"));
    assertEquals(cache.resolve("library/1/library.so"), kept);
    assertEquals("whole", Files.readString(kept));

    Files.writeString(kept, "there");
    assertEquals(kept, folders.keep(jar.toUri().toURL(), Path.of("library", "1", "library.so")));
    assertEquals("there", Files.readString(kept));

    Files.writeString(kept, "part");
    folders.keep(jar.toUri().toURL(), Path.of("library", "1", "library.so"));
    assertEquals("whole", Files.readString(kept));
    assertEquals(List.of(kept), files(kept.getParent()), "nothing else is left");
  }

  @Test
  void aLibraryThatCannotBeWrittenIsToldFromOneThatFailsOtherwise() {
    UncheckedIOException full =
        new UncheckedIOException(new IOException("No space left on device"));
    UnpackException e =
        assertThrows(UnpackException.class, () -> NativeFolders.load(() -> fail(full)));
    assertTrue(e.getMessage().contains(": no space left on device; set "), e.getMessage());
    assertSame(full, e.getCause());

    IllegalStateException other = new IllegalStateException("not a model");
    assertSame(
        other,
        assertThrows(IllegalStateException.class, () -> NativeFolders.load(() -> fail(other))));
    IOException data = new IOException("damaged");
    assertSame(data, assertThrows(IOException.class, () -> NativeFolders.load(() -> fail(data))));
  }

  private static <E extends Exception> String fail(E e) throws E {
    throw e;
  }

  private static List<Path> files(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.toList();
    }
  }
}
