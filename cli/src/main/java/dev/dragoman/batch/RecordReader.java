// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.batch;

import java.io.IOException;
import java.util.Optional;

/** Reads the records of one input. */
interface RecordReader extends AutoCloseable {

  /** Returns the next record, or nothing at the end. */
  Optional<InputRecord> next() throws IOException;

  @Override
  void close() throws IOException;
}
