// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.device.cuda;

import java.nio.file.Path;
import java.util.Optional;

/**
 * NVIDIA's libraries of matrix products, as far as they are on this machine and loaded.
 *
 * @param lt libcublasLt, which lets its caller choose the algorithm
 * @param classic libcublas, which JCublas calls
 * @param missing why neither is there; empty if one is
 */
record Cublas(Optional<CublasLt> lt, Optional<Path> classic, Optional<String> missing) {

  /** Returns the result for a machine that has neither of the libraries. */
  static Cublas none(String why) {
    return new Cublas(Optional.empty(), Optional.empty(), Optional.of(why));
  }

  /** Returns whether at least one of the libraries is there. */
  boolean isThere() {
    return lt.isPresent() || classic.isPresent();
  }

  /** Says which cublasLt is used and where it lies, or why there is none. */
  String describeLt() {
    return lt.map(CublasLt::describe).orElseGet(this::notThere);
  }

  /** Says where libcublas lies, or why there is none. */
  String describeClassic() {
    return classic.map(Path::toString).orElseGet(this::notThere);
  }

  private String notThere() {
    return missing.orElse("not there, or switched off");
  }

  /** Says what multiplies where none of the libraries is there. */
  String substitute() {
    return "own products" + missing.map(why -> ", as " + why).orElse("");
  }
}
