// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.dragoman.Hang;
import dev.dragoman.cli.console.ExitCode;
import dev.dragoman.cli.translate.TranslateCommand;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
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
  private LauncherTree tree;

  @BeforeEach
  void makeTree() throws IOException {
    assumeTrue(Files.exists(Path.of("/bin/bash")), "there is no /bin/bash here");
    tree = new LauncherTree(folder);
  }

  @Test
  void buildsOnFirstUseAndAgainWhenASourceIsNewer() throws Exception {
    LauncherTree.Result first = tree.run("./dragoman", "--version");
    assertTrue(first.out().contains(STARTED), first.err());
    assertTrue(first.err().contains("building the engine"), first.err());
    assertEquals(0, first.exitCode());

    assertEquals("", tree.run("./dragoman", "--version").err());
    assertEquals(1, tree.builds());

    int builds = 1;
    for (String name : List.of("engine/src/main/New.java", "kernels/src/generator/New.java")) {
      Path source = Files.writeString(tree.root.resolve(name), "");
      Files.setLastModifiedTime(source, FileTime.from(Instant.now().plusSeconds(5)));
      tree.run("./dragoman", "--version");
      builds++;
      assertEquals(builds, tree.builds(), name);
    }
  }

  @Test
  void buildsWhatATranslationNeedsAndNothingElse() throws Exception {
    tree.run("./dragoman --version");

    assertEquals(
        List.of("-B -Dquick process-classes"), Files.readAllLines(tree.root.resolve("arguments")));
    List<String> app = tree.run("cd cli/target/launcher/app-*; ls").out().lines().toList();
    assertEquals(List.of("dragoman-cli.jar", "dragoman-engine.jar", "some.jar"), app);
  }

  @Test
  void aCheckoutUnderAnotherNameOrWithNewTimesIsNotBuiltAgain() throws Exception {
    Files.writeString(tree.root.resolve("engine/src/main/Old.java"), "class Old {}");
    tree.run("./dragoman --version");

    tree.root = Files.move(tree.root, folder.resolve("moved"));
    assertEquals("", tree.run("./dragoman --version").err());

    tree.run("cp -r ../moved ../copy");
    tree.root = folder.resolve("copy");
    Path source = tree.root.resolve("engine/src/main/Old.java");
    Files.setLastModifiedTime(source, FileTime.from(Instant.now()));
    assertEquals("", tree.run("./dragoman --version").err());
    assertEquals(1, tree.builds());

    Files.writeString(source, "class Bad {}"); // as many bytes
    String err = tree.run("./dragoman --version").err();
    assertTrue(err.contains("the sources have changed"), err);
    assertEquals(2, tree.builds());
  }

  @Test
  void worksFromAnywhereThroughALink() throws Exception {
    Path link = Files.createSymbolicLink(folder.resolve("link"), tree.root.resolve("dragoman"));
    Path linkToLink = Files.createSymbolicLink(folder.resolve("bin/dragoman"), Path.of("../link"));

    LauncherTree.Result result =
        tree.run(
            "cd /; "
                + LauncherTree.quote(linkToLink)
                + " --version; "
                + LauncherTree.quote(link)
                + " --version");

    assertEquals(2, result.out().lines().filter(line -> line.contains(STARTED)).count());
  }

  @Test
  void twoFirstRunsBuildOnce() throws Exception {
    assumeTrue(Files.exists(Path.of("/usr/bin/flock")), "skipped: there is no flock here");
    tree.environment.put("AWAITED", "waiting for another build");

    LauncherTree.Result result =
        tree.run("./dragoman --version 2>>log & ./dragoman --version 2>>log; wait");

    assertEquals(2, result.out().lines().count(), Files.readString(tree.root.resolve("log")));
    assertEquals(1, tree.builds());
  }

  @Test
  void aFailedBuildShowsWhyAndIsTriedAgain() throws Exception {
    LauncherTree.Result failed = tree.run("BUILD_FAILS=1 ./dragoman --version");

    assertEquals(1, failed.exitCode());
    assertTrue(failed.err().contains("[ERROR] the compiler is unhappy"), failed.err());
    assertTrue(failed.err().contains("build.log"), failed.err());
    assertEquals(0, tree.run("./dragoman", "--version").exitCode());
  }

  @Test
  void aJavaThatIsTooOldIsRefused() throws Exception {
    tree.fakeJava(tree.java, "11.0.2");

    LauncherTree.Result result = tree.run("./dragoman --version");

    assertEquals(1, result.exitCode());
    assertTrue(result.err().contains("is not Java 17 or newer"), result.err());
  }

  @Test
  void javaIsFoundInJavaHomeAndAnOldOneIsPassedBy() throws Exception {
    Path old = folder.resolve("old");
    tree.fakeJava(old, "1.8.0_392");

    LauncherTree.Result home =
        tree.run(
            "unset DRAGOMAN_JAVA; JAVA_HOME="
                + LauncherTree.quote(tree.java)
                + " ./dragoman --version");
    LauncherTree.Result path =
        tree.run(
            "unset DRAGOMAN_JAVA; JAVA_HOME="
                + LauncherTree.quote(old)
                + " PATH="
                + LauncherTree.quote(tree.java)
                + "/bin:$PATH ./dragoman --version");

    assertTrue(home.out().contains(STARTED), home.err());
    assertTrue(path.out().contains(STARTED), path.err());
  }

  @Test
  void allPlacesForJavaAreLookedAtWithoutAHome() throws Exception {
    tree.run("./dragoman --version");
    Path old = folder.resolve("old");
    tree.fakeJava(old, "1.8.0_392"); // as no other Java is named, the usual places are looked at
    String places =
        "unset DRAGOMAN_JAVA; JAVA_HOME= PATH=" + LauncherTree.quote(old) + "/bin:$PATH ";

    for (String home : List.of("env -u HOME", "env HOME=", "env HOME=/nonexistent")) {
      LauncherTree.Result result = tree.run(places + home + " ./dragoman --version");

      assertFalse(result.err().contains("dragoman: line "), home + ": " + result.err());
    }
  }

  @Test
  void theFolderForTemporaryFilesIsJavasUnlessAnOptionNamesAnother() throws Exception {
    tree.run("./dragoman --version");

    LauncherTree.Result named =
        tree.run("TMPDIR='/some where' DRAGOMAN_JAVA_OPTS=-Djava.io.tmpdir=/x ./dragoman a");
    LauncherTree.Result unnamed = tree.run("env -u TMPDIR ./dragoman a; TMPDIR= ./dragoman a");

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
    tree.run("./dragoman --version");
    Files.writeString(tree.root.resolve("small"), "Bonjour.\n");
    Files.writeString(tree.root.resolve("large"), "Bonjour.\n".repeat(1000));

    String java = tree.run("./dragoman translate " + arguments).out();

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
    tree.run("./dragoman --version");
    Files.writeString(tree.root.resolve("small"), "Bonjour.\n");

    String java = tree.run("./dragoman " + command).out();

    assertEquals(little.equals("yes"), java.contains("-XX:TieredStopAtLevel=1 "), java);
  }

  @Test
  void exitCodesAndArgumentsPass() throws Exception {
    tree.buildForRealJava();
    LauncherTree.Result result = tree.run("./dragoman translate --beam-size 'a b'");

    assertEquals(ExitCode.USAGE, result.exitCode());
    assertTrue(result.err().contains("'a b'"), result.err());
  }

  @Test
  void messagesReachStandardErrorWhereverItGoes() throws Exception {
    tree.buildForRealJava();
    String wrong = "./dragoman translate --beam-size 65";
    String message = "dragoman: --beam-size must be from 1 to 64, not 65\n";
    String usage = message + "Try 'dragoman translate --help'.\n";

    assertEquals(usage, tree.run(wrong).err());
    assertEquals(usage, tree.run(wrong + " 2>&1 >/dev/null | cat").out());
    assertEquals(
        "before\n" + usage + "after\n",
        tree.run("{ echo before >&2; " + wrong + "; echo after >&2; } 2>log; cat log").out());
    assertEquals(
        "before\n" + usage, tree.run("echo before >log; " + wrong + " 2>>log; cat log").out());
    assertEquals(ExitCode.USAGE, tree.run(wrong + " 2>&-").exitCode());
  }

  @Test
  void whatJavaItselfSaysIsNotLost() throws Exception {
    tree.buildForRealJava();

    LauncherTree.Result result =
        tree.run("DRAGOMAN_JAVA_OPTS=-XX:+NoSuchFlag ./dragoman --version");

    assertTrue(result.err().contains("NoSuchFlag"), result.err());
    assertEquals(1, result.exitCode());
  }

  @Test
  void closedStandardStreamsAreFailuresNotCrashes() throws Exception {
    tree.buildForRealJava();

    for (String command : List.of("completion", "--help", "translate --help", "--version")) {
      LauncherTree.Result result = tree.run("./dragoman " + command + " >&-");

      assertEquals(ExitCode.FAILURE, result.exitCode(), command);
      assertTrue(result.err().startsWith("dragoman: "), result.err());
    }
  }
}
