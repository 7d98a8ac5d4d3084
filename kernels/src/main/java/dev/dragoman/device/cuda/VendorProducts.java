// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.device.cuda;

import java.util.Optional;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The products of NVIDIA's libraries on one stream, as far as the libraries can be started. */
final class VendorProducts implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(VendorProducts.class);

  private final Execution execution;
  private final Cublas libraries;
  private final Workspace workspace;
  private final Optional<LtGemm> lt;
  private Optional<CublasGemm> cublas = Optional.empty();

  VendorProducts(Execution execution, Cublas libraries) {
    this.execution = execution;
    this.libraries = libraries;
    this.workspace = Workspace.take(execution);
    this.lt =
        libraries.lt().flatMap(found -> started(() -> new LtGemm(execution, found, workspace)));
  }

  private static <T> Optional<T> started(Supplier<T> start) {
    try {
      return Optional.of(start.get());
    } catch (CudaFailure e) {
      log.warn("{}: what there is besides is used, which may be slower", e.getMessage());
      return Optional.empty();
    }
  }

  Workspace workspace() {
    return workspace;
  }

  Optional<LtGemm> lt() {
    return lt;
  }

  /**
   * Returns cuBLAS's products. cuBLAS takes time and memory and is seldom needed, so the first call
   * starts it.
   */
  Optional<CublasGemm> cublas() {
    if (cublas.isEmpty() && libraries.classic().isPresent()) {
      cublas = started(() -> new CublasGemm(execution, workspace));
    }
    return cublas;
  }

  /** Returns the name of the first library that there is. */
  String name() {
    return lt.map(LtGemm::name)
        .or(() -> cublas().map(CublasGemm::name))
        .orElse("own products, as cuBLAS cannot be started");
  }

  @Override
  public void close() {
    lt.ifPresent(LtGemm::close);
    cublas.ifPresent(CublasGemm::close);
  }
}
