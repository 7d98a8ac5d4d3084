// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.docs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.dragoman.Hang;
import dev.dragoman.Repository;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The programs of docs/examples run as they lie there, and the guide shows them. */
@Timeout(Hang.SECONDS)
final class ExamplesTest {
  private static final Path EXAMPLES = Repository.ROOT.resolve("docs/examples");
  private static final String MODEL = Repository.MODEL.toString();

  @TempDir private Path folder;

  @Test
  void translatesALine() throws Exception {
    assertEquals("A dog runs.\n", run("TranslateLine", MODEL, "Un chien court."));
  }

  @Test
  void translatesWhatIsSubmitted() throws Exception {
    assertEquals("A dog.\nTwo cats.\n", run("SubmitLines", MODEL, "Un chien.", "Deux chats."));
  }

  @Test
  void translatesAStream() throws Exception {
    Path french = Files.writeString(folder.resolve("french.txt"), "Un chien.\n\nDeux chats.\n");
    assertEquals("A dog.\n\nTwo cats.\n", run("TranslateStream", MODEL, french.toString()));
  }

  @Test
  void translatesAFolderOnce() throws Exception {
    Path from = Files.createDirectory(folder.resolve("french"));
    Files.writeString(from.resolve("a.txt"), "Un chien.\n");
    Files.writeString(from.resolve("b.txt"), "Deux chats.\n");
    Path to = folder.resolve("english");
    for (int run = 0; run < 2; run++) {
      String printed = run("TranslateFolder", MODEL, from.toString(), to.toString());
      assertEquals("2 lines are done\n", printed);
      assertEquals("A dog.\n", Files.readString(to.resolve("a.txt")));
      assertEquals("Two cats.\n", Files.readString(to.resolve("b.txt")));
    }
  }

  @Test
  void theGuideShowsEveryExample() throws IOException {
    Page guide = Page.read(Repository.ROOT.resolve("docs/guide/java.md"));
    try (Stream<Path> files = Files.list(EXAMPLES)) {
      List<String> examples = files.map(ExamplesTest::withoutLicence).sorted().toList();
      assertEquals(examples, guide.code("java").stream().sorted().toList());
    }
  }

  private static String withoutLicence(Path example) {
    return Page.read(example).text().replaceFirst("^// SPDX-License-Identifier: .*\n", "");
  }

  /** Runs a single-file program and returns what it printed. */
  private String run(String program, String... arguments) throws Exception {
    Path messages = folder.resolve("messages");
    List<String> command = new ArrayList<>();
    command.add(System.getProperty("java.home") + "/bin/java");
    command.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"));
    command.addAll(List.of("--add-modules", "jdk.incubator.vector"));
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.add(EXAMPLES.resolve(program + ".java").toString());
    command.addAll(List.of(arguments));
    Process process = new ProcessBuilder(command).redirectError(messages.toFile()).start();
    String printed = new String(process.getInputStream().readAllBytes(), "UTF-8");
    assertTrue(process.waitFor() == 0, () -> Page.read(messages).text());
    return printed;
  }
}
