// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.model.files;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** A file that cannot be read is named once, with the reason in words. */
class ModelFilesTest {

  @Test
  void theReasonIsSaidInWords() {
    assertEquals("a/x cannot be read: permission denied", said(new AccessDeniedException("a/x")));
    assertEquals("a/x cannot be read: it is missing", said(new NoSuchFileException("a/x")));
    assertEquals(
        "a/x cannot be read: Input/output error",
        said(new FileSystemException("a/x", null, "Input/output error")));
    assertEquals("a/x cannot be read: IOException", said(new IOException()));
    assertEquals("a/x cannot be read: it is odd", said(new IOException("it is\todd")));
  }

  private static String said(IOException cause) {
    return ModelFiles.unreadable(Path.of("a/x"), cause).getMessage();
  }
}
