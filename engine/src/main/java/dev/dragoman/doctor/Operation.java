package dev.dragoman.doctor;

/** One operation of the seam: how it is tried, and what it costs at least. */
interface Operation {

  /** The method of {@link dev.dragoman.device.Device}, and the form if it has several. */
  String title();

  /** What it is given, for people: {@code 64 x 512 to 2048}. */
  String shape(Sizes sizes);

  /** The least work, where numbers are kept so. */
  Work work(Sizes sizes, Types types);

  /** Puts inputs on the device. */
  Trial prepare(Workbench bench, Sizes sizes);
}
