// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.device.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The fatbin that is used was made from the sources beside it, and so was the committed one. */
class FatbinTest {
  private static final Path SOURCES = Path.of("src/main/cuda");
  private static final String NAME = "dev/dragoman/device/cuda/kernels.fatbin";
  static final Path FATBIN = Path.of("target/classes", NAME);
  private static final Path COMMITTED = Path.of("src/main/resources", NAME);

  /** A fatbin may be for some architectures only; its hash is followed by them then. */
  @Test
  void theUsedFatbinsHashIsThatOfTheSources() throws IOException, NoSuchAlgorithmException {
    String made = Files.readString(Path.of(FATBIN + ".sha256")).strip();
    assertEquals(
        hashOfSources(),
        made.split(",")[0],
        "the kernels have changed since kernels.fatbin was made: build once with nvcc");
  }

  /** A branch may leave the committed fatbin stale until its end; a release may not. */
  @Test
  void theCommittedFatbinsHashIsThatOfTheSources() throws IOException, NoSuchAlgorithmException {
    String made = Files.readString(Path.of(COMMITTED + ".sha256")).strip();
    String hash = hashOfSources();
    String stale =
        "the committed kernels.fatbin was made from other sources: kernels/src/main/cuda/fatbin.sh"
            + " commit replaces it";
    if (!Boolean.getBoolean("dragoman.release")) {
      assumeTrue(hash.equals(made), stale);
    }
    assertEquals(hash, made, stale);
  }

  private static String hashOfSources() throws IOException, NoSuchAlgorithmException {
    MessageDigest hash = MessageDigest.getInstance("SHA-256");
    for (Path source : sources()) {
      hash.update(Files.readAllBytes(source));
    }
    hash.update(Files.readAllBytes(Path.of("target/door/layout.cuh")));
    return HexFormat.of().formatHex(hash.digest());
  }

  @Test
  void theUsedFatbinIsAFatBinary() throws IOException {
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

  private static List<Path> sources() throws IOException {
    try (Stream<Path> files = Files.list(SOURCES)) {
      return files
          .filter(
              file ->
                  file.getFileName()
                      .toString()
                      .matches(".*\\.(cu|cuh|list)|fatbin\\.sh|resources\\..*"))
          .sorted((a, b) -> a.getFileName().toString().compareTo(b.getFileName().toString()))
          .toList();
    }
  }
}
