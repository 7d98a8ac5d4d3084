// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.batch;

import dev.dragoman.text.OneLine;
import java.io.EOFException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.NoSuchFileException;

/** Why something failed, for the end of a line that names it. */
final class Problem {

  private Problem() {}

  static String reason(Throwable e) {
    if (e instanceof AccessDeniedException) {
      return "permission denied";
    }
    if (e instanceof NoSuchFileException) {
      return "no such file";
    }
    if (e instanceof FileSystemLoopException) {
      return "a link leads back to a folder above it";
    }
    if (e instanceof EOFException) {
      return "ends too early: it is not complete";
    }
    return OneLine.of(e);
  }
}
