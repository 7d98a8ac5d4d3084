// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.cli.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.dragoman.Repository;
import dev.dragoman.benchmark.SentenceLengths;
import dev.dragoman.benchmark.SentenceLengths.Pair;
import dev.dragoman.cli.CommandLineRun;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The benchmark measures what it says. */
class BenchCommandTest {
  /** The seed of the drawn lengths; a change of it makes benchmarks incomparable. */
  private static final int SEED = 20260101;

  @TempDir private Path directory;

  @Test
  void measuresEveryRunAndWritesAllNumbers() throws IOException {
    Path text = Files.writeString(directory.resolve("text"), "Je suis étudiant.\n\nUn chien.\n");
    CommandLineRun run =
        bench("-m", Repository.MODEL.toString(), text.toString(), "--runs", "3", "--latency", "7");
    assertTrue(run.out().contains("lines/s of processor time"), run.out());
    assertTrue(run.out().contains("one line at a time: 7 lines"), run.out());
    assertTrue(run.out().toLowerCase(Locale.ROOT).contains("feed-forward"), run.out());
    assertTrue(run.out().matches("(?s).*\n  linear 256 to 768 +[\\d,]+ GFLOP/s +[\\d.]+%\n.*"));
    JsonNode numbers = numbers();
    assertEquals(3, numbers.get("runs").size());
    assertEquals(3, numbers.get("setting").get("lines").asInt());
    assertTrue(numbers.get("setting").get("tokenizingMicrosecondsPerLine").asDouble() > 0);
    assertTrue(numbers.get("deviceBytes").asLong() > 1 << 20);
    for (JsonNode one : numbers.get("runs")) {
      assertEquals(5 + 4, one.get("sourceTokens").asInt());
      assertTrue(one.get("seconds").asDouble() > 0);
      assertTrue(one.get("operations").get("search").asDouble() > 0);
      assertEquals(2, one.get("activity").get("encoded").get("sentences").asInt());
      assertTrue(one.get("products").get("feed-forward 256 to 1024 to 256").asDouble() > 0);
    }
    JsonNode latency = numbers.get("latency");
    assertEquals(7, latency.get("milliseconds").size());
    List<Double> sorted = new ArrayList<>();
    latency.get("milliseconds").forEach(one -> sorted.add(one.asDouble()));
    sorted.sort(null);
    assertEquals(sorted.get(3), latency.get("p50").asDouble());
    assertEquals(sorted.get(6), latency.get("p99").asDouble());
    for (JsonNode one : numbers.get("floor").get("runs")) {
      assertTrue(0 < one.get("share").asDouble(), "more than nothing has been done");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"tiny", "MODEL"})
  void aShapeIsMeasuredWithTheLengthsThatWereDrawn(String shape) throws IOException {
    String asked = shape.equals("MODEL") ? Repository.MODEL.toString() : shape;
    CommandLineRun run =
        bench("--shape", asked, "--length", "6", "--lines", "5", "--runs", "2", "--latency", "0");
    assertFalse(run.out().contains("one line at a time"), run.out());
    List<Pair> drawn = SentenceLengths.measured().scaledTo(6).draw(5, SEED);
    int longest = drawn.stream().mapToInt(Pair::target).max().orElse(0);
    for (JsonNode one : numbers().get("runs")) {
      assertEquals(drawn.stream().mapToInt(Pair::source).sum(), one.get("sourceTokens").asInt());
      assertEquals(drawn.stream().mapToInt(Pair::target).sum(), one.get("targetTokens").asInt());
      JsonNode decoded = one.get("activity").get("decoded");
      assertTrue(decoded.get("steps").asInt() >= longest, "a step for each token");
      assertEquals(
          drawn.stream().mapToInt(Pair::target).sum(), decoded.get("slots").asInt(), "steps");
    }
  }

  @ParameterizedTest
  @CsvSource({"4, 512", "1, '2,048'"})
  void predictsTheFloorOfAStep(String beamSize, String slots) {
    CommandLineRun run =
        CommandLineRun.real(
            "bench", "--shape", "base", "--predict", "h200", "--beam-size", beamSize);
    assertEquals(0, run.exitCode(), run.err());
    // 2 · 2,048 rows · 512 · 58,101 operations at 790 TFLOP/s
    assertTrue(run.out().matches("(?s).*output words .* 154\\.\\d  arithmetic.*"), run.out());
    assertTrue(run.out().contains("2,048 rows, " + slots + " slots"), run.out());
  }

  @Test
  void measuresTheHostAlone() throws IOException {
    Path text = Files.writeString(directory.resolve("text"), "Je suis étudiant.\nUn chien.\n");
    CommandLineRun run =
        bench("-m", Repository.MODEL.toString(), text.toString(), "--host", "--runs", "1");
    assertTrue(run.out().contains("a device that does nothing"), run.out());
    assertEquals(20_000, numbers().get("setting").get("lines").asInt());
    assertTrue(numbers().get("runs").get(0).get("processorSeconds").asDouble() > 0);
  }

  @Test
  void refusesWhatCannotBeMeasured() throws IOException {
    Path empty = Files.writeString(directory.resolve("empty"), "");
    String file = empty.toString();
    assertEquals(1, CommandLineRun.of("", "bench", file).exitCode());
    refuses("--runs", "bench", file, "--runs", "0");
    refuses("name a FILE", "bench");
    refuses("needs no FILE", "bench", "--shape", "tiny", file);
    refuses("base, big, tiny or the directory", "bench", "--shape", "huge");
    refuses("--length must be", "bench", "--shape", "tiny", "--length", "0");
    refuses("--lines must be", "bench", "--shape", "tiny", "--lines", "-1");
    refuses("--latency must be", "bench", file, "--latency", "-1");
    refuses("--predict needs --shape", "bench", file, "--predict", "h200");
    refuses("--predict", "bench", "--shape", "base", "--predict", "abacus");
    refuses("--host needs a text", "bench", "--shape", "tiny", "--host");
  }

  @Test
  void tooLittleMemoryIsOneLineThatSaysWhatWouldFit() {
    CommandLineRun run =
        CommandLineRun.real("bench", "--shape", "tiny", "--device", "cpu", "--slots", "65536");
    assertEquals(1, run.exitCode(), run.out());
    assertEquals(1, run.err().lines().count(), run.err());
    assertTrue(run.err().matches("dragoman: \\d+ workers? with 65536 slots .*\n"), run.err());
    assertTrue(run.err().contains(" would fit"), run.err());
  }

  private static void refuses(String why, String... args) {
    CommandLineRun run = CommandLineRun.of("", args);
    assertEquals(2, run.exitCode(), run.err());
    assertTrue(run.err().contains(why), run.err());
  }

  private CommandLineRun bench(String... args) {
    List<String> all = new ArrayList<>(List.of("bench"));
    all.addAll(List.of(args));
    all.addAll(List.of("--warm-up", "0", "--beam-size", "2", "--threads", "1"));
    all.addAll(List.of("--device", "cpu", "--json", json().toString()));
    CommandLineRun run = CommandLineRun.real(all.toArray(String[]::new));
    assertEquals(0, run.exitCode(), run.err());
    return run;
  }

  private JsonNode numbers() throws IOException {
    return new ObjectMapper().readTree(json().toFile());
  }

  private Path json() {
    return directory.resolve("numbers.json");
  }
}
