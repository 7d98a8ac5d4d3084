package dev.dragoman.device;

import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/** A device that is there; nothing of it is open yet. */
public interface FoundDevice {

  /** What {@link Devices#open} takes: {@code cuda:0}. */
  String name();

  /**
   * Opens it for many lines.
   *
   * @param precision of the products
   * @throws DeviceUnavailableException if that cannot be, with the reason and what to do
   */
  default Device open(DataType precision) {
    return Devices.open(name(), Optional.of(precision));
  }

  /** What it is, for people. */
  List<Inspection.Fact> facts();

  /** In which its products can be, its own choice first. */
  List<DataType> precisions();

  /** Whether the processor only plays its part; times mean nothing then. */
  boolean isEmulated();

  /**
   * The most that one line of execution can get out of the hardware, looked up or measured; empty
   * where nothing is known, and where it is emulated.
   *
   * @param precision of the products
   */
  Optional<Limits> limits(DataType precision);

  /**
   * Seconds of one product of a decoder step with weights of this shape, and of nothing around it,
   * measured in a few hundredths of a second; empty where that cannot be had so soon.
   *
   * @param precision of the product
   * @param weights outputs × inputs
   */
  default OptionalDouble productSeconds(DataType precision, Shape weights) {
    return OptionalDouble.empty();
  }
}
