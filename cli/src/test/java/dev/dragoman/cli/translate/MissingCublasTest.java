// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.cli.translate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.dragoman.Hang;
import dev.dragoman.Repository;
import dev.dragoman.cli.ChildProcess;
import dev.dragoman.cli.EmulatedGpus;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a user sees of a GPU machine whose products will be slow. */
@Timeout(Hang.SECONDS)
final class MissingCublasTest {
  @TempDir private Path folder;

  @BeforeEach
  void installDriver() throws Exception {
    EmulatedGpus.require();
    EmulatedGpus.installDriverAlone(folder);
  }

  @Test
  void oneLineSaysThatThereIsNone() throws Exception {
    assertEquals(
        List.of(
            "dragoman: no cuBLAS was found: our own products are used, which take about three times"
                + " as long; install cuBLAS, or set DRAGOMAN_CUBLAS to the path of libcublas.so.12"
                + " or libcublas.so.13"),
        warnings());
  }

  @Test
  void oneLineSaysWhyItCannotBeLoaded() throws Exception {
    Files.writeString(folder.resolve("libcublas.so.12"), "not a library");
    List<String> warnings = warnings();
    assertEquals(1, warnings.size(), warnings.toString());
    assertTrue(
        warnings.get(0).startsWith("dragoman: cuBLAS cannot be loaded (" + folder),
        warnings.get(0));
  }

  /** Returns the warnings of a translation on two GPUs, which are opened one after the other. */
  private List<String> warnings() throws Exception {
    Path input = Files.writeString(folder.resolve("in"), "Bonjour.\n");
    ChildProcess process =
        EmulatedGpus.start(
            folder,
            Map.of(),
            List.of(
                "translate",
                "--model",
                Repository.MODEL.toString(),
                "--device",
                "cuda",
                "--precision",
                "float32",
                "--slots",
                "1",
                "--output",
                folder.resolve("out").toString(),
                input.toString()));
    assertEquals(0, process.exitCode(), process.messages());
    return process
        .messages()
        .lines()
        .filter(line -> line.startsWith("dragoman: ") && line.contains("cuBLAS"))
        .toList();
  }
}
