// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.batch;

/** Hears how far the inputs have been read before anything is translated. */
public interface InputReadingListener {

  /** Is told that more has been read, by several threads. */
  void read(long bytes, long ofAll);
}
