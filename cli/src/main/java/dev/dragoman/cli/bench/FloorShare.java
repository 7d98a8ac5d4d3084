// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.cli.bench;

import dev.dragoman.benchmark.Floor;
import dev.dragoman.device.Limits;
import dev.dragoman.pipeline.Activity;

/**
 * The least time in which the hardware could do the work of a run.
 *
 * @param encoder seconds of wall time
 * @param decoder seconds of wall time, the search among it
 * @param share of the whole run's wall time that both are
 */
record FloorShare(double encoder, double decoder, double share) {

  /**
   * Compares a run with the floor of its mean step and its mean batch.
   *
   * @param limits of one core or card
   * @param sideBySide how many of them there are
   */
  static FloorShare of(Benchmark.Run run, Floor floor, Limits limits, int sideBySide) {
    Activity.Decoded decoded = run.activity().decoded();
    Activity.Encoded encoded = run.activity().encoded();
    double decoder = decoded.steps() * seconds(floor, decoded, limits) / sideBySide;
    double encoder = encoded.batches() * seconds(floor, encoded, limits) / sideBySide;
    return new FloorShare(encoder, decoder, (decoder + encoder) / run.seconds());
  }

  private static double seconds(Floor floor, Activity.Decoded done, Limits limits) {
    double steps = Math.max(1, done.steps());
    Floor.Step mean =
        new Floor.Step(
            done.rows() / steps,
            done.slots() / steps,
            (double) done.past() / Math.max(1, done.rows()),
            (double) done.sources() / Math.max(1, done.slots()),
            done.shortlisted() == 0
                ? Double.POSITIVE_INFINITY
                : (double) done.shortlisted() / Math.max(1, done.rows()));
    return Floor.seconds(floor.decoder(mean), limits);
  }

  private static double seconds(Floor floor, Activity.Encoded done, Limits limits) {
    double batches = Math.max(1, done.batches());
    return Floor.seconds(
        floor.encoder(new Floor.Batch(done.tokens() / batches, done.squares() / batches)), limits);
  }
}
