// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.operations;

import dev.dragoman.device.Device;
import dev.dragoman.device.LayerNorm;
import dev.dragoman.device.Tensor;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import org.apache.commons.math3.linear.RealMatrix;
import org.apache.commons.math3.linear.RealVector;

/**
 * Norms and sums, which only move memory.
 *
 * @param kind which of them
 * @param rows of x
 * @param target where the result goes
 */
record LayerCase(Kind kind, int rows, int width, Target target) implements OperationCase {
  private static final float EPSILON = 1e-5f;

  /** The norm of a single number has the variance 0, and errors grow by 1/√ε. */
  private static final Tolerance OF_ONE_NUMBER = new Tolerance(1e-3, 1e-3);

  static final Operation NORM = operation("norm", Kind.NORM, Target.X);
  static final Operation ADD = operation("add", Kind.ADD, Target.X, Target.RESIDUAL);
  static final Operation ADD_NORM = operation("addNorm", Kind.ADD_NORM, Target.X, Target.RESIDUAL);

  /** The places that the result may go to. */
  enum Target {
    ELSEWHERE,
    X,
    RESIDUAL
  }

  /** The operations of this form. */
  enum Kind {
    NORM(2) {
      @Override
      void run(Device device, Inputs in, Tensor out) {
        device.norm(in.x, in.norm, out);
      }

      @Override
      RealMatrix reference(RealMatrix x, RealMatrix sum, RealVector gain, RealVector bias) {
        return Reference.layerNorm(x, gain, bias, EPSILON);
      }
    },
    ADD(3) {
      @Override
      void run(Device device, Inputs in, Tensor out) {
        device.add(in.x, in.bias, in.residual, out);
      }

      @Override
      RealMatrix reference(RealMatrix x, RealMatrix sum, RealVector gain, RealVector bias) {
        return sum;
      }
    },
    ADD_NORM(3) {
      @Override
      void run(Device device, Inputs in, Tensor out) {
        device.addNorm(in.x, in.bias, in.residual, in.norm, out);
      }

      @Override
      RealMatrix reference(RealMatrix x, RealMatrix sum, RealVector gain, RealVector bias) {
        return Reference.layerNorm(sum, gain, bias, EPSILON);
      }
    };

    private final int tensors;

    Kind(int tensors) {
      this.tensors = tensors;
    }

    abstract void run(Device device, Inputs in, Tensor out);

    abstract RealMatrix reference(RealMatrix x, RealMatrix sum, RealVector gain, RealVector bias);
  }

  private record Inputs(Tensor x, Tensor bias, Tensor residual, LayerNorm norm) {}

  private static Operation operation(String name, Kind kind, Target... inPlace) {
    Function<Target, Stream<LayerCase>> cases =
        target ->
            Stream.of(
                new LayerCase(kind, 1, 13, target),
                new LayerCase(kind, 13, 207, target),
                new LayerCase(kind, 207, 256, target),
                new LayerCase(kind, 3, 1025, target),
                new LayerCase(kind, 2, 1, target));
    List<LayerCase> all =
        Stream.concat(Stream.of(Target.ELSEWHERE), Stream.of(inPlace)).flatMap(cases).toList();
    return new Operation(
        name,
        sizes ->
            new LayerCase(kind, sizes.batch().packed(), sizes.network().width(), Target.ELSEWHERE),
        all);
  }

  @Override
  public String shape() {
    return rows + " x " + width;
  }

  @Override
  public Work work(Types types) {
    return Work.bytes((double) kind.tensors * rows * width * types.activations().bytes());
  }

  @Override
  public PreparedOperation prepare(Workbench bench) {
    float[] x = bench.numbers(rows * width);
    float[] residual = bench.numbers(rows * width);
    float[] addend = bench.numbers(width);
    float[] gain = bench.numbers(width);
    float[] bias = bench.numbers(width);
    Inputs inputs =
        new Inputs(
            bench.upload(x, rows, width),
            bench.uploadFloats(addend, width, 1),
            bench.upload(residual, rows, width),
            bench.norm(gain, bias, EPSILON));
    Tensor out =
        switch (target) {
          case ELSEWHERE -> bench.allocate(rows, width);
          case X -> inputs.x;
          case RESIDUAL -> inputs.residual;
        };
    return PreparedOperation.of(
        () -> kind.run(bench.device(), inputs, out),
        () -> {
          RealMatrix first = Reference.matrix(x, rows, width);
          RealMatrix sum =
              Reference.sum(
                  first, Reference.vector(addend), Reference.matrix(residual, rows, width));
          RealMatrix expected =
              kind.reference(first, sum, Reference.vector(gain), Reference.vector(bias));
          return width == 1 && kind != Kind.ADD
              ? OF_ONE_NUMBER.deviation(expected, bench.download(out), width)
              : bench.deviation(expected, out, kind == Kind.ADD ? 1 : width);
        });
  }
}
