package dev.dragoman.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.dragoman.Hang;
import dev.dragoman.cli.console.ExitCode;
import dev.dragoman.cli.translate.TranslateCommand;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Runs the script in a small tree of its own, where a fake Maven "builds" an empty jar. Java is a
 * fake, too, which prints its arguments; where it matters, the real one runs the classes under
 * test.
 */
@Timeout(Hang.SECONDS)
final class LauncherTest {
  private static final String STARTED = "dev.dragoman.cli.Main --version";

  @TempDir private Path folder;
  private Path root;
  private Path java;
  private final Map<String, String> environment = new HashMap<>();

  /** What one run gave. */
  private record Result(int exitCode, String out, String err) {}

  @BeforeEach
  void makeTree() throws IOException {
    Path script = Path.of(System.getProperty("dragoman.root"), "dragoman");
    assumeTrue(Files.exists(Path.of("/bin/bash")), "there is no /bin/bash here");
    root = Files.createDirectories(folder.resolve("a clone"));
    Files.copy(script, root.resolve("dragoman"));
    Files.writeString(root.resolve("pom.xml"), "");
    for (String module : List.of("engine", "cli")) {
      Files.createDirectories(root.resolve(module).resolve("src/main"));
      Files.writeString(root.resolve(module).resolve("pom.xml"), "");
    }
    program(
        "bin/mvn",
        """
        if [ "$1" = --version ]; then echo "Apache Maven 3.9.1"; exit; fi
        echo run >>builds
        until [ -z "${AWAITED:-}" ] || grep -q "$AWAITED" log; do sleep 0.01; done
        [ -z "${BUILD_FAILS:-}" ] || { echo "[ERROR] the compiler is unhappy"; exit 1; }
        echo "[INFO] Building Dragoman engine 0.1.0 [1/1]"
        echo "$*" >arguments
        mkdir -p engine/target/classes cli/target/classes cli/target/launcher/lib
        touch cli/target/launcher/lib/some.jar
        """);
    java = folder.resolve("jdk");
    fakeJava(java, "17.0.1");
  }

  @Test
  void buildsOnFirstUseAndAgainWhenASourceIsNewer() throws Exception {
    Result first = run("./dragoman", "--version");
    assertTrue(first.out().contains(STARTED), first.err());
    assertTrue(first.err().contains("building the engine"), first.err());
    assertEquals(0, first.exitCode());

    assertEquals("", run("./dragoman", "--version").err());
    assertEquals(1, builds());

    Path source = Files.writeString(root.resolve("engine/src/main/New.java"), "");
    Files.setLastModifiedTime(source, FileTime.from(Instant.now().plusSeconds(5)));
    run("./dragoman", "--version");
    assertEquals(2, builds());
  }

  @Test
  void buildsWhatATranslationNeedsAndNothingElse() throws Exception {
    run("./dragoman --version");

    assertEquals(
        List.of("-B -Dquick process-classes"), Files.readAllLines(root.resolve("arguments")));
    List<String> app = run("cd cli/target/launcher/app-*; ls").out().lines().toList();
    assertEquals(List.of("dragoman-cli.jar", "dragoman-engine.jar", "some.jar"), app);
  }

  @Test
  void aCheckoutUnderAnotherNameOrWithNewTimesIsNotBuiltAgain() throws Exception {
    Files.writeString(root.resolve("engine/src/main/Old.java"), "class Old {}");
    run("./dragoman --version");

    root = Files.move(root, folder.resolve("moved"));
    assertEquals("", run("./dragoman --version").err());

    run("cp -r ../moved ../copy");
    root = folder.resolve("copy");
    Path source = root.resolve("engine/src/main/Old.java");
    Files.setLastModifiedTime(source, FileTime.from(Instant.now()));
    assertEquals("", run("./dragoman --version").err());
    assertEquals(1, builds());

    Files.writeString(source, "class Bad {}"); // as many bytes
    String err = run("./dragoman --version").err();
    assertTrue(err.contains("the sources have changed"), err);
    assertEquals(2, builds());
  }

  @Test
  void worksFromAnywhereThroughALink() throws Exception {
    Path link = Files.createSymbolicLink(folder.resolve("link"), root.resolve("dragoman"));
    Path linkToLink = Files.createSymbolicLink(folder.resolve("bin/dragoman"), Path.of("../link"));

    Result result = run("cd /; " + quote(linkToLink) + " --version; " + quote(link) + " --version");

    assertEquals(2, result.out().lines().filter(line -> line.contains(STARTED)).count());
  }

  @Test
  void twoFirstRunsBuildOnce() throws Exception {
    assumeTrue(Files.exists(Path.of("/usr/bin/flock")), "skipped: there is no flock here");
    environment.put("AWAITED", "waiting for another build");

    Result result = run("./dragoman --version 2>>log & ./dragoman --version 2>>log; wait");

    assertEquals(2, result.out().lines().count(), Files.readString(root.resolve("log")));
    assertEquals(1, builds());
  }

