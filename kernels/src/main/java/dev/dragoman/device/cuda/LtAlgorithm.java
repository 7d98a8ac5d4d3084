// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.device.cuda;

import com.sun.jna.Memory;
import java.util.HexFormat;
import java.util.Optional;

/**
 * An algorithm of cublasLt with all of its settings, the order of its sums among them. It can be
 * kept in a file for the same version of the library (cublasLtMatmulAlgo_t).
 *
 * @param hex the 64 bytes that mean it
 * @param workspaceBytes that it needs
 */
record LtAlgorithm(String hex, long workspaceBytes) {
  static final int BYTES = 64;
  private static final HexFormat HEX = HexFormat.of();

  static LtAlgorithm of(byte[] bytes, long workspaceBytes) {
    return new LtAlgorithm(HEX.formatHex(bytes), workspaceBytes);
  }

  /** Returns the algorithm in memory, where cublasLt reads it. */
  Memory inMemory() {
    Memory memory = new Memory(BYTES);
    memory.write(0, HEX.parseHex(hex), 0, BYTES);
    return memory;
  }

  /** Returns the text that a file has for it. */
  String text() {
    return workspaceBytes + " " + hex;
  }

  /** Reads what {@link #text} has written; empty if it is something else. */
  static Optional<LtAlgorithm> parse(String text) {
    if (!text.matches("\\d{1,12} [0-9a-f]{" + 2 * BYTES + "}")) {
      return Optional.empty();
    }
    int space = text.indexOf(' ');
    return Optional.of(
        new LtAlgorithm(text.substring(space + 1), Long.parseLong(text.substring(0, space))));
  }
}
