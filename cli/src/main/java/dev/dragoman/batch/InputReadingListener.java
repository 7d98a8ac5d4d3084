// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.batch;

/** Hears how far the inputs have been read before anything is translated. */
public interface InputReadingListener {

  /** Tells how many bytes have been read, and how many there are; several threads call it. */
  void read(long bytes, long ofAll);
}
