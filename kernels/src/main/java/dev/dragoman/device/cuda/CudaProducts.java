// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.device.cuda;

import dev.dragoman.device.Activation;
import dev.dragoman.device.Agreement;
import dev.dragoman.device.DataType;
import dev.dragoman.device.FeedForwardWeights;
import dev.dragoman.device.Shape;
import dev.dragoman.device.cuda.launch.B1;
import dev.dragoman.device.cuda.launch.B2;
import dev.dragoman.device.cuda.launch.Constants;
import dev.dragoman.device.cuda.launch.FeedForward;
import dev.dragoman.device.cuda.launch.FeedForwardLayers;
import dev.dragoman.device.cuda.launch.Kernel;
import dev.dragoman.device.cuda.launch.Kernels;
import dev.dragoman.device.cuda.launch.Out;
import dev.dragoman.device.cuda.launch.W1;
import dev.dragoman.device.cuda.launch.W2;
import dev.dragoman.device.cuda.launch.X;

/** The products of a layer: linear and feed-forward. */
final class CudaProducts {
  private final Execution execution;
  private final MatrixProduct product;
  private final FeedForwardWays ways;

  CudaProducts(Execution execution, MatrixProduct product) {
    this.execution = execution;
    this.product = product;
    this.ways = execution.gpu().feedForwardWays(product.name());
  }

  void linear(CudaTensor x, CudaLinear weights, CudaTensor out) {
    Agreement.check(
        x.width() == weights.inputs()
            && out.shape().equals(new Shape(x.count(), weights.outputs())),
        "linear",
        x,
        weights.weights(),
        out);
    TensorTypes.ofType("linear", weights.activations(), x);
    if (out.type() != DataType.F32) {
      TensorTypes.sameType("linear", x, out);
    }
    product.multiply(x, weights, Activation.NONE, out);
  }

  void feedForward(CudaTensor x, FeedForwardWeights weights, CudaTensor out) {
    CudaLinear w1 = CudaLinear.of(weights.first());
    CudaLinear w2 = CudaLinear.of(weights.second());
    Agreement.check(
        x.width() == w1.inputs()
            && w1.outputs() == w2.inputs()
            && out.shape().equals(new Shape(x.count(), w2.outputs())),
        "feedForward",
        x,
        w1.weights(),
        w2.weights(),
        out);
    TensorTypes.sameType("feedForward", w1.weights(), w2.weights());
    TensorTypes.ofType("feedForward", w1.activations(), x, out);
    if (isFused(w1, w2, x.count())) {
      fused(x, weights.activation(), w1, w2, out);
    } else {
      inTwoProducts(x, weights.activation(), w1, w2, out);
    }
  }

  /**
   * Returns whether the fused kernel computes the layer. The bits of the fused kernel and of two
   * products differ, so the shape of the weights alone decides; the number of rows may decide only
   * where two products are our own kernels on tensor cores: there the bits are the same, and two
   * thin products are faster for few rows.
   */
  private boolean isFused(CudaLinear w1, CudaLinear w2, int rows) {
    if (!hasChoice(w1, w2)) {
      return fits(w1, w2);
    }
    boolean few = product.isOurs() && rows <= Constants.THIN_ROWS;
    return !few && ways.of(shape(w1)) == FeedForwardWays.Way.FUSED;
  }

  /**
   * Returns whether both ways exist: without cuBLAS the float32 reference has only the fused one.
   */
  private boolean hasChoice(CudaLinear w1, CudaLinear w2) {
    return fits(w1, w2) && !(product.isOurs() && w1.weights().type() == DataType.F32);
  }

  private static String shape(CudaLinear w1) {
    return w1.weights().suffix() + " " + w1.inputs() + " to " + w1.outputs();
  }

