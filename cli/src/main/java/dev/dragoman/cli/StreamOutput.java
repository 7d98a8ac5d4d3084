package dev.dragoman.cli;

import java.io.OutputStream;

/** Standard output, a device or a pipe: what is written cannot be taken back. */
final class StreamOutput extends Output {
  private final String name;

  StreamOutput(String name, OutputStream out) {
    super(out);
    this.name = name;
  }

  @Override
  String name() {
    return name;
  }

  @Override
  void publish() {}

  @Override
  String keep(long lines, long bytes) {
    return first(lines) + (lines < 2 ? " was" : " were") + " written";
  }
}
