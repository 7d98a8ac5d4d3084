// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.hub;

import java.io.IOException;

/** A model cannot be had from the hub; the message says why and what to do, in one line. */
public final class HubException extends IOException {
  private static final long serialVersionUID = 1;

  HubException(String message) {
    super(message);
  }

  HubException(String message, Throwable cause) {
    super(message, cause);
  }
}
