// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.doctor;

import com.sun.management.OperatingSystemMXBean;
import dev.dragoman.device.Device;
import java.lang.management.ManagementFactory;

/** The clocks that time is measured with. */
public enum Clock {
  /** The time that all threads of this process computed; other programs count little. */
  PROCESSOR {
    @Override
    public double seconds() {
      return isThere() ? system().getProcessCpuTime() / 1e9 : Double.NaN;
    }
  },
  /** The time that passes. */
  WALL {
    @Override
    public double seconds() {
      return System.nanoTime() / 1e9;
    }
  };

  /** Seconds since some moment; NaN where Java does not know. */
  public abstract double seconds();

  /** Returns processor time where the host itself computes; a GPU computes beside it. */
  static Clock of(Device device) {
    return isThere() && device.capacity().stepsAhead() == 0 ? PROCESSOR : WALL;
  }

  private static boolean isThere() {
    return ManagementFactory.getOperatingSystemMXBean() instanceof OperatingSystemMXBean;
  }

  private static OperatingSystemMXBean system() {
    return (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
  }
}