  @Test
  void aFailedBuildShowsWhyAndIsTriedAgain() throws Exception {
    Result failed = run("BUILD_FAILS=1 ./dragoman --version");

    assertEquals(1, failed.exitCode());
    assertTrue(failed.err().contains("[ERROR] the compiler is unhappy"), failed.err());
    assertTrue(failed.err().contains("build.log"), failed.err());
    assertEquals(0, run("./dragoman", "--version").exitCode());
  }

  @Test
  void aJavaThatIsTooOldIsRefused() throws Exception {
    fakeJava(java, "11.0.2");

    Result result = run("./dragoman --version");

    assertEquals(1, result.exitCode());
    assertTrue(result.err().contains("is not Java 17 or newer"), result.err());
  }

  @Test
  void javaIsFoundInJavaHomeAndAnOldOneIsPassedBy() throws Exception {
    Path old = folder.resolve("old");
    fakeJava(old, "1.8.0_392");

    Result home = run("unset DRAGOMAN_JAVA; JAVA_HOME=" + quote(java) + " ./dragoman --version");
    Result path =
        run(
            "unset DRAGOMAN_JAVA; JAVA_HOME="
                + quote(old)
                + " PATH="
                + quote(java)
                + "/bin:$PATH ./dragoman --version");

    assertTrue(home.out().contains(STARTED), home.err());
    assertTrue(path.out().contains(STARTED), path.err());
  }

  @Test
  void allPlacesForJavaAreLookedAtWithoutAHome() throws Exception {
    run("./dragoman --version");
    Path old = folder.resolve("old");
    fakeJava(old, "1.8.0_392"); // as no other Java is named, the usual places are looked at
    String places = "unset DRAGOMAN_JAVA; JAVA_HOME= PATH=" + quote(old) + "/bin:$PATH ";

    for (String home : List.of("env -u HOME", "env HOME=", "env HOME=/nonexistent")) {
      Result result = run(places + home + " ./dragoman --version");

      assertFalse(result.err().contains("dragoman: line "), home + ": " + result.err());
    }
  }

  @Test
  void theFolderForTemporaryFilesIsJavasUnlessAnOptionNamesAnother() throws Exception {
    run("./dragoman --version");

    Result named = run("TMPDIR='/some where' DRAGOMAN_JAVA_OPTS=-Djava.io.tmpdir=/x ./dragoman a");
    Result unnamed = run("env -u TMPDIR ./dragoman a; TMPDIR= ./dragoman a");

    String options = named.out();
    int folder = options.indexOf(" -Djava.io.tmpdir=/some where ");
    assertTrue(folder > 0 && folder < options.indexOf(" -Djava.io.tmpdir=/x "), options);
    assertFalse(unnamed.out().contains("java.io.tmpdir"), unnamed.out());
  }

  @ParameterizedTest
  @CsvSource({
    "yes, small",
    "yes, -q small small",
    "yes, --beam-size 1 small",
    "yes, --model . -i small --beam-size 1",
    "yes, -ismall",
    "yes, --input=small",
    "yes, <small",
    "yes, -o small <small",
    "no, ''",
    "no, large",
    "no, small large",
    "no, <large",
    "no, small -",
    "no, missing",
    "no, @small",
    "no, --output small",
    "no, --output=small",
    "no, --shortlist small <large",
    "no, --precision int8 small",
    "no, --precision=int8 small",
    "no, <(cat small)",
  })
  void javaCompilesLessWhereThereAreFewLinesForSure(String few, String arguments) throws Exception {
    run("./dragoman --version");
    Files.writeString(root.resolve("small"), "Bonjour.\n");
    Files.writeString(root.resolve("large"), "Bonjour.\n".repeat(1000));

    String java = run("./dragoman translate " + arguments).out();

    String expected = " -XX:TieredStopAtLevel=1 -D" + TranslateCommand.FEW_LINES + "=true ";
    assertEquals(few.equals("yes"), java.contains(expected), java);
    assertEquals(few.equals("yes"), java.contains("TieredStopAtLevel"), java);
  }

  @ParameterizedTest
  @CsvSource({
    "yes, ''",
    "yes, --version",
    "yes, --help",
    "yes, info small",
    "yes, pull a/b",
    "yes, completion",
    "no, batch small",
    "no, bench small",
    "no, doctor",
    "no, convert small other",
    "no, -q translate small"
  })
  void ofOtherCommandsThoseThatComputeLittleAreCompiledLess(String little, String command)
      throws Exception {
    run("./dragoman --version");
    Files.writeString(root.resolve("small"), "Bonjour.\n");

    String java = run("./dragoman " + command).out();

    assertEquals(little.equals("yes"), java.contains("-XX:TieredStopAtLevel=1 "), java);
  }

