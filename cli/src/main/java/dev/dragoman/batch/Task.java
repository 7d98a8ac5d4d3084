// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.batch;

import com.fasterxml.jackson.annotation.JsonIgnore;
import java.nio.file.Path;

/**
 * One input and its output.
 *
 * @param input as the user named it
 * @param output its name below the output folder
 * @param bytes of the input as it lies there
 * @param sha256 of these
 * @param records that it has
 */
public record Task(String input, String output, long bytes, String sha256, long records) {

  @JsonIgnore
  Compression inputCompression() {
    return Compression.of(input);
  }

  @JsonIgnore
  Compression outputCompression() {
    return Compression.of(output);
  }

  /** Returns the input's name without the extension of its compression, which tells its format. */
  @JsonIgnore
  String contentName() {
    return inputCompression().strip(input);
  }

  Path path() {
    return Path.of(input);
  }
}
