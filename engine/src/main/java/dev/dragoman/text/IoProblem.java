// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.text;

import java.io.EOFException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.NoSuchFileException;

/** Makes words of what Java throws where a file cannot be read or written. */
public final class IoProblem {

  private IoProblem() {}

  /**
   * Says in a few words why a file cannot be read or written, for the end of a line that names the
   * file; Java's own messages are the file's name alone for some reasons.
   */
  public static String reason(IOException problem) {
    if (problem instanceof AccessDeniedException) {
      return "permission denied";
    }
    if (problem instanceof NoSuchFileException) {
      return "no such file";
    }
    if (problem instanceof FileSystemLoopException) {
      return "a link leads back to a folder above it";
    }
    if (problem instanceof EOFException) {
      return "ends too early: it is not complete";
    }
    if (problem instanceof FileSystemException file) {
      return file.getReason() == null ? file.getClass().getSimpleName() : file.getReason();
    }
    return OneLine.of(problem);
  }
}
