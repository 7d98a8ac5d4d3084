// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.github.luben.zstd.Zstd;
import dev.dragoman.Hang;
import dev.dragoman.Repository;
import dev.dragoman.cli.console.ExitCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Native libraries where the folder for temporary files is read-only, full, or mounted noexec. Each
 * program has mounts of its own.
 */
@Timeout(Hang.SECONDS)
final class UnusableFoldersTest {
  @TempDir private Path folder;
  private Path mounted;
  private Path text;

  @BeforeEach
  void makeFiles() throws Exception {
    Process trial =
        new ProcessBuilder("unshare", "--mount", "--map-root-user", "true")
            .redirectErrorStream(true)
            .start();
    assumeTrue(trial.waitFor() == 0, "unshare --mount is not allowed here");
    mounted = Files.createDirectory(folder.resolve("mounted"));
    text = Files.writeString(folder.resolve("a.txt"), "Un chien.\n");
    Files.write(folder.resolve("a.txt.zst"), Zstd.compress(Files.readAllBytes(text)));
  }

  @ParameterizedTest
  @CsvSource({
    "ro, read-only file system",
    "noexec, programs in it cannot be executed (mounted noexec)",
    "size=64k, no space left on device"
  })
  void withoutAnotherItIsOneLineThatSaysWhatToDo(String options, String reason) throws Exception {
    Path file = Files.createFile(folder.resolve("file"));
    String message =
        "cannot unpack native libraries into %s: %s, nor into %s: not a directory; set TMPDIR (or"
            + " DRAGOMAN_JAVA_OPTS=-Djava.io.tmpdir=DIR) to a folder that can be written and"
            + " executed from\n";
    String expected =
        message.formatted(mounted, reason, file.resolve("dragoman/natives").toString());

    ChildProcess translate = run(options, file, translate());
    ChildProcess batch = run(options, file, batch());

    assertEquals("dragoman: " + expected, messages(translate));
    assertEquals(ExitCode.FAILURE, translate.exitCode());
    assertEquals("dragoman: " + folder.resolve("a.txt.zst") + ": " + expected, messages(batch));
    assertEquals(ExitCode.FAILURE, batch.exitCode());
  }

  @ParameterizedTest
  @ValueSource(strings = {"ro", "noexec"})
  void theUsersCacheFolderIsEnough(String options) throws Exception {
    Path cache = Files.createDirectory(folder.resolve("cache"));

    ChildProcess translate = run(options, cache, translate());
    ChildProcess batch =
        run(options, cache, batch("--memory", folder.resolve("memory").toString()));

    assertEquals("A dog.\n", messages(translate));
    assertEquals("", messages(batch));
    assertTrue(Files.exists(folder.resolve("out/a.txt.zst")));
  }

  @Test
  void aFolderThatIsTooSmallIsNamed() throws Exception {
    Path file = Files.createFile(folder.resolve("file"));

    ChildProcess translate = run("size=20m", file, translate());

    String message = messages(translate);
    assertTrue(
        message.matches(
            "dragoman: cannot unpack native libraries into "
                + mounted
                + "/dragoman-\\S+: \\d+ MB are free there, and 100 are needed; set TMPDIR .+\n"),
        message);
    assertEquals(ExitCode.FAILURE, translate.exitCode());
  }

  private List<String> translate() {
    return List.of("translate", "-q", "--device", "cpu", "--model", model(), text.toString());
  }

  private List<String> batch(String... more) {
    List<String> words = new ArrayList<>(List.of("batch", "-q", "--device", "cpu", "--model"));
    words.addAll(List.of(model(), "-o", folder.resolve("out").toString()));
    words.addAll(List.of(more));
    words.add(folder.resolve("a.txt.zst").toString());
    return words;
  }

  private static String model() {
    return Repository.MODEL.toString();
  }

  private ChildProcess run(String options, Path cache, List<String> arguments) throws IOException {
    String shell = "mount -t tmpfs -o \"$1\" tmpfs \"$2\" && shift 2 && exec \"$@\"";
    List<String> before = new ArrayList<>(List.of("env", "XDG_CACHE_HOME=" + cache));
    before.addAll(List.of("unshare", "--mount", "--map-root-user", "/bin/bash", "-c", shell));
    before.addAll(List.of("bash", options, mounted.toString()));
    return ChildProcess.behind(
        before, Main.class, List.of("-Djava.io.tmpdir=" + mounted), arguments);
  }

  /** Returns all that the program said; Java says that a module is an incubator's. */
  private static String messages(ChildProcess process) throws Exception {
    process.exitCode();
    return process
        .messages()
        .lines()
        .filter(line -> !line.startsWith("WARNING: Using incubator modules"))
        .map(line -> line + "\n")
        .collect(Collectors.joining());
  }
}
