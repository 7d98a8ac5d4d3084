package dev.dragoman.batch;

/** Hears about single lines. */
public interface BatchListener {

  /** A line that could not be translated, and what stands in its place. */
  void failed(String place, String reason, String instead);

  /** A line that was translated, but with something worth knowing. */
  void noted(String place, String note);
}
