// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.device.cpu;

import java.util.ArrayList;
import java.util.List;

/** Operations with all that they need, to be run one after the other, any number of times. */
final class Recording implements Runnable {
  private final List<Runnable> operations = new ArrayList<>();

  void add(Runnable operation) {
    operations.add(operation);
  }

  @Override
  public void run() {
    for (int i = 0; i < operations.size(); i++) { // an iterator would be garbage
      operations.get(i).run();
    }
  }
}
