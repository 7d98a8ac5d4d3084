// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.device.cuda;

import jcuda.driver.CUstream;

/** A stream whose handle can be given to libraries that JCuda does not know. */
final class CudaStream extends CUstream {

  long handle() {
    return getNativePointer();
  }
}
