package dev.dragoman.pipeline;

import java.util.Optional;

/**
 * The workers of one device. They share its fate: when it is lost, all of them end, and the last of
 * them knows how many sentences the others have to take over.
 */
final class Replica {
  private final String name;
  private final int workers;
  private int running;
  private int moved;
  private Throwable loss;

  /**
   * A device that works.
   *
   * @param name what people call it
   */
  Replica(String name, int workers) {
    this.name = name;
    this.workers = workers;
    this.running = workers;
  }

  String name() {
    return name;
  }

  int workers() {
    return workers;
  }

  /** Why the device is lost, if it is. */
  synchronized Optional<Throwable> loss() {
    return Optional.ofNullable(loss);
  }

  /** The first reason stays. */
  synchronized void lose(Throwable reason) {
    loss = loss == null ? reason : loss;
  }

  /**
   * A worker ends and leaves so many sentences to the other devices.
   *
   * @return how many all workers have left, once this is the last of them
   */
  synchronized Optional<Integer> workerEnds(int sentences) {
    moved += sentences;
    running--;
    return running == 0 ? Optional.of(moved) : Optional.empty();
  }

  /** The device and what failed on it, in one line. */
  @Override
  public synchronized String toString() {
    return loss == null ? name : name + ": " + describe(loss);
  }

  static String describe(Throwable problem) {
    return problem.getMessage() == null ? problem.getClass().getSimpleName() : problem.getMessage();
  }
}
