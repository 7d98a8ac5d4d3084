package dev.dragoman.batch;

import java.io.IOException;
import java.util.Optional;

/** Reads the records of one input. */
interface RecordReader extends AutoCloseable {

  /** The next one, or nothing at the end. */
  Optional<InputRecord> next() throws IOException;

  @Override
  void close() throws IOException;
}
