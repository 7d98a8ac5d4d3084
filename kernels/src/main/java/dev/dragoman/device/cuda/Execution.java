// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.device.cuda;

import static jcuda.driver.JCudaDriver.*;

import dev.dragoman.device.DeviceLostException;
import dev.dragoman.device.cuda.launch.Arguments;
import dev.dragoman.device.cuda.launch.Kernel;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import jcuda.CudaException;
import jcuda.driver.CUgraph;
import jcuda.driver.CUstreamCaptureMode;
import jcuda.driver.CUstream_flags;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The means that a fork of the device runs on: a stream, its launcher, the pinned buffers for
 * copies and a workspace. One thread uses it at a time.
 */
final class Execution implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Execution.class);

  /**
   * The bytes of the workspace, which holds numbers on their way to another type, hidden
   * activations and candidates of the search. 4,096 rows of the hidden activations of the big shape
   * fit; more go through it in parts.
   */
  static final long WORKSPACE_BYTES = 64L << 20;

  private static final int TIMED_RUNS = 20;

  private final Gpu gpu;
  private final CudaStream stream = new CudaStream();
  private final KernelLauncher launcher;
  private final PinnedBuffers pinned;
  private final DeviceMemory memory;
  private final DevicePointer workspace;
  private final List<CudaGraph> graphs = new ArrayList<>();
  private final List<CudaSnapshot> snapshots = new ArrayList<>();
  private boolean inStep;

  Execution(Gpu gpu) {
    this.gpu = gpu;
    this.memory = new DeviceMemory(gpu.name(), gpu.bytesHeld());
    gpu.opened();
    try {
      gpu.makeCurrent();
      this.workspace = memory.take(WORKSPACE_BYTES);
      CudaFailure.guard(
          "make a stream", () -> cuStreamCreate(stream, CUstream_flags.CU_STREAM_NON_BLOCKING));
      this.launcher = new KernelLauncher(gpu.kernels(), stream);
      this.pinned = new PinnedBuffers(stream);
    } catch (RuntimeException e) {
      memory.close();
      gpu.closed();
      throw e;
    }
  }

  Gpu gpu() {
    return gpu;
  }

  CudaStream stream() {
    use();
    return stream;
  }

  /** Returns the memory that is given back with this fork. */
  DeviceMemory memory() {
    outsideOfStep("take memory");
    use();
    return memory;
  }

  PinnedBuffers pinned() {
    outsideOfStep("copy between host and GPU");
    use();
    return pinned;
  }

  /** Makes something on this fork, or closes the fork where it has no memory for that. */
  <T> T make(Function<Execution, T> maker) {
    try {
      return maker.apply(this);
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  /** Launches a kernel, for the types of numbers that the arguments have. */
  <A extends Arguments> void launch(Kernel<A> kernel, Grid grid, A arguments) {
    use();
    launcher.launch(kernel, grid, arguments);
  }

  /** Returns the first {@code bytes} of the workspace. */
  DevicePointer workspace(long bytes) {
    if (bytes > WORKSPACE_BYTES) {
      throw new CudaFailure(
          "a step needs a workspace of "
              + bytes
              + " bytes and has "
              + WORKSPACE_BYTES
              + ": lower the setting slots or the setting beam-size");
    }
    return workspace;
  }

  /** Returns how many rows of {@code bytes} each the workspace holds. */
  int workspaceRows(long bytes) {
    workspace(bytes);
    return (int) Math.min(Integer.MAX_VALUE, WORKSPACE_BYTES / bytes);
  }

  /**
   * Waits until all work of the stream is done.
   *
   * @throws DeviceLostException if it failed: after that, so does everything on this GPU
   */
  void synchronize() {
    outsideOfStep("wait for the GPU");
    use();
    CudaFailure.guardWait("wait for the GPU", () -> cuStreamSynchronize(stream));
  }

  /**
   * Returns the seconds of one run; a few warm-up runs, which may load kernels and choose
   * algorithms, are not counted.
   */
  double seconds(Runnable work) {
    work.run();
    work.run();
    synchronize();
    long start = System.nanoTime();
    for (int run = 0; run < TIMED_RUNS; run++) {
      work.run();
    }
    synchronize();
    return (System.nanoTime() - start) * 1e-9 / TIMED_RUNS;
  }

  /** Returns a step that is recorded when it is run often. */
  Runnable record(Runnable step) {
    outsideOfStep("record inside of a recording");
    return new RecordedStep(this, step);
  }

  /** Runs a step directly; the step must hold nothing that cannot be recorded. */
  void perform(Runnable step) {
    inStep = true;
    try {
      step.run();
    } finally {
      inStep = false;
    }
  }

  /**
   * Records the launches of a step without running them.
   *
   * @throws CudaFailure with the first error, and those that follow from it as suppressed ones
   */
  CudaGraph capture(Runnable step) {
    use();
    CUgraph graph = new CUgraph();
    CudaFailure.guard(
        "begin to record a step",
        () ->
            cuStreamBeginCapture(stream, CUstreamCaptureMode.CU_STREAM_CAPTURE_MODE_THREAD_LOCAL));
    try {
      perform(step);
    } catch (RuntimeException | Error e) {
      endCapture(graph, e);
      throw e;
    }
    CudaFailure.guard("end the recording of a step", () -> cuStreamEndCapture(stream, graph));
    CudaGraph recorded = new CudaGraph(this, graph);
    graphs.add(recorded);
    return recorded;
  }

  /**
   * Ends a recording that has failed. The driver may refuse that as well; there is no graph then.
   */
  private void endCapture(CUgraph graph, Throwable failure) {
    try {
      cuStreamEndCapture(stream, graph);
      cuGraphDestroy(graph);
    } catch (CudaException e) {
      failure.addSuppressed(e);
    }
  }

  /** Takes the memory to read an I32 tensor later. */
  CudaSnapshot snapshot(CudaTensor tensor) {
    outsideOfStep("take memory");
    CudaSnapshot snapshot = new CudaSnapshot(this, tensor);
    snapshots.add(snapshot);
    return snapshot;
  }

  /**
   * Makes this GPU current for the calling thread: contexts belong to threads, and a thread may use
   * several GPUs.
   */
  void use() {
    gpu.makeCurrent();
  }

  private void outsideOfStep(String what) {
    if (inStep) {
      throw new IllegalStateException("a recorded step cannot " + what);
    }
  }

  /** Gives back the memory that it has taken; on a lost GPU all memory goes with the context. */
  @Override
  public void close() {
    try {
      use();
      cuStreamSynchronize(stream);
      graphs.forEach(CudaGraph::close);
      snapshots.forEach(CudaSnapshot::close);
      pinned.close();
      memory.close();
      cuStreamDestroy(stream);
    } catch (CudaException | CudaFailure e) {
      log.debug("{} is lost", gpu.name(), e);
    }
    gpu.closed();
  }
}
