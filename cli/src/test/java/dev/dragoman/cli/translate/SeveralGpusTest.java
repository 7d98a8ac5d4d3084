// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.cli.translate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.dragoman.Hang;
import dev.dragoman.Repository;
import dev.dragoman.cli.ChildProcess;
import dev.dragoman.cli.EmulatedGpus;
import dev.dragoman.cli.console.ExitCode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a user sees of several GPUs, of lost ones and of too little memory; on emulated ones. */
@Timeout(Hang.SECONDS)
final class SeveralGpusTest {
  private static final int LINES = 12;

  @TempDir private Path folder;
  private Path output;

  private record Result(int exitCode, String err) {}

  @BeforeEach
  void requireEmulator() {
    EmulatedGpus.require();
    output = folder.resolve("out");
  }

  @Test
  void aLostGpuIsReportedOnceAndTheJobGoesOn() throws Exception {
    Result two = translate(Map.of("EMULATOR_FAIL", "1:0:100:719"), "--device", "cuda:0,1");

    assertEquals(0, two.exitCode(), two.err());
    assertEquals(LINES, Files.readAllLines(output).size());
    assertFalse(Files.readAllLines(output).contains(""));
    List<String> reports = two.err().lines().filter(line -> line.contains("is lost")).toList();
    assertEquals(1, reports.size(), two.err());
    String pattern =
        "dragoman: a device is lost, cuda:1 \\(emulated GPU, .*\\): .*CUDA_ERROR_LAUNCH_FAILED.*;"
            + " the [12] sentences it was translating go to cuda:0 \\(emulated GPU, .*\\)";
    assertTrue(reports.get(0).matches(pattern), reports.get(0));
    String several = Files.readString(output);

    assertEquals(0, translate(Map.of(), "--device", "cuda").exitCode());
    assertEquals(Files.readString(output), several);
  }

  @Test
  void withoutAnyGpuLeftTheJobEndsAndKeepsWhatIsDone() throws Exception {
    Result none =
        translate(
            Map.of(
                "EMULATOR_FAIL",
                "0:0:4000:700,1:0:100:214",
                "JDK_JAVA_OPTIONS",
                EmulatedGpus.ONE_TEXT_THREAD),
            "--device",
            "cuda:all",
            "--threads",
            "1");

    assertEquals(ExitCode.FAILURE, none.exitCode(), none.err());
    String last = none.err().lines().reduce("", (before, line) -> line);
    assertTrue(last.startsWith("dragoman: no device is left to translate on: cuda:"), last);
    assertTrue(last.contains("CUDA_ERROR_ILLEGAL_ADDRESS"), last);
    assertTrue(last.contains("CUDA_ERROR_ECC_UNCORRECTABLE"), last);
    assertFalse(Files.exists(output));
    int safe = Files.readAllLines(folder.resolve("out.partial")).size();
    assertTrue(0 < safe && safe < LINES, safe + " lines");
    String kept = safe == 1 ? "the first line is" : "the first " + safe + " lines are";
    assertTrue(last.endsWith("; " + kept + " safe in " + folder.resolve("out.partial")), last);
  }

  @Test
  void oneThatIsLostWhileItLoadsTheModelSaysWhatToDo() throws Exception {
    Result lost = translate(Map.of("EMULATOR_FAIL", "0:4:10:719"), "--device", "cuda:0");

    assertEquals(ExitCode.FAILURE, lost.exitCode());
    String line = lost.err().lines().filter(l -> l.startsWith("dragoman: ")).toList().get(0);
    assertTrue(line.startsWith("dragoman: the device is lost (wait for "), line);
    assertTrue(line.contains("): run it again"), line);
  }

  @Test
  void tooLittleMemorySaysWhatWouldFit() throws Exception {
    Result small =
        translate(Map.of("EMULATOR_MEMORY", "1000"), "--device", "cuda", "--slots", "4096");

    assertEquals(ExitCode.FAILURE, small.exitCode());
    String pattern =
        "dragoman: 2 workers with 4096 slots of beam 1 and 256 tokens need \\d+ MiB, and of \\d+"
            + " MiB that are free \\d+ may be taken: 2 workers with \\d+ slots? of beam 1 and 256"
            + " tokens would fit";
    assertTrue(small.err().lines().anyMatch(line -> line.matches(pattern)), small.err());
  }

  private Result translate(Map<String, String> environment, String... options) throws Exception {
    Path input = Files.write(folder.resolve("in"), EmulatedGpus.shortLines(LINES));
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "translate",
                "--model",
                Repository.MODEL.toString(),
                "--beam-size",
                "1",
                "--precision",
                "float32",
                "--output",
                output.toString(),
                input.toString()));
    arguments.addAll(List.of(options));
    if (!arguments.contains("--slots")) {
      arguments.addAll(List.of("--slots", "1"));
    }
    ChildProcess process = EmulatedGpus.start(environment, arguments);
    return new Result(process.exitCode(), process.messages());
  }
}
