// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.cli.console;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.lang.reflect.Constructor;
import java.nio.charset.StandardCharsets;
import org.slf4j.LoggerFactory;

/**
 * Standard error in UTF-8. The launcher passes the real one as another file descriptor, because
 * what the JVM itself prints goes through a filter that drops one warning.
 */
public final class StandardError {

  private StandardError() {}

  /** Opens it; every line is written at once. */
  public static PrintStream open() {
    return new PrintStream(stream(), true, StandardCharsets.UTF_8);
  }

  private static OutputStream stream() {
    Integer number = Integer.getInteger("dragoman.stderr");
    if (number == null) {
      return new FileOutputStream(FileDescriptor.err);
    }
    try {
      // Opening /dev/fd/3 anew would write at an offset of its own and fail for sockets.
      Constructor<FileDescriptor> constructor =
          FileDescriptor.class.getDeclaredConstructor(int.class);
      constructor.setAccessible(true);
      return new FileOutputStream(constructor.newInstance(number));
    } catch (ReflectiveOperationException | RuntimeException e) {
      LoggerFactory.getLogger(StandardError.class).debug("messages go through the filter", e);
      return new FileOutputStream(FileDescriptor.err);
    }
  }
}
