package dev.dragoman.device;

/** How much a device will have to do, as far as that is known. Its results do not depend on it. */
public enum Volume {
  /** Perhaps no more than a few lines: what is ready at once counts. */
  FEW_LINES,
  /** So many lines that what takes time to get ready pays. */
  MANY_LINES
}
