// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.device.cuda;

import dev.dragoman.device.DataType;
import dev.dragoman.device.Limits;
import java.util.Map;
import java.util.Optional;

/**
 * What a card can do at most, from what its driver tells of it.
 *
 * @param capability compute capability, 90 for 9.0
 * @param multiprocessors how many
 * @param clock of them, in kHz, at most
 * @param memoryClock in kHz, at most
 * @param busWidth of the memory, in bits
 */
record CardLimits(int capability, int multiprocessors, int clock, int memoryClock, int busWidth) {

  /**
   * Operations of one multiprocessor in one cycle, by compute capability: from the peak rates in
   * NVIDIA's data sheets, without sparsity, divided by multiprocessors and clock.
   *
   * @param float32 of its ordinary units
   * @param float16 of its tensor cores, with float32 sums
   */
  private record Rate(int float32, int float16) {}

  private static final Map<Integer, Rate> RATES =
      Map.of(
          75, new Rate(128, 1024),
          80, new Rate(128, 2048),
          86, new Rate(256, 1024),
          89, new Rate(256, 1024),
          90, new Rate(256, 4096),
          100, new Rate(256, 8192),
          120, new Rate(256, 1024));

  /**
   * Returns the limits for products in this precision; empty for a card that is not in the table.
   */
  Optional<Limits> of(DataType precision) {
    Rate rate = RATES.get(capability);
    if (rate == null || clock == 0 || memoryClock == 0) {
      return Optional.empty();
    }
    int operations =
        switch (precision) {
          case F32 -> rate.float32();
          case I8 -> 2 * rate.float16(); // on each of these cards
          default -> rate.float16();
        };
    return Optional.of(
        new Limits(
            1e3 * clock * multiprocessors * operations,
            2e3 * memoryClock * busWidth / Byte.SIZE, // two transfers a cycle
            "the card's own, at its highest clocks"));
  }
}
