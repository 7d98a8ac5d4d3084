package dev.dragoman.doctor;

import dev.dragoman.device.Device;
import dev.dragoman.device.LayerNorm;
import dev.dragoman.device.Tensor;
import org.apache.commons.math3.linear.RealMatrix;
import org.apache.commons.math3.linear.RealVector;

/** Norms and sums: they only move memory. */
enum LayerOperations implements Operation {
  NORM("norm", 2) {
    @Override
    void run(Device device, Inputs in, Tensor out) {
      device.norm(in.x, in.norm, out);
    }

    @Override
    RealMatrix reference(RealMatrix x, RealMatrix sum, RealVector gain, RealVector bias) {
      return Reference.layerNorm(x, gain, bias, EPSILON);
    }
  },
  ADD("add", 3) {
    @Override
    void run(Device device, Inputs in, Tensor out) {
      device.add(in.x, in.bias, in.y, out);
    }

    @Override
    RealMatrix reference(RealMatrix x, RealMatrix sum, RealVector gain, RealVector bias) {
      return sum;
    }
  },
  ADD_NORM("addNorm", 3) {
    @Override
    void run(Device device, Inputs in, Tensor out) {
      device.addNorm(in.x, in.bias, in.y, in.norm, out);
    }

    @Override
    RealMatrix reference(RealMatrix x, RealMatrix sum, RealVector gain, RealVector bias) {
      return Reference.layerNorm(sum, gain, bias, EPSILON);
    }
  };

  private static final float EPSILON = 1e-5f;

  private final String title;
  private final int tensors;

  LayerOperations(String title, int tensors) {
    this.title = title;
    this.tensors = tensors;
  }

  private record Inputs(Tensor x, Tensor bias, Tensor y, LayerNorm norm) {}

  abstract void run(Device device, Inputs in, Tensor out);

  abstract RealMatrix reference(RealMatrix x, RealMatrix sum, RealVector gain, RealVector bias);

  @Override
  public String title() {
    return title;
  }

  @Override
  public String shape(Sizes sizes) {
    return sizes.batch().packed() + " x " + sizes.network().width();
  }

  @Override
  public Work work(Sizes sizes, Types types) {
    double numbers = (double) sizes.batch().packed() * sizes.network().width();
    return Work.bytes(tensors * numbers * types.activations().bytes());
  }

  @Override
  public Trial prepare(Workbench bench, Sizes sizes) {
    int rows = sizes.batch().packed();
    int width = sizes.network().width();
    float[] x = bench.numbers(rows * width);
    float[] y = bench.numbers(rows * width);
    float[] addend = bench.numbers(width);
    float[] gain = bench.numbers(width);
    float[] bias = bench.numbers(width);
    Inputs inputs =
        new Inputs(
            bench.upload(x, rows, width),
            bench.uploadFloats(addend, width, 1),
            bench.upload(y, rows, width),
            bench.norm(gain, bias, EPSILON));
    Tensor out = bench.allocate(rows, width);
    return Trial.of(
        () -> run(bench.device(), inputs, out),
        () ->
            bench.deviation(
                reference(
                    Reference.matrix(x, rows, width),
                    Reference.sum(
                        Reference.matrix(x, rows, width),
                        Reference.vector(addend),
                        Reference.matrix(y, rows, width)),
                    Reference.vector(gain),
                    Reference.vector(bias)),
                out,
                width));
  }
}
