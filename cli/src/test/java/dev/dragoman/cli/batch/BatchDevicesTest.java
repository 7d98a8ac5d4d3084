// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.cli.batch;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.dragoman.Hang;
import dev.dragoman.Repository;
import dev.dragoman.cli.ChildProcess;
import dev.dragoman.cli.EmulatedGpus;
import dev.dragoman.cli.console.ExitCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Batch jobs on several GPUs, with lost ones, and going on with others; on emulated ones. */
@Timeout(Hang.SECONDS)
final class BatchDevicesTest {
  private static final int LINES = 12;

  @TempDir private static Path folder;
  private static Path input;
  private static Path memory;

  @BeforeAll
  static void translateOnOne() throws Exception {
    EmulatedGpus.require();
    input = Files.write(folder.resolve("in.txt"), EmulatedGpus.shortLines(LINES));
    memory = folder.resolve("memory.sqlite");
    ChildProcess one = batch("one", Map.of(), "--device", "cuda", "--memory", memory.toString());
    assertEquals(ExitCode.OK, one.exitCode(), one.messages());
  }

  @Test
  void aLostGpuIsReportedAndTheOtherTranslatesItsSentences() throws Exception {
    Path errors = folder.resolve("errors.jsonl");
    Path metrics = folder.resolve("metrics.jsonl");
    ChildProcess two =
        batch(
            "two",
            Map.of("EMULATOR_FAIL", "1:0:100:719"),
            "--device",
            "cuda:0,1",
            "--errors",
            errors.toString(),
            "--metrics",
            metrics.toString());

    assertEquals(ExitCode.OK, two.exitCode(), two.messages());
    String lost =
        "dragoman: a device is lost, cuda:1 .*CUDA_ERROR_LAUNCH_FAILED.*;"
            + " the [12] sentences it was translating go to cuda:0 .*";
    assertEquals(
        1, two.messages().lines().filter(line -> line.matches(lost)).count(), two.messages());
    assertArrayEquals(output("one"), output("two"));
    assertEquals("", Files.readString(errors));
    List<String> samples = Files.readAllLines(metrics);
    JsonNode last = new ObjectMapper().readTree(samples.get(samples.size() - 1));
    assertEquals(LINES, last.get("lines_done").asInt());
    assertEquals(0, last.get("failed_lines").asInt());

    ChildProcess again =
        batch("three", Map.of(), "--device", "cuda:0,1", "--memory", memory.toString());
    assertTrue(again.messages().contains(LINES + " from the memory"), again.messages());
  }

  @Test
  void aJobWhoseLastGpuIsLostGoesOnWithOthersOfItsKindOnly() throws Exception {
    // One worker and one thread for text take the lines in their order, so that the first ones are
    // done whatever the machine does beside it.
    Map<String, String> failing =
        Map.of("EMULATOR_FAIL", "0:0:4000:700", "JDK_JAVA_OPTIONS", EmulatedGpus.ONE_TEXT_THREAD);
    ChildProcess first = batch("out", failing, "--device", "cuda:0", "--threads", "1");
    assertEquals(ExitCode.FAILURE, first.exitCode(), first.messages());
    Matcher safe =
        Pattern.compile(
                "dragoman: no device is left to translate on: cuda:0 .*CUDA_ERROR_ILLEGAL_ADDRESS.*;"
                    + " (\\d+) of 12 lines are safe, and the same command goes on from there\n")
            .matcher(first.messages());
    assertTrue(safe.find(), first.messages());
    int done = Integer.parseInt(safe.group(1));
    assertTrue(0 < done && done < LINES, first.messages());
    assertFalse(Files.exists(folder.resolve("out/in.txt")));

    ChildProcess other = batch("out", Map.of(), "--device", "cpu");
    assertEquals(ExitCode.FAILURE, other.exitCode());
    assertTrue(
        other.messages().contains("the device was cuda (float32) and is now cpu (float32);"),
        other.messages());

    ChildProcess second = batch("out", Map.of(), "--device", "cuda:0,1");
    assertEquals(ExitCode.OK, second.exitCode(), second.messages());
    assertTrue(second.messages().contains("goes on with the job"), second.messages());
    assertArrayEquals(output("one"), output("out"));
  }

  private static byte[] output(String name) throws IOException {
    return Files.readAllBytes(folder.resolve(name).resolve("in.txt"));
  }

  private static ChildProcess batch(String out, Map<String, String> environment, String... options)
      throws Exception {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "batch",
                input.toString(),
                "--output-dir",
                folder.resolve(out).toString(),
                "--model",
                Repository.MODEL.toString(),
                "--beam-size",
                "1",
                "--precision",
                "float32",
                "--slots",
                "1",
                "--checkpoint",
                "0"));
    arguments.addAll(List.of(options));
    ChildProcess process = EmulatedGpus.start(environment, arguments);
    process.exitCode();
    return process;
  }
}
