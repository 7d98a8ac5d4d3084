// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.device;

/** The work that a device will have, as far as it is known. Results do not depend on it. */
public enum Volume {
  /** A few lines and no more; a device leaves out what takes time to get ready. */
  FEW_LINES,
  /** Perhaps a few lines: what is ready at once comes first. */
  UNKNOWN,
  /** Many lines, for which it pays to take time to get ready. */
  MANY_LINES
}
