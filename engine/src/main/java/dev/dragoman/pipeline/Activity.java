// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.pipeline;

/**
 * What the workers of an engine have done since it was started, all of them together. Where a
 * device computes after it was asked, encoding is only the asking, and its work falls into the
 * decoding that waits for it.
 *
 * @param encoding seconds
 * @param decoding seconds, the search among it
 * @param collecting seconds of reading finished hypotheses
 * @param encoded what the encoder has done
 * @param decoded what the decoder has done
 */
public record Activity(
    double encoding, double decoding, double collecting, Encoded encoded, Decoded decoded) {

  /**
   * Sums over batches.
   *
   * @param batches packed ones
   * @param sentences in them
   * @param tokens of the sentences
   * @param squares of the sentences' lengths
   */
  public record Encoded(long batches, long sentences, long tokens, long squares) {}

  /**
   * Sums over steps.
   *
   * @param steps of all slots of a worker
   * @param slots that held a sentence
   * @param rows that were fed a token
   * @param past positions that rows attended to, their own counted
   * @param sources tokens of the sources of those slots
   * @param shortlisted words that rows chose from where sentences bring a shortlist, otherwise 0
   */
  public record Decoded(
      long steps, long slots, long rows, long past, long sources, long shortlisted) {}

  /** Returns the seconds of work. */
  public double busy() {
    return encoding + decoding + collecting;
  }

  /** Returns what was done between an earlier moment and this one. */
  public Activity since(Activity before) {
    return new Activity(
        encoding - before.encoding,
        decoding - before.decoding,
        collecting - before.collecting,
        new Encoded(
            encoded.batches - before.encoded.batches,
            encoded.sentences - before.encoded.sentences,
            encoded.tokens - before.encoded.tokens,
            encoded.squares - before.encoded.squares),
        new Decoded(
            decoded.steps - before.decoded.steps,
            decoded.slots - before.decoded.slots,
            decoded.rows - before.decoded.rows,
            decoded.past - before.decoded.past,
            decoded.sources - before.decoded.sources,
            decoded.shortlisted - before.decoded.shortlisted));
  }
}
