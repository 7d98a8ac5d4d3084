// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.doctor;

import java.util.List;

/**
 * How the translations of a model compare with its golden outputs.
 *
 * @param compared lines, each with its options
 * @param allowed how many may be others
 * @param differences those that are, to be read
 */
public record ModelResult(int compared, int allowed, List<String> differences) {

  /** Returns whether few enough are others. */
  public boolean agrees() {
    return differences.size() <= allowed;
  }
}
