// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.batch;

/** What goes through the pipeline, in order. */
sealed interface Item {

  /**
   * One text of a record.
   *
   * @param index of the text; a record without any has index 0
   */
  record Text(InputRecord record, int index) implements Item {
    boolean isLast() {
      return index + 1 >= record.texts().size();
    }
  }

  /** A slice has been read to its end, and its input is as it was. */
  record EndOfSlice() implements Item {}
}
