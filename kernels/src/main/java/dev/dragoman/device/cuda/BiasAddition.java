// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.device.cuda;

import dev.dragoman.device.Activation;
import dev.dragoman.device.cuda.launch.AddBias;
import dev.dragoman.device.cuda.launch.Bias;
import dev.dragoman.device.cuda.launch.Constants;
import dev.dragoman.device.cuda.launch.Kernels;
import dev.dragoman.device.cuda.launch.Out;

/** The step that libraries leave to do behind a product: act(out + b), in place. */
final class BiasAddition {
  private BiasAddition() {}

  /** Launches the addition, unless there is nothing to do. */
  static void launch(
      Execution execution, CudaTensor out, CudaLinear linear, Activation activation) {
    if (!linear.hasBias() && activation == Activation.NONE) {
      return;
    }
    int chunk = Constants.CHUNK_BYTES / out.type().bytes();
    int outputsOfBlock = Kernels.add_bias.threads() * chunk;
    execution.launch(
        Kernels.add_bias,
        new Grid(out.count(), Grid.blocks(linear.outputs(), outputsOfBlock), 0),
        new AddBias(new Out(out), new Bias(linear.bias()), linear.outputs(), activation));
  }
}
