// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.batch;

/** Hears about lines and says nothing. */
final class SilentListener implements BatchListener {
  @Override
  public void failed(String place, String reason, String instead) {}

  @Override
  public void noted(String place, String note) {}
}
