package dev.dragoman.batch;

/** Hears how far the inputs have been read before anything is translated. */
public interface InputReadingListener {

  /** More has been read. Called by several threads. */
  void read(long bytes, long ofAll);
}
