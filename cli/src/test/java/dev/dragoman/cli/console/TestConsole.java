// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.cli.console;

import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Set;

/** A console that keeps what a command writes. */
public final class TestConsole {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  /** Returns the console, with an empty standard input and without a terminal. */
  public Console console() {
    return console(InputStream.nullInputStream());
  }

  /** Returns the console with this standard input and without a terminal. */
  public Console console(InputStream in) {
    return new Console(in, out, messages(), Set.of(), 80);
  }

  /** Returns the console with these terminals. */
  public Console console(Set<Console.Stream> terminals) {
    return new Console(InputStream.nullInputStream(), out, messages(), terminals, 80);
  }

  /** Returns standard error for a console whose other streams are of another kind. */
  public PrintStream messages() {
    return new PrintStream(err, true, StandardCharsets.UTF_8);
  }

  /** Returns what has been written to standard output so far. */
  public String out() {
    return out.toString(StandardCharsets.UTF_8);
  }

  /** Returns what has been written to standard error so far. */
  public String err() {
    return err.toString(StandardCharsets.UTF_8);
  }
}
