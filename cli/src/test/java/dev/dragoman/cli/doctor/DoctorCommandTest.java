// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.cli.doctor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.dragoman.Repository;
import dev.dragoman.cli.CommandLineRun;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the doctor says of this machine, on the real engine. */
class DoctorCommandTest {
  private static final boolean GPU = Files.exists(Path.of("/dev/nvidiactl"));

  /** The folder of the CUDA libraries that stand for the machine's own. */
  private static final String LIBRARIES = "dragoman.cuda.libraries";

  @TempDir private Path folder;

  @Test
  void theProcessorIsWellAndTheJsonSaysTheSame() throws IOException {
    String out = theProcessorIsWell("--effort", "least", "--model", modelWithTenOutputs());
    assertTrue(out.contains("agrees: 0 of 10 outputs differ"), out);
    JsonNode cpu = new ObjectMapper().readTree(json().toFile()).get("devices").get(0);
    precisionsAreCompared(cpu, out);
    if (cpu.has("precisions")) {
      assertEquals("float32", cpu.get("precisions").get("bleuBeside").asText());
      assertEquals(5, cpu.get("precisions").get("lines").asInt());
      assertTrue(out.contains("precisions: the model's golden sources, 5 lines"), out);
      assertTrue(out.contains(" BLEU beside float32's own translations\n"), out);
    }
  }

  @Test
  @Tag("slow")
  void aQuickOneComparesNoPrecisionsUnlessThereIsAText() throws IOException {
    String out = theProcessorIsWell("--quick");
    assertTrue(out.contains("agrees: 0 of 30 outputs differ"), out);
    assertFalse(out.contains("precisions: "), out);
    String text = Repository.MODEL.resolve("golden/own.fr.txt").toString();
    out = theProcessorIsWell("--quick", "--text", text);
    precisionsAreCompared(new ObjectMapper().readTree(json().toFile()).get("devices").get(0), out);
  }

  @Test
  void aPrecisionThatTheProcessorHasNotIsOneLine() {
    CommandLineRun wrong = run("--device", "cpu", "--precision", "float16");
    assertEquals(1, wrong.exitCode());
    assertTrue(
        wrong.err().startsWith("dragoman: --precision: there is no float16 here: cpu has float32"),
        wrong.err());
    assertEquals(1, wrong.err().lines().count());
  }

