// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.device.cuda;

/**
 * A workspace on a GPU that NVIDIA's products on one stream share, as they run one after the other.
 *
 * @param memory at a multiple of 256 bytes, as both libraries want it
 */
record Workspace(DevicePointer memory, long bytes) {

  /** Takes as much as NVIDIA recommends for cuBLAS: 32 MiB from Hopper on, 4 MiB before. */
  static Workspace take(Execution execution) {
    long bytes = execution.gpu().capability() >= 90 ? 32L << 20 : 4L << 20;
    return new Workspace(execution.memory().take(bytes), bytes);
  }
}
