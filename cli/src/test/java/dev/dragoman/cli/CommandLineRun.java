// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.cli;

import dev.dragoman.cli.console.Console;
import dev.dragoman.cli.options.Backend;
import dev.dragoman.cli.options.RealBackend;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;

/** One run of the command line on the fake backend, in this process. */
public final class CommandLineRun {
  private final FakeBackend backend = new FakeBackend();
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();
  private final int exitCode;

  private CommandLineRun(InputStream in, OutputStream to, String... args) {
    this(Optional.empty(), in, to, args);
  }

  private CommandLineRun(Optional<Backend> real, InputStream in, OutputStream to, String... args) {
    PrintStream messages = new PrintStream(err, true, StandardCharsets.UTF_8);
    Console console = new Console(in, to == null ? out : to, messages, Set.of(), 80);
    exitCode = Main.run(args, console, real.orElse(backend), Optional.of(Path.of("bundled")));
  }

  /** Runs with this text as standard input. */
  public static CommandLineRun of(String in, String... args) {
    return ofBytes(in.getBytes(StandardCharsets.UTF_8), args);
  }

  /** Runs with these bytes as standard input. */
  static CommandLineRun ofBytes(byte[] in, String... args) {
    return new CommandLineRun(new ByteArrayInputStream(in), null, args);
  }

  /** Runs on this backend. */
  static CommandLineRun on(Backend backend, String... args) {
    return new CommandLineRun(Optional.of(backend), InputStream.nullInputStream(), null, args);
  }

  /** Runs on the real backend. */
  static CommandLineRun real(String... args) {
    return on(new RealBackend(), args);
  }

  /** Runs with standard input and output of the caller's. */
  public static CommandLineRun between(InputStream in, OutputStream out, String... args) {
    return new CommandLineRun(in, out, args);
  }

  public FakeBackend backend() {
    return backend;
  }

  public String out() {
    return out.toString(StandardCharsets.UTF_8);
  }

  public String err() {
    return err.toString(StandardCharsets.UTF_8);
  }

  public int exitCode() {
    return exitCode;
  }
}
