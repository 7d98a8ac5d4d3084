// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.hub;

import java.time.Duration;

/** Is told how far a download is. */
public interface DownloadListener {

  /** Is told how many bytes of a file are here. */
  void at(HubFile file, long bytes);

  /** Is told of a failure that is followed by another attempt after a pause. */
  void retrying(String reason, Duration pause);
}
