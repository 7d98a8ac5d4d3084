package dev.dragoman.hub;

import java.time.Duration;

/** Is told how far a download is. */
public interface DownloadListener {

  /** So many bytes of a file are here. */
  void at(HubFile file, long bytes);

  /** Something went wrong that is tried again after a pause. */
  void retrying(String reason, Duration pause);
}
