package dev.dragoman.cli.lines;

import java.io.IOException;

/** An input is not text; the message says what it is, and what to do, without its name. */
public final class NotTextException extends IOException {
  private static final long serialVersionUID = 1;

  NotTextException(String message) {
    super(message);
  }
}
