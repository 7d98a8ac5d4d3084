// SPDX-License-Identifier: Apache-2.0
package dev.dragoman;

import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.TestExecutionResult.Status;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.TestPlan;

/**
 * Prints why tests were skipped, a line for each reason, as Surefire only counts them: nobody
 * should take for tested what this machine cannot test.
 */
public final class SkipReport implements TestExecutionListener {
  private final Map<String, Integer> reasons = new ConcurrentHashMap<>();

  @Override
  public void executionSkipped(TestIdentifier test, String reason) {
    count(reason);
  }

  @Override
  public void executionFinished(TestIdentifier test, TestExecutionResult result) {
    if (result.getStatus() == Status.ABORTED) {
      count(result.getThrowable().map(Throwable::getMessage).orElse("no reason given"));
    }
  }

  private void count(String reason) {
    reasons.merge(reason.replaceFirst("^(Assumption failed: )?(skipped: )?", ""), 1, Integer::sum);
  }

  @Override
  public void testPlanExecutionFinished(TestPlan plan) {
    new TreeMap<>(reasons)
        .forEach((reason, count) -> System.out.printf("skipped (%d): %s%n", count, reason));
    reasons.clear(); // Surefire has a plan for each class.
  }
}
