// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.batch;

/** Hears about single lines. */
public interface BatchListener {

  /** Tells of a line that could not be translated, and of what stands in its place. */
  void failed(String place, String reason, String instead);

  /** Tells of a line that was translated, but with something worth knowing. */
  void noted(String place, String note);
}
