// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.batch;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** One self-contained HTML page about a job. Chart.js draws its plots in the browser. */
final class Report {
  private static final int MOST_SAMPLES = 2_000;
  private static final int MOST_ERRORS = 200;
  private static final String CHARTS =
      "/META-INF/resources/webjars/chart.js/4.4.9/dist/chart.umd.js";

  private Report() {}

  /**
   * Writes the page.
   *
   * @param facts shown at the top: the command, the machine, the model
   */
  static void write(Path page, JobFolder folder, BatchStatus status, Map<String, String> facts)
      throws IOException {
    Map<String, Object> data = new LinkedHashMap<>();
    data.put("facts", facts);
    data.put("files", status.files());
    data.put("records", status.records());
    data.put("statistics", status.statistics());
    data.put("bin", Statistics.BIN);
    data.put("samples", thin(lines(folder.samples(), Integer.MAX_VALUE)));
    data.put("errors", lines(folder.errors(), MOST_ERRORS));
    String json = Json.text(data).replace("</", "<\\/").replace("<!--", "<\\u0021--");
    String template = resource("/dev/dragoman/batch/report.html");
    // The method replaceAll would read characters of both texts as references.
    String html = template.replace("/*CHARTS*/", resource(CHARTS)).replace("/*DATA*/null", json);
    Durable.write(page.toAbsolutePath(), html.getBytes(StandardCharsets.UTF_8));
  }

  private static String resource(String name) throws IOException {
    try (InputStream in = Report.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IOException("the program has no " + name + ": it is not built as it should be");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  /** Returns the lines that are whole; the last may have been cut by a kill. */
  private static List<Object> lines(Path file, int most) throws IOException {
    if (!Files.exists(file)) {
      return List.of();
    }
    try (Stream<String> lines = Files.lines(file)) {
      return lines
          .filter(line -> line.startsWith("{") && line.endsWith("}"))
          .limit(most)
          .map(Report::parse)
          .toList();
    }
  }

  private static Object parse(String line) {
    try {
      return Json.read(line, Map.class);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<Object> thin(List<Object> samples) {
    int step = samples.size() / MOST_SAMPLES + 1;
    return IntStream.range(0, samples.size())
        .filter(i -> i % step == 0 || i == samples.size() - 1)
        .mapToObj(samples::get)
        .toList();
  }
}
