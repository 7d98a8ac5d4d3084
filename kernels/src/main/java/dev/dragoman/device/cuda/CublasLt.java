// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.device.cuda;

import com.sun.jna.Native;
import java.nio.file.Path;
import jcuda.jcublas.cublasStatus;

/**
 * A libcublasLt that is loaded.
 *
 * @param library its functions, which hold it
 * @param path where it lies
 */
record CublasLt(CublasLtLibrary library, Path path) {

  /** Returns the library of that file, which has been loaded. */
  static CublasLt of(Path path) {
    return new CublasLt(Native.load(path.toString(), CublasLtLibrary.class), path);
  }

  /** Returns its name: {@code cublasLt 13.0}. */
  String name() {
    long version = library.cublasLtGetVersion();
    return "cublasLt " + version / 10000 + "." + version / 100 % 100;
  }

  /** Says which library it is and where it lies. */
  String describe() {
    return name() + ", " + path;
  }

  /**
   * Checks the status that a function has returned.
   *
   * @throws CudaFailure if it is not success
   */
  static void check(String what, int status) {
    if (status != cublasStatus.CUBLAS_STATUS_SUCCESS) {
      throw new CudaFailure(what + ": cublasLt answers " + cublasStatus.stringFor(status));
    }
  }
}
