// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.device.cuda;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A step that becomes a graph. The first run launches it one by one, which loads what it needs, as
 * nothing can be loaded inside of a recording; the second run records it; later runs take one call.
 * A step that cannot be recorded goes on being launched one by one. One thread uses it.
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

  /**
   * Runs the step one by one after its recording has failed. On a lost GPU that fails as well; the
   * first failure, which tells why, is thrown.
   */
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
