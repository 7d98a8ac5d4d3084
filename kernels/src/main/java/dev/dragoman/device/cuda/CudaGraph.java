// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.device.cuda;

import static jcuda.driver.JCudaDriver.cuGraphDestroy;
import static jcuda.driver.JCudaDriver.cuGraphExecDestroy;
import static jcuda.driver.JCudaDriver.cuGraphInstantiate;
import static jcuda.driver.JCudaDriver.cuGraphLaunch;

import jcuda.CudaException;
import jcuda.driver.CUgraph;
import jcuda.driver.CUgraphExec;

/** The launches of a step, recorded once and run again with one call. */
final class CudaGraph implements Runnable, AutoCloseable {
  private final Execution execution;
  private final CUgraphExec executable = new CUgraphExec();

  /** Makes the recorded graph executable, and destroys the recording. */
  CudaGraph(Execution execution, CUgraph graph) {
    this.execution = execution;
    CudaFailure.guard("prepare a recorded step", () -> cuGraphInstantiate(executable, graph, 0));
    cuGraphDestroy(graph);
  }

  @Override
  public void run() {
    try {
      cuGraphLaunch(executable, execution.stream());
    } catch (CudaException e) {
      throw CudaFailure.of("run a recorded step", e);
    }
  }

  @Override
  public void close() {
    CudaFailure.guard("forget a recorded step", () -> cuGraphExecDestroy(executable));
  }
}
