// SPDX-License-Identifier: Apache-2.0
package dev.dragoman;

/** Says what to do with a line that is longer than the model's positions. */
public enum OnLong {
  /** Split it at sentence ends, translate the parts and join them. */
  SPLIT,
  /** Translate its beginning. */
  TRUNCATE,
  /** Report it as a line that cannot be translated. */
  FAIL
}
