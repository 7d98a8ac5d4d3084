// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.cli.console;

import static dev.dragoman.cli.console.PlainText.format;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What a benchmark runs on. */
public final class Machine {
  private static final Path PROCESSORS = Path.of("/proc/cpuinfo");

  /** The x86-64 features that matrix products and the vector API can use, as Linux calls them. */
  private static final List<String> VECTOR_FEATURES =
      List.of(
          "sse4_1",
          "avx",
          "avx2",
          "fma",
          "f16c",
          "avx_vnni",
          "avx512f",
          "avx512bw",
          "avx512vl",
          "avx512_vnni",
          "avx512_bf16",
          "avx512_fp16",
          "amx_tile",
          "amx_int8",
          "amx_bf16");

  private Machine() {}

  /** Names date, processor, cores, system and Java. */
  public static Map<String, String> describe() {
    Map<String, String> facts = new LinkedHashMap<>();
    facts.put("date", LocalDate.now(ZoneOffset.UTC).toString());
    facts.put(
        "processor", processor() + ", " + Runtime.getRuntime().availableProcessors() + " cores");
    facts.put("system", System.getProperty("os.name") + " " + System.getProperty("os.version"));
    facts.put("java", Runtime.version().toString());
    return facts;
  }

  /** Names these facts, the processor's vector features and the memory. */
  public static Map<String, String> report() {
    Map<String, String> facts = new LinkedHashMap<>(describe());
    facts.put("vector features", vectorFeatures());
    if (ManagementFactory.getOperatingSystemMXBean()
        instanceof com.sun.management.OperatingSystemMXBean machine) {
      facts.put(
          "memory",
          format(
              "%.1f GiB, of which Java may take %.1f",
              machine.getTotalMemorySize() * 0x1p-30, Runtime.getRuntime().maxMemory() * 0x1p-30));
    }
    return facts;
  }

  private static String vectorFeatures() {
    List<String> there = List.of(cpuInfo("flags").orElse("").split(" "));
    String known =
        VECTOR_FEATURES.stream().filter(there::contains).collect(Collectors.joining(" "));
    return known.isEmpty() ? "not told by the system" : known;
  }

  private static String processor() {
    return cpuInfo("model name").orElse(System.getProperty("os.arch"));
  }

  /** Returns what Linux says of the first core. */
  private static Optional<String> cpuInfo(String field) {
    if (!Files.isReadable(PROCESSORS)) {
      return Optional.empty();
    }
    try (Stream<String> lines = Files.lines(PROCESSORS)) {
      return lines
          .filter(line -> line.startsWith(field))
          .map(line -> line.substring(line.indexOf(':') + 1).strip())
          .findFirst();
    } catch (IOException e) {
      return Optional.empty(); // facts that nothing depends on
    }
  }
}
