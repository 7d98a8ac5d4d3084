// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.cli.batch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.dragoman.Hang;
import dev.dragoman.cli.CommandLineRun;
import dev.dragoman.cli.console.ExitCode;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The page about a batch job, in a real browser where there is one. */
@Timeout(Hang.SECONDS)
final class BatchReportTest {
  private static final int BLUE = 0x2166ac;
  private static final int GREEN = 0x1b7837;

  @TempDir private Path folder;

  private Path makeReport() throws IOException {
    Path model = Files.createDirectories(folder.resolve("model"));
    Path in = Files.writeString(folder.resolve("in.txt"), "a\n!<b></script><i>x</i>\n?c\n");
    Path page = folder.resolve("report.html");
    CommandLineRun run =
        CommandLineRun.of(
            "",
            "batch",
            in.toString(),
            "-o",
            folder.resolve("out").toString(),
            "--model",
            model.toString(),
            "--report",
            page.toString());
    assertEquals(ExitCode.LINES_FAILED, run.exitCode(), run.err());
    return page;
  }

  @Test
  void thePageNeedsNothingElse() throws IOException {
    String html = Files.readString(makeReport());

    assertFalse(html.contains("src="), "something is fetched");
    assertFalse(html.contains("<link"), "something is fetched");
    assertTrue(html.contains("\"reason\":\"too strange\""));
    assertFalse(html.contains("<b></script>"), "a line of text ends the script");
  }

  @Test
  void aBrowserShowsIt() throws Exception {
    Optional<String> browser =
        Stream.of("chromium", "chromium-browser", "google-chrome")
            .filter(name -> Files.isExecutable(Path.of("/usr/bin", name)))
            .findFirst();
    assumeTrue(browser.isPresent(), "skipped: there is no Chromium here");
    Path page = makeReport();

    String dom = run(browser.get(), "--dump-dom", page.toUri().toString());
    assertTrue(
        dom.contains("data-plots=\"4\""), "the script did not run to its end: " + dom.length());
    assertTrue(dom.contains("<td>too strange</td>"), "the error is not in its table");
    assertTrue(dom.contains("&lt;b&gt;&lt;/script&gt;"), "text is not shown as text");
    assertTrue(dom.contains("dragoman batch "), "the command is missing");

    Path picture = folder.resolve("report.png");
    run(
        browser.get(),
        "--screenshot=" + picture,
        "--window-size=1040,1600",
        page.toUri().toString());
    BufferedImage image = ImageIO.read(picture.toFile());
    assertTrue(count(image, BLUE) > 500, "no blue bars");
    assertTrue(count(image, GREEN) > 500, "no green bars");
  }

  private static int count(BufferedImage image, int colour) {
    int count = 0;
    for (int y = 0; y < image.getHeight(); y++) {
      for (int x = 0; x < image.getWidth(); x++) {
        count += (image.getRGB(x, y) & 0xffffff) == colour ? 1 : 0;
      }
    }
    return count;
  }

  private String run(String browser, String... options) throws Exception {
    List<String> command =
        new ArrayList<>(
            List.of(
                browser,
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--hide-scrollbars",
                "--user-data-dir=" + folder.resolve("profile")));
    command.addAll(List.of(options));
    Path out = folder.resolve("browser.out");
    Process process =
        new ProcessBuilder(command)
            .redirectOutput(out.toFile())
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    assertEquals(0, process.waitFor());
    return Files.readString(out, StandardCharsets.UTF_8);
  }
}
