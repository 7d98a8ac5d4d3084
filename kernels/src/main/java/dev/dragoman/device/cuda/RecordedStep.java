package dev.dragoman.device.cuda;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A step that is launched one by one the first time, which loads what it needs and cannot be loaded
 * inside of a recording; recorded the second time; and from then on run with one call. One that
 * cannot be recorded goes on being launched one by one. Used by one thread.
 */
final class RecordedStep implements Runnable {
  private static final Logger log = LoggerFactory.getLogger(RecordedStep.class);

  private final Execution execution;
  private final Runnable step;
  private Runnable next = this::runFirst;

  RecordedStep(Execution execution, Runnable step) {
    this.execution = execution;
    this.step = step;
  }

  @Override
  public void run() {
    next.run();
  }

  private void runFirst() {
    runOneByOne();
    next = this::record;
  }

  private void record() {
    try {
      next = execution.capture(step);
    } catch (CudaFailure e) {
      next = this::runOneByOne;
      runInstead(e);
      return;
    }
    next.run();
  }

  /** On a GPU that is lost this fails as well, and the first failure is the one that tells why. */
  private void runInstead(CudaFailure failure) {
    try {
      runOneByOne();
    } catch (CudaFailure again) {
      failure.addSuppressed(again);
      throw failure;
    }
    log.warn(
        "a step cannot be recorded and is launched one by one, which is slower: {}",
        failure.getMessage(),
        failure);
  }

  private void runOneByOne() {
    execution.perform(step);
  }
}
