package dev.dragoman.device;

/** How much a device will have to do, as far as that is known. Its results do not depend on it. */
public enum Volume {
  /** A few lines and no more: what takes time to get ready is left out. */
  FEW_LINES,
  /** Perhaps a few lines: what is ready at once comes first. */
  UNKNOWN,
  /** So many lines that what takes time to get ready pays. */
  MANY_LINES
}
