// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.cli.models;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.dragoman.Repository;
import dev.dragoman.cli.CommandLineRun;
import dev.dragoman.cli.console.ExitCode;
import dev.dragoman.device.DataType;
import dev.dragoman.device.Devices;
import dev.dragoman.model.Model;
import dev.dragoman.model.formats.Models;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class InfoCommandTest {

  @Test
  void theBundledModelIsWhatItsReadmeSays() throws IOException {
    Path directory = Repository.MODEL;

    String card = ModelCard.of(directory, Models.open(directory));

    long words = 8_001;
    long width = 256;
    long inner = 1_024;
    long attention = 4 * (width * width + width);
    long feedForward = 2 * width * inner + inner + width;
    long encoderLayer = attention + feedForward + 2 * 2 * width;
    long decoderLayer = 2 * attention + feedForward + 3 * 2 * width;
    long parameters = words * width + 6 * (encoderLayer + decoderLayer) + words;
    assertTrue(card.contains(String.format("parameters  %,d, read as float16", parameters)), card);
    assertTrue(card.contains("format      Hugging Face MarianMT\n"), card);
    assertTrue(card.contains("languages   fr to en\n"), card);
    assertTrue(card.contains("network     Transformer, width 256, post-norm, swish\n"), card);
    assertTrue(card.contains("encoder     6 layers, 4 heads, feed-forward 1,024\n"), card);
    assertTrue(card.contains("vocabulary  8,001 words\n"), card);
    assertTrue(card.contains("shortlist   none\n"), card);
    assertTrue(card.contains("can run     yes\n"), card);
  }

  /** An Argos package has its weights one folder below; other folders are not the model's. */
  @Test
  void theWeightsOfAnUnpackedPackageCount(@TempDir Path directory) throws IOException {
    for (String name : new String[] {"sentencepiece.model", "model/model.bin", "stanza/other"}) {
      Path file = directory.resolve(name);
      Files.createDirectories(file.getParent());
      Files.write(file, new byte[1_000_000]);
    }
    Model model = Models.open(Repository.MODEL);
    String card = ModelCard.of(directory, model);
    assertTrue(card.contains("files       " + directory + ", 2.0 MB\n"), card);
  }

  @Test
  void aPrecisionIsNamedWhereThereIsMoreThanOne() {
    List<DataType> precisions = Devices.inspect("cpu").orElseThrow().devices().get(0).precisions();
    CommandLineRun run = CommandLineRun.real("info", Repository.MODEL.toString());
    assertEquals(ExitCode.OK, run.exitCode(), run.err());
    String last = run.out().lines().reduce((before, after) -> after).orElseThrow();
    assertEquals(
        precisions.size() > 1,
        last.matches(
            "precision   (float32|bfloat16|int8) multiplies fastest on this processor \\(.+ times"
                + " float32\\); dragoman doctor measures .+"),
        last);
  }

  @Test
  void theFastestPrecisionIsFloat32WhereNoneIsFaster() {
    ProductSpeeds slower = new ProductSpeeds(Map.of(DataType.BF16, 0.5));
    assertTrue(
        slower
            .text()
            .startsWith(
                "float32 multiplies fastest on this processor (bfloat16 0.5 times float32)"),
        slower.text());
    ProductSpeeds faster = new ProductSpeeds(Map.of(DataType.BF16, 0.5, DataType.I8, 4.04));
    assertTrue(faster.text().startsWith("int8 multiplies fastest"), faster.text());
    assertTrue(faster.text().contains("int8 4.0"), faster.text());
  }

  @Test
  void aBrokenModelIsOneLine() {
    CommandLineRun run = CommandLineRun.of("", "info", "somewhere");

    assertEquals(ExitCode.FAILURE, run.exitCode());
    assertEquals("dragoman: somewhere/config.json: missing\n", run.err());
  }
}
