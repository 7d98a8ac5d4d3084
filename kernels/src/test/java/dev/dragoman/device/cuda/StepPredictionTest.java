// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.device.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.dragoman.device.cuda.StepPrediction.Network;
import dev.dragoman.device.cuda.StepPrediction.Version;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** The predictions in docs/performance.md are those that follow from the counts. */
class StepPredictionTest {
  private static final Path PAGE =
      Path.of(System.getProperty("dragoman.root", ".."), "docs/performance.md");

  @Test
  void thePageHasThem() throws IOException {
    String page = Files.readString(PAGE);
    for (Network network : new Network[] {Network.BASE, Network.BUNDLED, Network.BIG}) {
      check(page, StepPrediction.table(network, 2048));
      for (int rows : new int[] {2048, 4}) {
        check(page, StepPrediction.versions(network, rows));
      }
    }
    check(page, StepPrediction.table(StepPrediction.of(Network.BASE, 2048, Version.INT8)));
  }

  private static void check(String page, String table) {
    assertTrue(page.contains(table), "docs/performance.md lacks\n" + table);
  }

  /** The launches are as many as {@link CudaStepTest} counts on the emulated driver. */
  @Test
  void theLaunchesAreThoseThatTheEmulatedDriverCounts() {
    assertEquals(
        13 * 6 + 4,
        StepPrediction.launches(StepPrediction.of(Network.BUNDLED, 4, StepPrediction.NOW)));
    assertEquals(
        12 * 6 + 5, StepPrediction.launches(StepPrediction.of(Network.BUNDLED, 4, Version.INT8)));
  }

  /** The expected values are those of docs/kernels.md for single kernels, worked out by hand. */
  @Test
  void theFloorsAreThoseOfTheKernels() {
    for (StepPrediction.Kernel kernel : StepPrediction.of(Network.BASE, 2048, StepPrediction.NOW)) {
      double microseconds = kernel.floor() / kernel.launches() * 1e6;
      switch (kernel.name()) {
        case "logits" -> assertEquals(154, microseconds, 1);
        case "best_tokens" -> assertEquals(110, microseconds, 1);
        case "attend_past" -> assertEquals(14, microseconds, 0.5);
        case "attend_source" -> assertEquals(7, microseconds, 0.1);
        case "q, k, v" -> assertEquals(4, microseconds, 0.1);
        default -> assertTrue(microseconds < 12, kernel.toString());
      }
    }
  }
}
