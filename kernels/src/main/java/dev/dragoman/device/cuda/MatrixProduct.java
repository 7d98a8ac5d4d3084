package dev.dragoman.device.cuda;

import dev.dragoman.device.Activation;
import dev.dragoman.device.DataType;
import dev.dragoman.device.Inspection.Fact;
import java.util.List;

/**
 * Something that multiplies matrices: NVIDIA's libraries, or our kernels; in 8 bits always ours.
 */
interface MatrixProduct extends AutoCloseable {

  /**
   * out = act(x·Wᵀ + b).
   *
   * @param x of the type that goes with the weights, {@link CudaLinear#activations()}
   * @param out of the type of x, or F32
   */
  void multiply(CudaTensor x, CudaLinear linear, Activation activation, CudaTensor out);

  /**
   * Gets ready for weights, once, when they have been loaded.
   *
   * @param out the type of the results
   */
  default void prepare(CudaLinear weights, DataType out) {}

  /** See {@link dev.dragoman.device.DeviceCapacity#leastRows}. */
  default int leastRows() {
    return 1;
  }

  /** Whether it is our own kernels, which add up in one order for any number of rows. */
  boolean isOurs();

  /** Device memory that it takes for itself. */
  long workspaceBytes();

  /** Names it. */
  String name();

  /** Says what it found out about the weights that it was prepared for. */
  default List<Fact> facts() {
    return List.of();
  }

  @Override
  void close();
}
