// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.device;

import java.util.ArrayList;
import java.util.List;

/**
 * The operations of a recorded step with all that they need, to be run one after the other, any
 * number of times: what {@link Device#record} gives where no driver keeps the step.
 */
public final class Recording implements Runnable {
  private final List<Runnable> operations = new ArrayList<>();

  /** Adds the step's next operation. */
  public void add(Runnable operation) {
    operations.add(operation);
  }

  @Override
  public void run() {
    for (int i = 0; i < operations.size(); i++) { // an iterator would be garbage
      operations.get(i).run();
    }
  }
}