  /** Returns the bundled model with few golden outputs: five each of greedy and beam search. */
  private String modelWithTenOutputs() throws IOException {
    Path model = Files.createDirectory(folder.resolve("model"));
    try (Stream<Path> files = Files.list(Repository.MODEL)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Files.createSymbolicLink(model.resolve(file.getFileName()), file.toAbsolutePath());
      }
    }
    List<String> golden = Files.readAllLines(Repository.MODEL.resolve("golden/own.fr-en.jsonl"));
    List<String> some = new ArrayList<>(golden.subList(0, 5));
    some.addAll(golden.subList(50, 55));
    Files.write(Files.createDirectory(model.resolve("golden")).resolve("some.jsonl"), some);
    return model.toString();
  }

  @Test
  @Tag("slow")
  void allGoldenOutputsAgreeAndTimesAreTaken() throws IOException {
    Path text = Repository.MODEL.resolve("golden/own.fr.txt");
    String out = theProcessorIsWell("--text", text.toString(), "--reference", text.toString());
    assertTrue(out.contains("agrees: 0 of 250 outputs differ"), out);
    JsonNode cpu = new ObjectMapper().readTree(json().toFile()).get("devices").get(0);
    precisionsAreCompared(cpu, out);
    if (cpu.has("precisions")) {
      assertEquals("references", cpu.get("precisions").get("bleuBeside").asText());
      assertTrue(out.contains(" BLEU beside the references\n"), out);
      assertTrue(out.contains("precisions: " + text + ", 50 lines"), out);
    }
  }

  private String theProcessorIsWell(String... options) throws IOException {
    List<String> arguments =
        new ArrayList<>(List.of("--device", "cpu", "--json", json().toString()));
    arguments.addAll(List.of(options));
    CommandLineRun result = run(arguments.toArray(String[]::new));
    assertEquals(0, result.exitCode(), result.out() + result.err());
    assertTrue(result.out().endsWith("all is well\n"), result.out());
    JsonNode report = new ObjectMapper().readTree(json().toFile());
    assertTrue(report.get("agrees").asBoolean());
    JsonNode cpu = report.get("devices").get(0);
    assertEquals("cpu", cpu.get("name").asText());
    assertFalse(cpu.get("emulated").asBoolean());
    JsonNode run = cpu.get("runs").get(0);
    assertEquals("f32", run.get("precision").asText());
    assertTrue(run.get("limits").get("operationsPerSecond").asDouble() > 1e9);
    assertTrue(run.get("operations").size() > 15);
    for (JsonNode operation : run.get("operations")) {
      assertTrue(operation.get("agrees").asBoolean(), operation.toString());
      assertTrue(operation.get("seconds").asDouble() > 0, operation.toString());
      assertTrue(operation.get("shareOfLimit").asDouble() > 0, operation.toString());
      assertTrue(result.out().contains(operation.get("shape").asText()), operation.toString());
    }
    return result.out();
  }

  private Path json() {
    return folder.resolve("doctor.json");
  }

  /** Checks the comparison where the processor has more than one precision. */
  private static void precisionsAreCompared(JsonNode cpu, String out) {
    List<String> names = cpu.get("runs").findValuesAsText("precision");
    assertEquals(names.size() > 1, cpu.has("precisions"), out);
    if (cpu.has("precisions")) {
      JsonNode compared = cpu.get("precisions");
      assertEquals(names, compared.get("results").findValuesAsText("precision"));
      assertEquals(1, compared.get("results").get(0).get("timesFloat32").asDouble());
      assertTrue(names.contains(compared.get("fastest").asText()), compared.toString());
      String conclusion = compared.get("conclusion").asText();
      assertTrue(conclusion.matches("fastest here: (float32|bfloat16|int8), .*"), conclusion);
      assertTrue(out.contains("  " + conclusion + "\n"), out);
      for (JsonNode result : compared.get("results")) {
        assertTrue(result.get("linesPerSecond").asDouble() > 0, result.toString());
        assertTrue(result.get("bleu").asDouble() >= 0, result.toString());
      }
    }
  }

  @Test
  @Tag("slow")
  void anAskedForGpuThatIsMissingIsAFailureButTheProcessorIsStillExamined() {
    assumeFalse(GPU, "skipped: here is a GPU");
    // An emulated driver that another test has loaded would be found by its name.
    System.setProperty(LIBRARIES, folder.toString());
    try {
      CommandLineRun result = run("--device", "cuda");
      assertEquals(1, result.exitCode());
      assertTrue(result.err().contains("no NVIDIA driver was found"), result.err());
      assertTrue(result.out().contains("NOT WELL: no NVIDIA driver was found"), result.out());
      assertTrue(result.out().contains("cpu (float32)"), result.out());
    } finally {
      System.clearProperty(LIBRARIES);
    }
  }

  @Test
  @Tag("slow")
  void anEmulatedGpuIsCalledSoAndHasNoLimits() throws IOException {
    Path emulator = Repository.ROOT.resolve("kernels/target/emulator").toAbsolutePath();
    assumeTrue(
        !GPU && Files.exists(emulator.resolve("libcuda.so.1")),
        "skipped: there is no emulated driver in " + emulator);
    Path json = folder.resolve("doctor.json");
    System.setProperty(LIBRARIES, emulator.toString());
    try {
      CommandLineRun result = run("--device", "cuda", "--json", json.toString());
      assertEquals(0, result.exitCode(), result.out() + result.err());
      assertTrue(result.out().contains("emulated             YES"), result.out());
      assertFalse(result.out().contains(" %  "), result.out());
      JsonNode gpu = new ObjectMapper().readTree(json.toFile()).get("devices").get(0);
      assertTrue(gpu.get("emulated").asBoolean());
      assertEquals(
          List.of("bf16", "f16", "f32", "i8"),
          gpu.get("runs").findValuesAsText("precision").stream().sorted().toList());
      gpu.get("runs").forEach(run -> assertFalse(run.has("limits"), run.toString()));
    } finally {
      System.clearProperty(LIBRARIES);
    }
  }

  @Test
  void wrongUsageIsOneLineAtOnce() {
    for (String device : new String[] {"gpu", "cuda:", "cuda:x", "cpu:1", "cuda:0,,1", ""}) {
      CommandLineRun result = run("--device", device);
      assertEquals(2, result.exitCode(), device);
      assertTrue(
          result
              .err()
              .startsWith(
                  "dragoman: --device must be cpu, cuda, cuda:N, cuda:N,M, cuda:all or auto, not '"),
          result.err());
      assertEquals("", result.out());
    }
    CommandLineRun json = run("--json", folder.resolve("no/such/folder").toString());
    assertEquals(1, json.exitCode());
    assertEquals(
        "dragoman: --json: " + folder.resolve("no/such/folder") + ": no such file or directory\n",
        json.err());
    CommandLineRun model = run("--model", folder.resolve("none").toString());
    assertEquals(1, model.exitCode());
    assertEquals(1, model.err().lines().count(), model.err());
  }

  @Test
  void aTextThatCannotBeComparedIsOneLineAtOnce() throws IOException {
    String two = Files.writeString(folder.resolve("two.txt"), "Un.\nDeux.\n").toString();
    String three = Files.writeString(folder.resolve("three.txt"), "One.\n\nTwo.\n").toString();
    String none = Files.createFile(folder.resolve("none.txt")).toString();
    String missing = folder.resolve("missing.txt").toString();
    refused(
        "--reference: " + three + " must have a line for each of " + two + ": 2, not 3",
        run("--text", two, "--reference", three));
    refused("--text: there is no line in " + none, run("--text", none));
    refused(missing + ": no such file", run("--text", missing));
    refused(missing + ": no such file", run("--text", two, "--reference", missing));
    CommandLineRun alone = run("--reference", two);
    assertEquals(2, alone.exitCode());
    assertTrue(alone.err().startsWith("dragoman: --reference needs --text\n"), alone.err());
  }

  private static void refused(String why, CommandLineRun result) {
    assertEquals("dragoman: " + why + "\n", result.err());
    assertEquals("", result.out());
    assertEquals(1, result.exitCode());
  }

  private static CommandLineRun run(String... arguments) {
    String[] all = Stream.concat(Stream.of("doctor"), Stream.of(arguments)).toArray(String[]::new);
    return CommandLineRun.real(all);
  }
}
