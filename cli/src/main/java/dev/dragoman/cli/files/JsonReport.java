// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.cli.files;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.WRITE;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.dragoman.cli.console.CommandFailure;
import dev.dragoman.cli.console.ErrorReports;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** The file that {@code --json} names. */
public final class JsonReport {
  private final Path path;

  private JsonReport(Path path) {
    this.path = path;
  }

  /**
   * Checks that it can be written, before minutes of work, not after.
   *
   * @param asked null if none is
   */
  public static Optional<JsonReport> checked(Path asked) {
    if (asked == null) {
      return Optional.empty();
    }
    try (OutputStream out = Files.newOutputStream(asked, CREATE, WRITE)) {
      out.flush();
      Output.to(asked).abandon();
    } catch (IOException e) {
      throw new CommandFailure("--json: " + ErrorReports.describe(e), e);
    }
    return Optional.of(new JsonReport(asked));
  }

  /** Writes what is known so far; not to a device or a pipe, where it would stay. */
  public void writeDraft(Object numbers) throws IOException {
    if (Files.isRegularFile(path)) {
      write(numbers);
    }
  }

  /** Writes all in place of what was there. */
  public void write(Object numbers) throws IOException {
    Output output = Output.to(path);
    output.write(new ObjectMapper().writerWithDefaultPrettyPrinter().writeValueAsString(numbers));
    output.complete();
  }
}
