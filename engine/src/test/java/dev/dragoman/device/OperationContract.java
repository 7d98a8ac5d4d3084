// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.device;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.dragoman.operations.Deviation;
import dev.dragoman.operations.OperationCase;
import dev.dragoman.operations.PreparedOperation;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What operations must compute: every case of the catalogue, compared with float64. */
interface OperationContract extends OnWorkbench {

  @ParameterizedTest
  @MethodSource("dev.dragoman.operations.Catalogue#cases")
  default void anOperationAgreesWithItsReference(OperationCase operation) {
    PreparedOperation prepared = operation.prepare(bench());
    prepared.run();
    Deviation deviation = prepared.deviation();
    assertTrue(deviation.agrees(), operation + ": " + deviation.where());
  }
}
