// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.device.cuda;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a kernel takes of a multiprocessor, the most on any architecture, as the compiler said.
 *
 * @param registers of a thread
 * @param staticSharedBytes of a block
 * @param stackBytes of a thread
 * @param spilledBytes written and read by a thread because registers were too few
 */
record Resources(int registers, int staticSharedBytes, int stackBytes, int spilledBytes) {
  private static final Path TABLE = Path.of("src/main/cuda/resources.tsv");

  /** Returns the resources of all kernels, by name. */
  static Map<String, Resources> ofKernels() {
    Map<String, Resources> kernels = new TreeMap<>();
    try {
      Files.readAllLines(TABLE).stream()
          .skip(1) // the columns' names
          .map(line -> line.split("\t"))
          .forEach(row -> kernels.put(row[0], of(row)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return kernels;
  }

  private static Resources of(String[] row) {
    return new Resources(
        Integer.parseInt(row[1]),
        Integer.parseInt(row[2]),
        Integer.parseInt(row[3]),
        Integer.parseInt(row[4]));
  }
}
