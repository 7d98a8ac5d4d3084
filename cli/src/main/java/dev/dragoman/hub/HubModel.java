// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.hub;

import java.util.List;

/**
 * A model at one point of its history.
 *
 * @param name on the hub
 * @param commit the point
 * @param files that are needed to translate
 */
public record HubModel(ModelName name, String commit, List<HubFile> files) {

  /** Returns the size of all files together. */
  public long bytes() {
    return files.stream().mapToLong(HubFile::size).sum();
  }
}
