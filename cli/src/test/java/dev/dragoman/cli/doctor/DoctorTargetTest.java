// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.cli.doctor;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

final class DoctorTargetTest {

  @Test
  void aNameStandsForOneDeviceOrSeveralOrAll() {
    assertEquals(new DoctorTarget("cpu", List.of()), DoctorTarget.of("cpu"));
    assertEquals(new DoctorTarget("cuda", List.of()), DoctorTarget.of("cuda"));
    assertEquals(new DoctorTarget("cuda", List.of()), DoctorTarget.of("cuda:all"));
    assertEquals(new DoctorTarget("cuda", List.of("cuda:1")), DoctorTarget.of("cuda:1"));
    assertEquals(
        new DoctorTarget("cuda", List.of("cuda:0", "cuda:1")), DoctorTarget.of("cuda:0,1"));
  }
}
