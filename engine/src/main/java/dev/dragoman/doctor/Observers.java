// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.doctor;

import java.util.List;
import java.util.function.Consumer;

/** All that are told what a doctor finds. */
record Observers(List<DoctorObserver> all) {

  /** Tells each of them. */
  void tell(Consumer<DoctorObserver> event) {
    all.forEach(event);
  }
}
