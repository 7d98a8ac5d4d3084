// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.cli.files;

import java.io.OutputStream;

/** Standard output, a device or a pipe: what is written cannot be taken back. */
public final class StreamOutput extends Output {
  private final String name;

  public StreamOutput(String name, OutputStream out) {
    super(out);
    this.name = name;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  void publish() {}

  @Override
  String keep(long lines, long bytes) {
    return first(lines) + (lines < 2 ? " was" : " were") + " written";
  }
}