  /** Measures both ways for a shape that is new, if both exist, and chooses one. */
  void tune(FeedForwardWeights weights) {
    CudaLinear w1 = CudaLinear.of(weights.first());
    CudaLinear w2 = CudaLinear.of(weights.second());
    if (!hasChoice(w1, w2)) {
      return;
    }
    ways.choose(
        shape(w1),
        way -> {
          try (DeviceMemory memory = execution.gpu().temporaryMemory()) {
            Shape rows = new Shape(CudaDevice.SUITED_ROWS, w1.inputs());
            long bytes = (long) rows.size() * w1.weights().type().bytes();
            DevicePointer place = memory.take(2 * bytes);
            CudaTensor x = CudaTensor.contiguous(place, w1.weights().type(), rows);
            CudaTensor out = CudaTensor.contiguous(place.plus(bytes), x.type(), rows);
            return execution.seconds(
                () -> {
                  if (way == FeedForwardWays.Way.FUSED) {
                    fused(x, weights.activation(), w1, w2, out);
                  } else {
                    inTwoProducts(x, weights.activation(), w1, w2, out);
                  }
                });
          }
        });
  }

  /**
   * Computes the layer as two products. The hidden activations go through the workspace, in as many
   * parts as it makes necessary; the parts do not change a row's result.
   */
  private void inTwoProducts(
      CudaTensor x, Activation activation, CudaLinear w1, CudaLinear w2, CudaTensor out) {
    long bytesOfRow = (long) w1.outputs() * x.type().bytes();
    int most =
        Integer.highestOneBit(execution.workspaceRows(bytesOfRow)); // the last part is not small
    for (int first = 0; first < x.count(); first += most) {
      int count = Math.min(most, x.count() - first);
      CudaTensor hidden =
          CudaTensor.contiguous(
              execution.workspace(bytesOfRow * count), x.type(), new Shape(count, w1.outputs()));
      product.multiply(x.rows(first, count), w1, activation, hidden);
      product.multiply(hidden, w2, Activation.NONE, out.rows(first, count));
    }
  }

  /** Returns whether feed_forward.cuh has a kernel for these widths. */
  private static boolean fits(CudaLinear w1, CudaLinear w2) {
    int width = w1.inputs();
    boolean square = width == w2.outputs() && width <= Constants.FF_WIDE_WIDTH;
    return switch (w1.weights().type()) {
      case F32 -> square;
      case F16, BF16 -> square && width % 32 == 0 && w1.outputs() % 32 == 0;
      case I8, I32 -> false;
    };
  }

  private void fused(
      CudaTensor x, Activation activation, CudaLinear w1, CudaLinear w2, CudaTensor out) {
    execution.launch(
        fusedKernel(x.type(), x.width()),
        fusedGrid(x.type(), x.shape()),
        new FeedForward(
            new Out(out),
            new X(x),
            new FeedForwardLayers(
                new W1(w1.weights()), new B1(w1.bias()), new W2(w2.weights()), new B2(w2.bias())),
            x.count(),
            x.width(),
            w1.outputs(),
            activation));
  }

  static Kernel<FeedForward> fusedKernel(DataType type, int width) {
    boolean wide = type != DataType.F32 && width > Constants.FF_WIDTH;
    return wide ? Kernels.feed_forward_wide : Kernels.feed_forward;
  }

  static Grid fusedGrid(DataType type, Shape x) {
    if (type == DataType.F32) {
      int padded = (x.columns() + 3) / 4 * 4;
      int floats = Constants.FF_F32_ROWS * (padded + Constants.FF_THREADS);
      return Grid.of(Grid.blocks(x.rows(), Constants.FF_F32_ROWS)).withShared(floats * Float.BYTES);
    }
    boolean wide = x.columns() > Constants.FF_WIDTH;
    int rows = wide ? Constants.FF_WIDE_ROWS : Constants.FF_ROWS;
    int halves = x.columns() + Constants.FF_PAD + Constants.FF_HIDDEN + Constants.FF_PAD;
    return Grid.of(Grid.blocks(x.rows(), rows)).withShared(rows * halves * Short.BYTES);
  }
}
