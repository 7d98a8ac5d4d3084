package dev.dragoman.model;

import dev.dragoman.device.HostTensor;
import dev.dragoman.device.Shape;
import dev.dragoman.model.TransformerWeights.Dense;
import dev.dragoman.model.TransformerWeights.Norm;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Takes tensors out of a file by name, once their shapes and numbers have been checked. */
record WeightReader(Safetensors tensors) {

  /** PyTorch's layer normalization adds this to the variance. */
  private static final float EPSILON = 1e-5f;

  private static final int F16_EXPONENT = 0x7c00;
  private static final int BF16_EXPONENT = 0x7f80;
  private static final int F32_EXPONENT = 0x7f80_0000;

  boolean has(String name) {
    return tensors.find(name).isPresent();
  }

  /** The tensor {@code name}, which must be rows × columns and finite. */
  HostTensor matrix(String name, int rows, int columns) {
    HostTensor tensor =
        tensors.find(name).orElseThrow(() -> wrong("tensor " + name + " is missing"));
    Shape expected = new Shape(rows, columns);
    if (!tensor.shape().equals(expected)) {
      throw wrong(
          "tensor %s is %s, but the configuration makes it %s"
              .formatted(name, tensor.shape(), expected));
    }
    if (!isFinite(tensor)) {
      throw wrong("tensor " + name + " has numbers that are infinite or not numbers");
    }
    return tensor;
  }

  HostTensor vector(String name, int size) {
    return matrix(name, size, 1);
  }

  /** {@code name.weight} (outputs × inputs) and {@code name.bias}. */
  Dense dense(String name, int outputs, int inputs) {
    return new Dense(matrix(name + ".weight", outputs, inputs), vector(name + ".bias", outputs));
  }

  /** {@code name.weight} and {@code name.bias}. */
  Norm norm(String name, int width) {
    return new Norm(vector(name + ".weight", width), vector(name + ".bias", width), EPSILON);
  }

  ModelFormatException wrong(String what) {
    return new ModelFormatException(tensors.file() + ": " + what);
  }

  /** An infinity and a NaN have every bit of the exponent set. */
  private static boolean isFinite(HostTensor tensor) {
    ByteBuffer data = tensor.data().duplicate().order(ByteOrder.LITTLE_ENDIAN);
    return switch (tensor.type()) {
      case F16 -> isFinite(data, F16_EXPONENT);
      case BF16 -> isFinite(data, BF16_EXPONENT);
      case F32, I32 -> {
        for (int i = 0; i < data.limit(); i += Float.BYTES) {
          if ((data.getInt(i) & F32_EXPONENT) == F32_EXPONENT) {
            yield false;
          }
        }
        yield true;
      }
    };
  }

  private static boolean isFinite(ByteBuffer data, int exponent) {
    for (int i = 0; i < data.limit(); i += Short.BYTES) {
      if ((data.getShort(i) & exponent) == exponent) {
        return false;
      }
    }
    return true;
  }
}
