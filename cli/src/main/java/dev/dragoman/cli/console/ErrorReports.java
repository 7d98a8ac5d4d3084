// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.cli.console;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.dragoman.batch.BatchException;
import dev.dragoman.device.DeviceLostException;
import dev.dragoman.device.DeviceUnavailableException;
import dev.dragoman.device.NoDeviceLeftException;
import dev.dragoman.model.ModelFormatException;
import dev.dragoman.natives.UnpackException;
import dev.dragoman.pipeline.TooLittleMemoryException;
import dev.dragoman.text.IoProblem;
import dev.dragoman.text.JsonProblem;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.sql.SQLException;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** Says what went wrong in one line; the stack trace comes only with {@code --verbose}. */
public final class ErrorReports {
  private final PrintStream err;
  private final Supplier<Verbosity> verbosity;

  public ErrorReports(PrintStream err, Supplier<Verbosity> verbosity) {
    this.err = err;
    this.verbosity = verbosity;
  }

  /** Reports wrong usage. */
  public int usage(ParameterException e) {
    CommandLine command = e.getCommandLine();
    err.println("dragoman: " + oneLine(e.getMessage()));
    UnmatchedArgumentException.printSuggestions(e, err);
    err.println("Try '" + command.getCommandSpec().qualifiedName() + " --help'.");
    trace(e);
    return ExitCode.USAGE;
  }

  /** Reports a failure. */
  public int failure(Throwable e) {
    err.println("dragoman: " + describe(e));
    trace(e);
    return ExitCode.FAILURE;
  }

  private void trace(Throwable e) {
    if (verbosity.get() == Verbosity.VERBOSE) {
      e.printStackTrace(err);
    }
  }

  /** Says in one line what an exception means to the user. */
  public static String describe(Throwable e) {
    if (e instanceof CommandFailure
        || e instanceof ModelFormatException
        || e instanceof DeviceUnavailableException
        || e instanceof UnpackException
        || e instanceof TooLittleMemoryException
        || e instanceof NoDeviceLeftException) {
      return oneLine(e.getMessage());
    }
    if (e instanceof BatchException batch) {
      String why = batch.getCause() == null ? "" : ": " + describe(batch.getCause());
      return oneLine(batch.getMessage() + why);
    }
    if (e instanceof DeviceLostException) {
      return oneLine(
          "the device is lost ("
              + e.getMessage()
              + "): run it again; if it fails again, CUDA_LAUNCH_BLOCKING=1 with --verbose shows"
              + " which kernel fails, and --device cpu does without it");
    }
    if (e instanceof UncheckedIOException unchecked) {
      return describe(unchecked.getCause());
    }
    if (e instanceof CompletionException && e.getCause() != null) {
      return describe(e.getCause());
    }
    if (e instanceof NoSuchFileException missing) {
      return missing.getFile() + ": no such file or directory";
    }
    if (e instanceof FileSystemException file) {
      return oneLine(file.getFile() + ": " + IoProblem.reason(file));
    }
    if (e instanceof JsonProcessingException json) {
      return oneLine(JsonProblem.plain(json));
    }
    if ((e instanceof IOException || e instanceof SQLException) && e.getMessage() != null) {
      return oneLine(e.getMessage());
    }
    if (e instanceof OutOfMemoryError) {
      return oneLine(
          PlainText.format(
              "out of memory (%s; Java may take %d MiB): give it more with"
                  + " DRAGOMAN_JAVA_OPTS=-Xmx8g, or try fewer --slots or --threads",
              e.getMessage(), Runtime.getRuntime().maxMemory() >> 20));
    }
    return oneLine("internal error: " + e + "; --verbose shows where");
  }

  private static String oneLine(String text) {
    return text == null
        ? "no message"
        : OptionNames.in(text.strip().replaceAll("\\s*\\R\\s*", " "));
  }
}
