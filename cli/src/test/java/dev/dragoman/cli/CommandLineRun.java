// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.cli;

import dev.dragoman.Repository;
import dev.dragoman.cli.console.Console;
import dev.dragoman.cli.console.TestConsole;
import dev.dragoman.cli.options.Backend;
import dev.dragoman.cli.options.RealBackend;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;

/** One run of the command line on the fake backend, in this process. */
public final class CommandLineRun {
  private final FakeBackend backend = new FakeBackend();
  private final TestConsole streams = new TestConsole();
  private final int exitCode;

  /** Runs on the fake backend. */
  private CommandLineRun(InputStream in, Optional<OutputStream> out, String... args) {
    Console console = streams.console(in);
    if (out.isPresent()) {
      console = new Console(in, out.get(), streams.messages(), Set.of(), 80);
    }
    exitCode = Main.run(args, console, backend, Optional.of(Path.of("bundled")));
  }

  private CommandLineRun(Backend other, Path bundledModel, String... args) {
    exitCode = Main.run(args, streams.console(), other, Optional.of(bundledModel));
  }

  /** Runs with this text as standard input. */
  public static CommandLineRun of(String in, String... args) {
    return ofBytes(in.getBytes(StandardCharsets.UTF_8), args);
  }

  /** Runs with these bytes as standard input. */
  public static CommandLineRun ofBytes(byte[] in, String... args) {
    return new CommandLineRun(new ByteArrayInputStream(in), Optional.empty(), args);
  }

  /**
   * Runs on this backend before this console, without a bundled model.
   *
   * @return the exit code
   */
  public static int before(TestConsole streams, Backend backend, String... args) {
    return Main.run(args, streams.console(), backend, Optional.empty());
  }

  /** Runs on this backend. */
  public static CommandLineRun on(Backend backend, String... args) {
    return new CommandLineRun(backend, Path.of("bundled"), args);
  }

  /** Runs on the real backend with the bundled model. */
  public static CommandLineRun real(String... args) {
    return new CommandLineRun(new RealBackend(), Repository.MODEL, args);
  }

  /** Runs with standard input and output of the caller's. */
  public static CommandLineRun between(InputStream in, OutputStream out, String... args) {
    return new CommandLineRun(in, Optional.of(out), args);
  }

  public FakeBackend backend() {
    return backend;
  }

  public String out() {
    return streams.out();
  }

  public String err() {
    return streams.err();
  }

  public int exitCode() {
    return exitCode;
  }
}
