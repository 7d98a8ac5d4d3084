package dev.dragoman.device.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The committed fatbin was made from the sources beside it, and Java knows what is in them. */
class FatbinTest {
  private static final Path SOURCES = Path.of("src/main/cuda");
  static final Path FATBIN = Path.of("src/main/resources/dev/dragoman/device/cuda/kernels.fatbin");
  private static final Pattern KERNEL =
      Pattern.compile("__global__\\s+void\\s+__launch_bounds__\\([^)]*\\)\\s+(\\w+)\\(");

  private static final Pattern TYPED =
      Pattern.compile("define TYPED_KERNELS \"(\\w+\\.cuh)\"\\s+#include \"(\\w+\\.cuh)\"");
  private static final Pattern TYPED_KERNEL =
      Pattern.compile(
          "__global__\\s+void\\s+__launch_bounds__\\([^)]*\\)\\s+KERNEL(_F32)?\\((\\w+)\\)\\(");

  @Test
  void itsHashIsThatOfTheSources() throws IOException, NoSuchAlgorithmException {
    MessageDigest hash = MessageDigest.getInstance("SHA-256");
    for (Path source : sources(".*\\.(cu|cuh)|build\\.sh|resources\\..*")) {
      hash.update(Files.readAllBytes(source));
    }
    assertEquals(
        Files.readString(Path.of(FATBIN + ".sha256")).strip(),
        HexFormat.of().formatHex(hash.digest()),
        "the kernels have changed since kernels.fatbin was built: build once with nvcc");
  }

  @Test
  void itIsAFatBinary() throws IOException {
    ByteBuffer image = ByteBuffer.wrap(Files.readAllBytes(FATBIN)).order(ByteOrder.LITTLE_ENDIAN);
    assertEquals(0xba55ed50, image.getInt(0));
  }

  @Test
  void whatIsNotWholeIsRefusedBeforeTheDriverSeesIt() throws IOException {
    byte[] image = Files.readAllBytes(FATBIN);
    assertEquals(image.length, Fatbin.of(image, new byte[0]).image().length);
    for (int bytes : new int[] {0, 3, 15, 16, image.length / 2, image.length - 1}) {
      CudaFailure failure =
          assertThrows(
              CudaFailure.class, () -> Fatbin.of(Arrays.copyOf(image, bytes), new byte[0]));
      assertTrue(failure.getMessage().startsWith("the kernels are damaged (kernels.fatbin: "));
      assertTrue(failure.getMessage().endsWith("build or unpack the program again"));
    }
    byte[] other = image.clone();
    other[0]++;
    assertThrows(CudaFailure.class, () -> Fatbin.of(other, new byte[0]));
  }

  @Test
  void everyKernelIsInTheTableAndNoOther() throws IOException {
    TreeSet<String> written = new TreeSet<>();
    Map<String, List<String>> types = new HashMap<>();
    for (Path source : sources(".*\\.cu")) {
      Matcher kernels = KERNEL.matcher(Files.readString(source));
      while (kernels.find()) {
        written.add(kernels.group(1));
      }
    }
    for (Path source : sources("for_.*_types\\.cuh")) {
      types.put(source.getFileName().toString(), typesOf(Files.readString(source)));
    }
    for (Path source : sources(".*\\.cu")) {
      Matcher included = TYPED.matcher(Files.readString(source));
      while (included.find()) {
        String typed = Files.readString(SOURCES.resolve(included.group(1)));
        Matcher kernels = TYPED_KERNEL.matcher(typed);
        while (kernels.find()) {
          String result = kernels.group(1) == null ? "" : "_f32";
          for (String type : types.get(included.group(2))) {
            written.add(kernels.group(2) + "_" + type + result);
          }
        }
      }
    }
    assertTrue(written.size() > 40, "the pattern finds the kernels: " + written);
    assertEquals(written, KernelTable.names().collect(Collectors.toCollection(TreeSet::new)));
  }

  /** Every type that a file of types includes kernels for. */
  private static List<String> typesOf(String file) {
    return Pattern.compile("define KERNEL\\(name\\) name##_(\\w+)")
        .matcher(file)
        .results()
        .map(result -> result.group(1))
        .toList();
  }

  private static List<Path> sources(String pattern) throws IOException {
    try (Stream<Path> files = Files.list(SOURCES)) {
      return files
          .filter(file -> file.getFileName().toString().matches(pattern))
          .sorted((a, b) -> a.getFileName().toString().compareTo(b.getFileName().toString()))
          .toList();
    }
  }
}
