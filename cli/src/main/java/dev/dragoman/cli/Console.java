package dev.dragoman.cli;

import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.util.OptionalInt;

/**
 * What a command reads and writes beside files.
 *
 * @param in standard input
 * @param out standard output, without a buffer, so that a failed write is seen where it happens
 * @param err for messages
 * @param columns the width of the terminal that {@code err} goes to; empty if it is not a terminal
 */
record Console(InputStream in, OutputStream out, PrintStream err, OptionalInt columns) {

  /** Prints one line for the user. */
  void message(String text) {
    // A progress bar may stand in the terminal's last line: it makes way and is drawn again below.
    err.println(columns.isPresent() ? "\r\u001b[K" + text : text);
  }
}
