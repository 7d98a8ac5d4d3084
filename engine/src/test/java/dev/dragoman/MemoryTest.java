// SPDX-License-Identifier: Apache-2.0
package dev.dragoman;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.dragoman.device.Device;
import dev.dragoman.model.formats.Models;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What is held after few lines is all that is held after many. */
@Tag("slow")
class MemoryTest {
  private static final Path ROOT = Path.of(System.getProperty("dragoman.root", ".."));
  private static final long MIB = 1 << 20;

  private record Memory(long device, long heap, long resident) {}

  @Test
  void heapAndDeviceAndNativeMemoryDoNotGrow() throws IOException {
    List<String> lines = Files.readAllLines(Path.of("../models/fr-en/golden/own.fr.txt"));
    TranslationOptions options = TranslationOptions.defaults().withDevice("cpu").withWorkers(2);
    Device device = TestModels.cpu();
    try (Translator translator =
        Translator.load(Models.open(ROOT.resolve("models/fr-en")), device, options)) {
      translate(translator, lines, 2_000); // kernels and compiled code come with the first lines
      Memory before = memory(device);
      translate(translator, lines, 10_000);
      Memory after = memory(device);
      String both = before + " and " + after;
      assertEquals(before.device, after.device, both);
      assertTrue(after.heap - before.heap < 2 * MIB, both);
      Assumptions.assumeTrue(before.resident > 0, "skipped: no /proc to read the native memory");
      assertTrue(after.resident - before.resident < 64 * MIB, both);
    }
  }

  private static void translate(Translator translator, List<String> lines, int count) {
    Stream<String> source =
        IntStream.range(0, count).mapToObj(i -> i + " " + lines.get(i % lines.size()));
    try (Stream<Translation> translations = translator.translate(source)) {
      assertEquals(count, translations.filter(t -> t.failure().isEmpty()).count());
    }
  }

  private static Memory memory(Device device) throws IOException {
    System.gc();
    long heap = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    return new Memory(device.bytesHeld(), heap, resident());
  }

  /** Returns the resident bytes that are not the heap's, or 0 where there is no /proc. */
  private static long resident() throws IOException {
    Path status = Path.of("/proc/self/status");
    if (!Files.exists(status)) {
      return 0;
    }
    long kilobytes =
        Files.readAllLines(status).stream()
            .filter(line -> line.startsWith("VmRSS:"))
            .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
            .sum();
    long heap = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getCommitted();
    return kilobytes * 1024 - heap;
  }
}
