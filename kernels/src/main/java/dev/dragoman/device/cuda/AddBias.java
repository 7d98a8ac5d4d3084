package dev.dragoman.device.cuda;

import dev.dragoman.device.Activation;

/** What libraries leave to do behind a product: act(out + b), in place. */
final class AddBias {
  private static final int THREADS = 128;

  private AddBias() {}

  /** Launches it, unless there is nothing to do. */
  static void launch(
      Execution execution, CudaTensor out, CudaLinear linear, Activation activation) {
    if (!linear.hasBias() && activation == Activation.NONE) {
      return;
    }
    int chunk = 16 / out.type().bytes() * THREADS;
    execution.launch(
        "add_bias_" + out.suffix(),
        new Grid(out.count(), (linear.outputs() + chunk - 1) / chunk, THREADS, 0),
        out,
        out.stride(),
        linear.bias(),
        linear.outputs(),
        ActivationCode.of(activation));
  }
}
