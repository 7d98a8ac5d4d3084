package dev.dragoman.doctor;

import dev.dragoman.device.Limits;

/**
 * What an operation cannot do with less of.
 *
 * @param operations additions and multiplications
 * @param bytes read from memory and written to it, each once
 */
public record Work(double operations, double bytes) {

  /** What holds an operation back. */
  public enum Bound {
    ARITHMETIC,
    MEMORY
  }

  static Work bytes(double bytes) {
    return new Work(0, bytes);
  }

  /** Seconds that it takes at least. */
  public double floor(Limits limits) {
    return Math.max(arithmetic(limits), memory(limits));
  }

  /** Which limit it meets first. */
  public Bound bound(Limits limits) {
    return arithmetic(limits) > memory(limits) ? Bound.ARITHMETIC : Bound.MEMORY;
  }

  private double arithmetic(Limits limits) {
    return operations / limits.operationsPerSecond();
  }

  private double memory(Limits limits) {
    return bytes / limits.bytesPerSecond();
  }
}
