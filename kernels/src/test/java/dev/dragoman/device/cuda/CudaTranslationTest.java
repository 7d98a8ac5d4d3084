// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.device.cuda;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.dragoman.GoldenFile;
import dev.dragoman.Precision;
import dev.dragoman.Translation;
import dev.dragoman.TranslationOptions;
import dev.dragoman.Translator;
import dev.dragoman.device.DeviceUnavailableException;
import dev.dragoman.device.cuda.EmulatedDriver.Order;
import dev.dragoman.device.cuda.EmulatedDriver.Timing;
import dev.dragoman.doctor.Bleu;
import dev.dragoman.model.shortlist.ShortlistSource;
import dev.dragoman.pipeline.AttentionWeights;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.opentest4j.TestAbortedException;

/** The bundled model on CUDA, from text to text, against what CTranslate2 gave in float32. */
class CudaTranslationTest {
  private static final Path ROOT = Path.of(System.getProperty("dragoman.root", ".."));
  private static final Path MODEL = ROOT.resolve("models/fr-en");
  private static final Path SHARED = ROOT.resolve("../shared");

  /** The number of the bundled lines that are translated in int8. */
  private static final int INT8_LINES = 5;

  @Test
  void aFewSentencesInFloat32EqualTheGoldenTokens() throws IOException {
    CudaDevices.behave(Timing.DEFERRED, Order.FORWARD);
    assertEquals(0, differences(4, 6, Precision.FLOAT32));
    assertEquals(0, differences(1, 6, Precision.FLOAT32));
  }

  /**
   * The golden tokens were recorded from CTranslate2 with the same shortlist, greedy and beam 4.
   */
  @Test
  void aFewSentencesWithAShortlistEqualTheGoldenTokens(@TempDir Path directory) throws IOException {
    CudaDevices.behave(Timing.DEFERRED, Order.RANDOM);
    Path golden = MODEL.resolve("golden/shortlist");
    Path few = directory.resolve("few.jsonl");
    List<String> records = Files.readAllLines(golden.resolve("own.fr-en.jsonl"));
    Files.write(few, List.of(records.get(0), records.get(3), records.get(50), records.get(52)));
    int checked =
        GoldenFile.check(
            few,
            options ->
                options
                    .withDevice("cuda")
                    .withPrecision(Precision.FLOAT32)
                    .withWorkers(1)
                    .withSlots(2)
                    .withShortlist(ShortlistSource.in(golden.resolve("vmap.txt"))));
    assertEquals(4, checked);
  }

  /** The attention of the CPU is compared with CTranslate2's and with float64 elsewhere. */
  @Test
  void attentionIsThatOfTheCpu() {
    CudaDevices.behave(Timing.DEFERRED, Order.RANDOM);
    List<String> lines = List.of("Un chien court dans la neige.", "", "Merci !");
    TranslationOptions options =
        TranslationOptions.defaults()
            .withPrecision(Precision.FLOAT32)
            .withWorkers(1)
            .withSlots(2)
            .withNBest(3)
            .withAttention(AttentionWeights.KEEP);
    List<Translation> onCuda = translate(lines, options.withDevice("cuda"));
    List<Translation> onCpu = translate(lines, options.withDevice("cpu"));
    for (int line = 0; line < lines.size(); line++) {
      for (int rank = 0; rank < 3; rank++) {
        Translation.Hypothesis wanted = onCpu.get(line).hypotheses().get(rank);
        Translation.Hypothesis actual = onCuda.get(line).hypotheses().get(rank);
        assertEquals(wanted.pieces(), actual.pieces());
        assertEquals(wanted.attention().size(), actual.attention().size());
        for (int part = 0; part < wanted.attention().size(); part++) {
          check(wanted.attention().get(part), actual.attention().get(part));
        }
      }
    }
  }

  private static void check(Translation.Attention wanted, Translation.Attention actual) {
    assertEquals(wanted.source(), actual.source());
    assertEquals(wanted.weights().length, actual.weights().length);
    for (int piece = 0; piece < wanted.weights().length; piece++) {
      assertArrayEquals(wanted.weights()[piece], actual.weights()[piece], 1e-5f);
    }
  }

