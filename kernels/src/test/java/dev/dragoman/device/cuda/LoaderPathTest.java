// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.device.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LoaderPathTest {
  private static final String LIBRARY = "libdragoman-of-a-test.so.1";

  @TempDir private Path folder;

  @Test
  void aLibraryIsFoundInTheVariablesFoldersThenInTheCachesOnes() throws IOException {
    Path own = file("own");
    Path cached = file("cached");
    String cache = "glibc-ld.so.cache1.1" + LIBRARY + "\0" + cached + "\0/gone/" + LIBRARY + "\0";

    assertEquals(List.of(own, cached), find("/nowhere::" + own.getParent(), cache));
    assertEquals(List.of(cached), find("", cache));
    assertEquals(List.of(), find("/nowhere", "libc.so.6\0/lib/libc.so.6\0"));
    assertEquals(List.of(), find("", cached + ".2\0"), "another version");
  }

  @Test
  void withoutACacheTheUsualFoldersAreLookedThrough() {
    LoaderPath path = new LoaderPath("", folder.resolve("none"));
    assertFalse(path.find("libc.so.6").isEmpty());
    assertEquals(List.of(), path.find(LIBRARY));
  }

  private Path file(String inFolder) throws IOException {
    return Files.createFile(Files.createDirectory(folder.resolve(inFolder)).resolve(LIBRARY));
  }

  private List<Path> find(String variable, String cached) throws IOException {
    Path cache = Files.writeString(folder.resolve("ld.so.cache"), cached);
    return new LoaderPath(variable, cache).find(LIBRARY);
  }
}
