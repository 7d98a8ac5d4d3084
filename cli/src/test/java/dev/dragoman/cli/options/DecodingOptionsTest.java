// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.cli.options;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.dragoman.DeviceOptions;
import dev.dragoman.OnLong;
import dev.dragoman.Precision;
import dev.dragoman.TranslationOptions;
import dev.dragoman.cli.CommandLineRun;
import dev.dragoman.cli.console.ExitCode;
import dev.dragoman.device.Volume;
import dev.dragoman.model.shortlist.ShortlistSource;
import dev.dragoman.pipeline.AttentionWeights;
import dev.dragoman.pipeline.EngineOptions;
import dev.dragoman.search.SearchOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class DecodingOptionsTest {

  @ParameterizedTest
  @CsvSource({
    "--beam-size 0, --beam-size",
    "--beam-size 65, --beam-size",
    "--beam-size four, --beam-size",
    "-b -1, -b",
    "--length-penalty -0.5, --length-penalty",
    "--length-penalty 11, --length-penalty",
    "--length-penalty NaN, --length-penalty",
    "--patience 0, --patience",
    "--patience 10.5, --patience",
    "--patience Infinity, --patience",
    "--n-best 0, --n-best",
    "--n-best 5, --n-best",
    "--beam-size 2 --n-best 3, --n-best",
    "--min-length -1, --min-length",
    "--min-length 9 --max-length 8, --min-length",
    "--max-length 0, --max-length",
    "--max-length 1000001, --max-length",
    "--device gpu, --device",
    "--device cuda:x, --device",
    "'--device cuda:0,', --device",
    "'--device cuda:0,all', --device",
    "'--device cpu:0,1', --device",
    "--threads -1, --threads",
    "--threads 1025, --threads",
    "--slots -1, --slots",
    "--slots 65537, --slots",
    "--precision float8, --precision",
    "--on-long skip, --on-long",
    "--shortlist nowhere.txt, --shortlist",
    "--shortlist ., --shortlist",
    "--no-such, --no-such",
  })
  void refusesWhatIsOutOfRangeAndNamesIt(String arguments, String named) {
    CommandLineRun run = run(arguments);

    assertEquals(ExitCode.USAGE, run.exitCode());
    assertEquals("", run.out());
    List<String> lines = run.err().lines().toList();
    assertTrue(lines.get(0).startsWith("dragoman: "), run.err());
    assertTrue(lines.get(0).contains(named), run.err());
    assertEquals("Try 'dragoman translate --help'.", lines.get(lines.size() - 1));
    assertTrue(run.backend().loaded().isEmpty(), "a model was loaded first");
  }

  @Test
  void defaultsAreTheLibrarys() {
    assertEquals(List.of(ofAPipe()), run("").backend().loaded());
  }

  @Test
  void everyOptionArrives() {
    CommandLineRun run =
        run(
            "-b 64 --length-penalty 0.6 --patience 2.5 --n-best 64 --min-length 0 --max-length 7"
                + " -d cuda:1 -t 3 --precision bfloat16 --slots 9 --on-long fail"
                + " --shortlist model");

    TranslationOptions expected =
        new TranslationOptions(
            new DeviceOptions("cuda:1", Precision.BFLOAT16, Volume.UNKNOWN),
            new EngineOptions(
                new SearchOptions(64, 0.6, 2.5, 64, 0, 7),
                3,
                9,
                ShortlistSource.OF_MODEL,
                AttentionWeights.DROP),
            OnLong.FAIL);
    assertEquals(List.of(expected), run.backend().loaded(), run.err());
  }

  @ParameterizedTest
  @ValueSource(strings = {"cpu", "auto", "cuda", "cuda:0", "cuda:12", "cuda:0,1,3", "cuda:all"})
  void everyFormOfADeviceArrives(String device) {
    CommandLineRun run = run("--device " + device);
    assertEquals(List.of(ofAPipe().withDevice(device)), run.backend().loaded(), run.err());
  }

  private static TranslationOptions ofAPipe() {
    return TranslationOptions.defaults().withVolume(Volume.UNKNOWN);
  }

  @Test
  void aLargeFileIsKnownToBeManyLines(@TempDir Path directory) throws IOException {
    Path small = Files.writeString(directory.resolve("small"), "Un chien.\n".repeat(9));
    Path large = Files.writeString(directory.resolve("large"), "Un chien.\n".repeat(2000));
    assertEquals(List.of(ofAPipe()), run(small.toString()).backend().loaded());
    List<TranslationOptions> both = run(small + " " + large).backend().loaded();
    assertEquals(List.of(TranslationOptions.defaults()), both);
  }

  private static CommandLineRun run(String arguments) {
    Stream<String> words = Stream.of(arguments.split(" ")).filter(word -> !word.isEmpty());
    return CommandLineRun.of(
        "", Stream.concat(Stream.of("translate"), words).toArray(String[]::new));
  }
}
