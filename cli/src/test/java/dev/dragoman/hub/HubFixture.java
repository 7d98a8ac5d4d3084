// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.hub;

import dev.dragoman.Hang;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A client that pulls from a fake hub into a folder. */
@Timeout(value = Hang.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
abstract class HubFixture {
  @TempDir Path folder;
  HubPulls client;

  @BeforeEach
  void start() throws IOException {
    client = new HubPulls(folder);
  }

  @AfterEach
  void stop() {
    client.close();
  }
}