  @Test
  void exitCodesAndArgumentsPass() throws Exception {
    buildForRealJava();
    Result result = run("./dragoman translate --beam-size 'a b'");

    assertEquals(ExitCode.USAGE, result.exitCode());
    assertTrue(result.err().contains("'a b'"), result.err());
  }

  @Test
  void messagesReachStandardErrorWhereverItGoes() throws Exception {
    buildForRealJava();
    String wrong = "./dragoman translate --beam-size 65";
    String message = "dragoman: --beam-size must be from 1 to 64, not 65\n";
    String usage = message + "Try 'dragoman translate --help'.\n";

    assertEquals(usage, run(wrong).err());
    assertEquals(usage, run(wrong + " 2>&1 >/dev/null | cat").out());
    assertEquals(
        "before\n" + usage + "after\n",
        run("{ echo before >&2; " + wrong + "; echo after >&2; } 2>log; cat log").out());
    assertEquals("before\n" + usage, run("echo before >log; " + wrong + " 2>>log; cat log").out());
    assertEquals(ExitCode.USAGE, run(wrong + " 2>&-").exitCode());
  }

  @Test
  void whatJavaItselfSaysIsNotLost() throws Exception {
    buildForRealJava();

    Result result = run("DRAGOMAN_JAVA_OPTS=-XX:+NoSuchFlag ./dragoman --version");

    assertTrue(result.err().contains("NoSuchFlag"), result.err());
    assertEquals(1, result.exitCode());
  }

  @Test
  void closedStandardStreamsAreFailuresNotCrashes() throws Exception {
    buildForRealJava();

    for (String command : List.of("completion", "--help", "translate --help", "--version")) {
      Result result = run("./dragoman " + command + " >&-");

      assertEquals(ExitCode.FAILURE, result.exitCode(), command);
      assertTrue(result.err().startsWith("dragoman: "), result.err());
    }
  }

  /** Builds for the real Java, which runs from here on. */
  private void buildForRealJava() throws Exception {
    run("./dragoman --version");
    environment.put("TEST_REAL", "yes");
  }

  /** A directory that looks like a JDK of this version, with the running Java behind it. */
  private void fakeJava(Path home, String version) throws IOException {
    Files.createDirectories(home);
    Files.writeString(home.resolve("release"), "JAVA_VERSION=\"" + version + "\"\n");
    String name = folder.relativize(home).toString();
    program(name + "/bin/javac", "");
    program(
        name + "/bin/jar",
        """
        while [ "$1" != --file ]; do shift; done
        touch "$2"
        """);
    program(
        name + "/bin/java",
        """
        [ -n "${TEST_REAL:-}" ] || { echo "$*"; exit; }
        arguments=()
        while [ $# -gt 0 ]; do
          case $1 in
            -cp) arguments+=(-cp "$TEST_CLASSPATH"); shift 2 ;;
            *) arguments+=("$1"); shift ;;
          esac
        done
        exec "$TEST_JAVA" -XX:TieredStopAtLevel=1 "${arguments[@]}"
        """);
  }

  private void program(String name, String script) throws IOException {
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, "#!/bin/bash\n" + script);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  private Result run(String... command) throws Exception {
    Path out = Files.createTempFile(folder, "out", "");
    List<String> words = new ArrayList<>(List.of("/bin/bash", "-c", String.join(" ", command)));
    ProcessBuilder builder =
        new ProcessBuilder(words)
            .directory(root.toFile())
            .redirectInput(Path.of("/dev/null").toFile())
            .redirectOutput(out.toFile());
    builder.environment().put("PATH", folder.resolve("bin") + ":" + System.getenv("PATH"));
    builder.environment().put("DRAGOMAN_JAVA", java.toString());
    builder.environment().put("TEST_JAVA", System.getProperty("java.home") + "/bin/java");
    builder.environment().put("TEST_CLASSPATH", System.getProperty("java.class.path"));
    builder.environment().remove("DRAGOMAN_JAVA_OPTS");
    builder.environment().putAll(environment);
    Process process = builder.start();
    // Reads to the end: what Java says goes through a filter, which may outlive Java by a moment.
    CompletableFuture<String> err = CompletableFuture.supplyAsync(() -> read(process));
    try {
      return new Result(process.waitFor(), Files.readString(out), err.get());
    } finally {
      process.destroyForcibly();
    }
  }

  private static String read(Process process) {
    try {
      return new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private long builds() throws IOException {
    try (var lines = Files.lines(root.resolve("builds"))) {
      return lines.count();
    }
  }

  private static String quote(Path path) {
    return "'" + path + "'";
  }
}
