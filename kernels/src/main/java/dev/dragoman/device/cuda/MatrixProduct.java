package dev.dragoman.device.cuda;

import dev.dragoman.device.Activation;

/** Something that multiplies matrices: cuBLAS, or our own kernels; in 8 bits always ours. */
interface MatrixProduct extends AutoCloseable {

  /**
   * out = act(x·Wᵀ + b).
   *
   * @param x of the type that goes with the weights, {@link CudaLinear#activations()}
   * @param out of the type of x, or F32
   */
  void multiply(CudaTensor x, CudaLinear linear, Activation activation, CudaTensor out);

  /** Gets ready for weights, once, when they have been loaded. */
  default void prepare(CudaLinear weights) {}

  /** See {@link dev.dragoman.device.DeviceCapacity#leastRows}. */
  default int leastRows() {
    return 1;
  }

  /** Whether it is our own kernels, which add up in one order for any number of rows. */
  boolean isOurs();

  /** Device memory that it takes for itself. */
  long workspaceBytes();

  /** Which it is, for people. */
  String name();

  @Override
  void close();
}
