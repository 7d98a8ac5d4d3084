// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.cli.console;

/** A command cannot go on; the message says what is wrong and where, in one line. */
public final class CommandFailure extends RuntimeException {
  private static final long serialVersionUID = 1;

  public CommandFailure(String message) {
    super(message);
  }

  public CommandFailure(String message, Throwable cause) {
    super(message, cause);
  }
}
