// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.device.cuda;

import jcuda.driver.CUdeviceptr;

/** An address in a GPU's memory that can be read, which JCuda's own class does not allow. */
final class DevicePointer extends CUdeviceptr {

  /** Makes an empty pointer for the driver to fill. */
  DevicePointer() {}

  private DevicePointer(DevicePointer base, long bytes) {
    super(base, bytes);
  }

  DevicePointer plus(long bytes) {
    return new DevicePointer(this, bytes);
  }

  long address() {
    return getNativePointer() + getByteOffset();
  }
}