  private static List<Translation> translate(List<String> lines, TranslationOptions options) {
    try (Translator translator = Translator.load(MODEL, options)) {
      return translator.translate(lines);
    }
  }

  @Test
  @Tag("slow")
  void allSentencesInFloat32EqualTheGoldenTokens() throws IOException {
    CudaDevices.behave(Timing.EAGER, Order.REVERSE);
    assertEquals(0, differences(4, 50, Precision.FLOAT32));
    assertEquals(0, differences(1, 50, Precision.FLOAT32));
  }

  @Test
  @Tag("slow")
  void everyGoldenTranslationInFloat32() throws IOException {
    Path golden = SHARED.resolve("golden/fr-en.jsonl");
    Assumptions.assumeTrue(Files.exists(golden), "skipped: " + golden + " is not there");
    CudaDevices.behave(Timing.DEFERRED, Order.FORWARD);
    int records =
        GoldenFile.check(
            golden,
            options ->
                options
                    .withDevice("cuda")
                    .withPrecision(Precision.FLOAT32)
                    .withWorkers(1)
                    .withSlots(16));
    assertEquals(1655, records);
  }

  @ParameterizedTest
  @CsvSource({"FLOAT16, 2", "BFLOAT16, 15", "INT8, 10"})
  @Tag("slow")
  void of100CaptionsFewDifferInFewerBits(Precision precision, int most) throws IOException {
    Path captions = SHARED.resolve("data/multi30k.test2016.fr");
    Assumptions.assumeTrue(Files.exists(captions), "skipped: " + captions + " is not there");
    CudaDevices.behave(Timing.DEFERRED, Order.FORWARD);
    List<String> lines = Files.readAllLines(captions).subList(0, 100);
    TranslationOptions options =
        TranslationOptions.defaults().withDevice("cuda").withWorkers(1).withSlots(16);
    List<String> wide = texts(lines, options.withPrecision(Precision.FLOAT32));
    List<String> differing = differing(wide, texts(lines, options.withPrecision(precision)));
    assertTrue(differing.size() <= most, differing.size() + ": " + differing);
  }

  /**
   * The first lines may differ from the golden ones here and there, as bfloat16 has only eight bits
   * of a number.
   */
  @Test
  void aFewSentencesInBfloat16NearlyEqualTheGoldenTokens() throws IOException {
    CudaDevices.behave(Timing.DEFERRED, Order.REVERSE);
    int differing = differences(4, 6, Precision.BFLOAT16);
    assertTrue(differing <= 2, differing + " of 6 differ from float32");
  }

  /** The sentences nearly all equal those of the CPU, and nearly all those in float32. */
  @ParameterizedTest
  @ValueSource(ints = {1, 4})
  void inInt8SentencesAreThoseOfTheCpu(int beam) throws IOException {
    CudaDevices.behave(Timing.DEFERRED, Order.RANDOM);
    List<String> lines =
        Files.readAllLines(MODEL.resolve("golden/own.fr.txt")).subList(0, INT8_LINES);
    TranslationOptions options =
        TranslationOptions.defaults().withWorkers(1).withSlots(4).withBeamSize(beam);
    TranslationOptions rounded = options.withPrecision(Precision.INT8);
    List<String> onCuda = texts(lines, rounded.withDevice("cuda"));
    List<String> exact = texts(lines, options.withDevice("cpu").withPrecision(Precision.FLOAT32));
    List<String> fromExact = differing(exact, onCuda);
    assertTrue(fromExact.size() <= 1, "not as in float32: " + fromExact);
    List<String> fromCpu = differing(onTheCpu(lines, rounded), onCuda);
    assertTrue(fromCpu.size() <= 1, "not as on the CPU: " + fromCpu);
  }

  private static List<String> onTheCpu(List<String> lines, TranslationOptions options) {
    try {
      return texts(lines, options.withDevice("cpu"));
    } catch (DeviceUnavailableException e) {
      throw new TestAbortedException("skipped: " + e.getMessage(), e);
    }
  }

