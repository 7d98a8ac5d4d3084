package dev.dragoman.device.cuda;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LoaderPathTest {
  private static final String LIBRARY = "libdragoman-of-a-test.so.1";

  @TempDir private Path folder;

  private LoaderPath path(String variable, String cached) throws IOException {
    return new LoaderPath(variable, Files.writeString(folder.resolve("ld.so.cache"), cached));
  }

  @Test
  void aLibraryIsFoundInTheVariablesFoldersAndInTheCache() throws IOException {
    Path own = Files.createDirectory(folder.resolve("own"));
    Files.createFile(own.resolve(LIBRARY));

    assertTrue(path("/nowhere:" + own, "libc.so.6\0/lib/libc.so.6").mayHave(LIBRARY));
    assertTrue(path("", LIBRARY + "\0/opt/" + LIBRARY).mayHave(LIBRARY));
    assertTrue(path("", "").mayHave("libc.so.6"), "in one of the usual folders");
    assertFalse(path("/nowhere", "libc.so.6\0/lib/libc.so.6").mayHave(LIBRARY));
  }

  @Test
  void withoutACacheItMayBeAnywhere() {
    assertTrue(new LoaderPath("", folder.resolve("none")).mayHave(LIBRARY));
  }
}
