// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.hub;

import java.time.Duration;

/** Hears how far a download is. */
public interface DownloadListener {

  /** Tells how many bytes of a file have been downloaded. */
  void at(HubFile file, long bytes);

  /** Tells of a failure, which is followed by another attempt after a pause. */
  void retrying(String reason, Duration pause);
}
