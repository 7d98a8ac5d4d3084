// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.device;

import dev.dragoman.operations.Workbench;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** What every device must do: run by a subclass for each way in which a device may be opened. */
public abstract class DeviceContract
    implements OperationContract, RowContract, SearchContract, MemoryContract {
  private Workbench bench;

  /** Opens the device that is tested. */
  protected abstract Device open();

  /** Returns the precision of its products. */
  protected abstract DataType precision();

  @BeforeEach
  void openDevice() {
    bench = new Workbench(open(), precision());
  }

  @AfterEach
  void closeDevice() {
    if (bench != null) { // a machine without such a device skips the test while it is opened
      bench.device().close();
    }
  }

  @Override
  public Workbench bench() {
    return bench;
  }
}
