package dev.dragoman.device.cuda;

import dev.dragoman.device.Activation;
import dev.dragoman.device.DataType;
import dev.dragoman.device.FeedForwardWeights;
import dev.dragoman.device.Shape;

/** The products of a layer: linear and feed-forward. */
final class CudaProducts {
  private static final int FF_THREADS = 256;
  private static final int FF_PAD = 32; // as in feed_forward.cu
  private static final int FF_HIDDEN = 128;

  private final Execution execution;
  private final MatrixProduct product;
  private final CudaCopies copies;

  CudaProducts(Execution execution, MatrixProduct product, CudaCopies copies) {
    this.execution = execution;
    this.product = product;
    this.copies = copies;
  }

  void linear(CudaTensor x, CudaLinear weights, CudaTensor out) {
    Shapes.check(
        x.width() == weights.inputs()
            && out.shape().equals(new Shape(x.count(), weights.outputs())),
        "linear",
        x,
        weights.weights(),
        out);
    checkTypes("linear", x, weights, out);
    if (x.type() == weights.weights().type()) {
      product.multiply(x, weights, Activation.NONE, out);
    } else {
      inParts(
          x.count(),
          convertedBytes(x),
          (first, count) -> {
            CudaTensor narrow = converted(x.rows(first, count), 0);
            product.multiply(narrow, weights, Activation.NONE, out.rows(first, count));
          });
    }
  }

  void feedForward(CudaTensor x, FeedForwardWeights weights, CudaTensor out) {
    CudaLinear w1 = CudaLinear.of(weights.first());
    CudaLinear w2 = CudaLinear.of(weights.second());
    Shapes.check(
        x.width() == w1.inputs()
            && w1.outputs() == w2.inputs()
            && out.shape().equals(new Shape(x.count(), w2.outputs())),
        "feedForward",
        x,
        w1.weights(),
        w2.weights(),
        out);
    checkTypes("feedForward", x, w1, out);
    boolean fused = fits(w1, w2);
    int type = w1.weights().type().bytes();
    long hidden = fused ? 0 : align((long) w1.outputs() * type);
    inParts(
        x.count(),
        convertedBytes(x) + hidden,
        (first, count) -> {
          CudaTensor in = x.rows(first, count);
          CudaTensor to = out.rows(first, count);
          CudaTensor narrow = x.type() == w1.weights().type() ? in : converted(in, hidden * count);
          if (fused) {
            fused(narrow, weights.activation(), w1, w2, to);
          } else {
            CudaTensor inner =
                CudaTensor.contiguous(
                    execution.workspace(hidden * count),
                    w1.weights().type(),
                    new Shape(count, w1.outputs()));
            product.multiply(narrow, w1, weights.activation(), inner);
            product.multiply(inner, w2, Activation.NONE, to);
          }
        });
  }

  /** Whether feed_forward.cu has a kernel for these widths. */
  private static boolean fits(CudaLinear w1, CudaLinear w2) {
    int width = w1.inputs();
    boolean square = width == w2.outputs() && width <= 1024;
    return w1.weights().type() == DataType.F32
        ? square
        : square && width % 32 == 0 && w1.outputs() % 32 == 0;
  }

  private void fused(
      CudaTensor x, Activation activation, CudaLinear w1, CudaLinear w2, CudaTensor out) {
    execution.launch(
        fusedKernel(x, out),
        fusedGrid(x),
        out,
        out.stride(),
        x,
        x.stride(),
        w1.weights(),
        w1.bias(),
        w2.weights(),
        w2.bias(),
        x.count(),
        x.width(),
        w1.outputs(),
        ActivationCode.of(activation));
  }

  private static boolean isWide(CudaTensor x) {
    return x.width() > 512;
  }

  private static String fusedKernel(CudaTensor x, CudaTensor out) {
    if (x.type() == DataType.F32) {
      return "feed_forward_f32";
    }
    return (isWide(x) ? "feed_forward_wide_f16" : "feed_forward_f16")
        + (out.type() == DataType.F32 ? "_f32" : "");
  }

  private static Grid fusedGrid(CudaTensor x) {
    int rows = x.type() == DataType.F32 ? 8 : isWide(x) ? 16 : 32;
    int shared =
        x.type() == DataType.F32
            ? rows * ((x.width() + 3) / 4 * 4 + FF_THREADS) * Float.BYTES
            : rows * (x.width() + FF_PAD + FF_HIDDEN + FF_PAD) * 2;
    return new Grid((x.count() + rows - 1) / rows, 1, FF_THREADS, shared);
  }

  private interface Part {
    void run(int first, int count);
  }

  /**
   * Runs the rows in as many parts as the workspace makes necessary; a row's result is the same.
   */
  private void inParts(int rows, long bytesOfRow, Part part) {
    int most = bytesOfRow == 0 ? rows : execution.workspaceRows(bytesOfRow);
    for (int first = 0; first < rows; first += most) {
      part.run(first, Math.min(most, rows - first));
    }
  }

  private long convertedBytes(CudaTensor x) {
    return x.type() == DataType.F16 ? 0 : align((long) x.width() * DataType.F16.bytes());
  }

  /** The same numbers in float16, at this place in the workspace. */
  private CudaTensor converted(CudaTensor x, long offset) {
    DevicePointer place = execution.workspace(offset + x.count() * convertedBytes(x)).plus(offset);
    CudaTensor to = CudaTensor.contiguous(place, DataType.F16, x.shape());
    copies.copy(x, to);
    return to;
  }

  private static long align(long bytes) {
    return (bytes + 15) / 16 * 16;
  }

  private static void checkTypes(String operation, CudaTensor x, CudaLinear w, CudaTensor out) {
    DataType weights = w.weights().type();
    boolean known = x.type() == weights || x.type() == DataType.F32;
    boolean wide = out.type() == weights || out.type() == DataType.F32;
    if (!known || !wide) {
      throw new IllegalArgumentException(
          operation + ": types do not agree: " + x + ", weights " + weights + ", " + out);
    }
  }
}
