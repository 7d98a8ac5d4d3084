// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.cli.console;

import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.util.Set;

/**
 * The standard streams, which a command reads and writes, and what is known of the terminal.
 *
 * @param in standard input
 * @param out standard output, without a buffer, so that a failed write is seen where it happens
 * @param err for messages
 * @param terminals which of the three is a terminal
 * @param columns the terminal's width
 */
public record Console(
    InputStream in, OutputStream out, PrintStream err, Set<Stream> terminals, int columns) {

  /** A standard stream. */
  public enum Stream {
    IN,
    OUT,
    ERR
  }

  /** Prints one line for the user, with options in place of a library's settings. */
  public void message(String text) {
    String line = OptionNames.in(text);
    // A progress bar may stand in the terminal's last line: it makes way and is drawn again below.
    err.println(terminals.contains(Stream.ERR) ? "\r\u001b[K" + line : line);
  }
}