  /** The test takes enough lines, as single words decide the score of a few. */
  @Test
  @Tag("slow")
  void int8LosesLittle(TestReporter reporter) throws IOException {
    Path captions = SHARED.resolve("data/multi30k.test2016.fr");
    Assumptions.assumeTrue(Files.exists(captions), "skipped: " + captions + " is not there");
    CudaDevices.behave(Timing.DEFERRED, Order.FORWARD);
    List<String> lines = Files.readAllLines(captions);
    List<String> references = Files.readAllLines(SHARED.resolve("data/multi30k.test2016.en"));
    TranslationOptions options = TranslationOptions.defaults().withSlots(64).withBeamSize(1);
    TranslationOptions exact = options.withDevice("cpu").withPrecision(Precision.FLOAT32);
    TranslationOptions rounded = options.withDevice("cuda").withPrecision(Precision.INT8);
    double reference = Bleu.of(texts(lines, exact), references);
    double eight = Bleu.of(texts(lines, rounded), references);
    reporter.publishEntry("BLEU", "float32 %.2f, int8 %.2f".formatted(reference, eight));
    assertEquals(reference, eight, 0.3);
  }

  private static List<String> differing(List<String> wanted, List<String> actual) {
    return IntStream.range(0, wanted.size())
        .filter(i -> !wanted.get(i).equals(actual.get(i)))
        .mapToObj(i -> wanted.get(i) + " / " + actual.get(i))
        .toList();
  }

  private static List<String> texts(List<String> lines, TranslationOptions options) {
    try (Translator translator = Translator.load(MODEL, options)) {
      return translator.translate(lines).stream().map(Translation::text).toList();
    }
  }

  @Test
  @Tag("slow")
  void inFloat16NearlyAllTextsAreTheSame() throws IOException {
    CudaDevices.behave(Timing.DEFERRED, Order.RANDOM);
    int differing = differences(4, 50, Precision.AUTO);
    assertTrue(differing <= 1, differing + " of 50 texts differ from float32");
  }

  /** Returns how many of the first sentences with this beam translate otherwise than recorded. */
  private static int differences(int beam, int most, Precision precision) throws IOException {
    List<JsonNode> golden = golden(beam, most);
    assertTrue(!golden.isEmpty());
    TranslationOptions options =
        TranslationOptions.defaults()
            .withDevice("cuda")
            .withPrecision(precision)
            .withWorkers(1)
            .withSlots(4)
            .withBeamSize(beam)
            .withMaxLength(golden.get(0).get("options").get("max_decoding_length").asInt());
    int differences = 0;
    try (Translator translator = Translator.load(MODEL, options)) {
      List<Translation> translations =
          translator.translate(golden.stream().map(row -> row.get("text").asText()).toList());
      for (int i = 0; i < golden.size(); i++) {
        Translation translation = translations.get(i);
        assertTrue(translation.failure().isEmpty(), () -> "failed: " + translation.failure());
        List<String> pieces = new ArrayList<>();
        golden.get(i).get("hypotheses").get(0).forEach(piece -> pieces.add(piece.asText()));
        differences += pieces.equals(translation.hypotheses().get(0).pieces()) ? 0 : 1;
      }
    }
    return differences;
  }

  private static List<JsonNode> golden(int beam, int most) throws IOException {
    List<JsonNode> rows = new ArrayList<>();
    ObjectMapper json = new ObjectMapper();
    try (BufferedReader lines = Files.newBufferedReader(MODEL.resolve("golden/own.fr-en.jsonl"))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        JsonNode row = json.readTree(line);
        JsonNode options = row.get("options");
        boolean plain =
            options.get("length_penalty").asDouble() == 1
                && options.path("patience").asDouble(1) == 1
                && options.get("num_hypotheses").asInt() == 1;
        if (plain && options.get("beam_size").asInt() == beam && rows.size() < most) {
          rows.add(row);
        }
      }
    }
    return rows;
  }
}
