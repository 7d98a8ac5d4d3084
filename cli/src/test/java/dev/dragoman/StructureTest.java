// SPDX-License-Identifier: Apache-2.0
package dev.dragoman;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.jna.Library;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.util.JavacTask;
import com.sun.source.util.SourcePositions;
import com.sun.source.util.TreeScanner;
import com.sun.source.util.Trees;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.domain.JavaConstructor;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;

/** The program's own rules of structure, for the classes and sources of all modules. */
class StructureTest {
  private static final int MOST_LINES = 350;
  private static final int MOST_LINES_OF_A_METHOD = 60;
  private static final int MOST_PARAMETERS = 6;
  private static final int MOST_COMPONENTS = 9;

  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .withImportOption(location -> !location.contains("-tests.jar"))
          .importPackages("dev.dragoman");

  @Test
  void thereAreNoCirclesBetweenPackages() {
    slices().assignedFrom(new Packages()).should().beFreeOfCycles().check(CLASSES);
  }

  /** Takes each package for itself, those below it for others. */
  private static final class Packages implements SliceAssignment {
    @Override
    public SliceIdentifier getIdentifierOf(JavaClass type) {
      return SliceIdentifier.of(type.getPackageName());
    }

    @Override
    public String getDescription() {
      return "packages";
    }
  }

  @Test
  void librariesKnowNothingOfTheCommandLine() {
    noClasses()
        .that()
        .resideOutsideOfPackage("dev.dragoman.cli..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("dev.dragoman.cli..", "picocli..")
        .check(CLASSES);
  }

  @Test
  void parameterListsAreShort() {
    List<String> tooLong =
        CLASSES.stream()
            .flatMap(type -> type.getCodeUnits().stream())
            .filter(unit -> !unit.getModifiers().contains(JavaModifier.SYNTHETIC))
            // The functions of a C library have the parameters that they have there.
            .filter(unit -> !unit.getOwner().isAssignableTo(Library.class))
            .filter(unit -> parameters(unit) > most(unit))
            .map(JavaCodeUnit::getFullName)
            .sorted()
            .toList();
    assertEquals(List.of(), tooLong);
  }

  /** Counts the parameters in the source; constructors of enums get a name and a number beside. */
  private static int parameters(JavaCodeUnit unit) {
    int all = unit.getRawParameterTypes().size();
    return unit instanceof JavaConstructor && unit.getOwner().isEnum() ? all - 2 : all;
  }

  private static int most(JavaCodeUnit unit) {
    boolean components = unit instanceof JavaConstructor && unit.getOwner().isRecord();
    return components ? MOST_COMPONENTS : MOST_PARAMETERS;
  }

  @Test
  void sourcesAreShort() throws IOException {
    Set<String> kinds = Set.of("java", "cu", "cuh", "cpp", "cc", "h", "py", "sh", "md");
    List<Path> files = new ArrayList<>(files(Path.of(".ci")));
    files.add(Repository.ROOT.resolve("dragoman"));
    Stream.concat(sources().stream(), files(Path.of("docs")).stream())
        .filter(file -> kinds.contains(file.toString().replaceFirst(".*\\.", "")))
        .forEach(files::add);
    List<String> tooLong =
        files.stream()
            .filter(file -> lines(file) > MOST_LINES)
            .map(file -> Repository.ROOT.relativize(file) + " has " + lines(file) + " lines")
            .toList();
    assertEquals(List.of(), tooLong);
  }

  @Test
  void methodsAreShort() throws IOException {
    List<Path> java = sources().stream().filter(file -> file.toString().endsWith(".java")).toList();
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    try (var files = compiler.getStandardFileManager(null, null, StandardCharsets.UTF_8)) {
      JavacTask task =
          (JavacTask)
              compiler.getTask(
                  null, files, null, null, null, files.getJavaFileObjectsFromPaths(java));
      MethodLengths lengths = new MethodLengths(Trees.instance(task).getSourcePositions());
      for (CompilationUnitTree unit : task.parse()) {
        lengths.scan(unit, unit);
      }
      assertTrue(lengths.methods > 0, "no methods below " + Repository.ROOT);
      assertEquals(List.of(), lengths.tooLong);
    }
  }

  /** Counts the methods of sources, and lists those that are too long. */
  private static final class MethodLengths extends TreeScanner<Void, CompilationUnitTree> {
    private final SourcePositions positions;
    private final List<String> tooLong = new ArrayList<>();
    private int methods;

    MethodLengths(SourcePositions positions) {
      this.positions = positions;
    }

    @Override
    public Void visitMethod(MethodTree method, CompilationUnitTree unit) {
      methods++;
      long first = unit.getLineMap().getLineNumber(positions.getStartPosition(unit, method));
      long last = unit.getLineMap().getLineNumber(positions.getEndPosition(unit, method));
      if (last - first + 1 > MOST_LINES_OF_A_METHOD) {
        tooLong.add(unit.getSourceFile().getName() + ": " + method.getName());
      }
      return super.visitMethod(method, unit);
    }
  }

  @Test
  void everyPackageSaysWhatItIs() throws IOException {
    Set<Path> packages =
        sources().stream()
            .filter(file -> file.toString().contains("/src/main/java/"))
            .filter(file -> file.toString().endsWith(".java"))
            .map(Path::getParent)
            .collect(Collectors.toSet());
    List<Path> silent =
        packages.stream()
            .filter(folder -> !Files.exists(folder.resolve("package-info.java")))
            .sorted()
            .toList();
    assertTrue(packages.size() > 1, "no packages below " + Repository.ROOT);
    assertEquals(List.of(), silent);
  }

  private static List<Path> sources() throws IOException {
    List<Path> files = new ArrayList<>();
    for (String module : List.of("engine", "kernels", "cli")) {
      files.addAll(files(Path.of(module, "src")));
    }
    return files;
  }

  private static List<Path> files(Path folder) throws IOException {
    try (Stream<Path> tree = Files.walk(Repository.ROOT.resolve(folder))) {
      return tree.filter(Files::isRegularFile).toList();
    }
  }

  private static long lines(Path file) {
    try (Stream<String> lines = Files.lines(file)) {
      return lines.count();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
