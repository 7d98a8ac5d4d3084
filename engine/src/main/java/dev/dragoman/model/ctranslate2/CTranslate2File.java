// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.model.ctranslate2;

import dev.dragoman.device.DataType;
import dev.dragoman.device.HostTensor;
import dev.dragoman.device.Shape;
import dev.dragoman.model.ModelFormatException;
import dev.dragoman.model.ctranslate2.CTranslate2Parser.Contents;
import dev.dragoman.model.ctranslate2.CTranslate2Parser.NumberType;
import dev.dragoman.model.ctranslate2.CTranslate2Parser.Variable;
import dev.dragoman.model.files.ModelFiles;
import dev.dragoman.model.files.ModelFolder;
import dev.dragoman.model.tensors.TensorFile;
import dev.dragoman.text.OneLine;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The variables of CTranslate2's {@code model.bin}: weights as they are stored, or as float32 where
 * they are int8 or int16 with scales; and single numbers and texts, which are options.
 */
public final class CTranslate2File implements TensorFile {

  /** The file's name in a model. */
  public static final String NAME = "model.bin";

  /** Models in int16 that store no scale have this one. */
  private static final float OLD_SCALE = 1000;

  private final Path file;
  private final Contents contents;
  private final Map<String, HostTensor> tensors = new HashMap<>();

  private CTranslate2File(Path file, Contents contents) {
    this.file = file;
    this.contents = contents;
  }

  /**
   * Reads the file of a folder.
   *
   * @throws ModelFormatException if it is missing or contradicts itself
   */
  static CTranslate2File open(ModelFolder folder) {
    Path file = folder.file(NAME);
    Contents contents = CTranslate2Parser.parse(folder, NAME);
    long unpacked =
        contents.variables().entrySet().stream()
            .filter(variable -> variable.getKey().equals(variable.getValue().name()))
            .map(Map.Entry::getValue)
            .filter(CTranslate2File::isQuantized)
            .mapToLong(variable -> variable.data().limit() / variable.type().bytes)
            .sum();
    ModelFiles.requireMemory(file, unpacked * Float.BYTES);
    return new CTranslate2File(file, contents);
  }

  @Override
  public Path file() {
    return file;
  }

  @Override
  public Set<String> names() {
    return contents.variables().keySet();
  }

  /** Returns the version of the layout. */
  int version() {
    return contents.version();
  }

  /** Returns how quantized weights are stored, if there are any. */
  Optional<String> quantization() {
    return contents.variables().values().stream()
        .filter(variable -> isQuantized(variable) && variable.sizes().size() == 2)
        .map(variable -> variable.type().name().toLowerCase(Locale.ROOT))
        .findFirst();
  }

  /** Returns the model's specification. */
  String kind() {
    return contents.kind();
  }

  /** Returns the revision of the specification. */
  int revision() {
    return contents.revision();
  }

  @Override
  public Optional<HostTensor> find(String name) {
    Variable variable = contents.variables().get(name);
    if (variable == null) {
      return Optional.empty();
    }
    HostTensor tensor = tensors.get(variable.name());
    if (tensor == null) {
      tensor = tensor(variable);
      tensors.put(variable.name(), tensor);
    }
    return Optional.of(tensor);
  }

  private HostTensor tensor(Variable variable) {
    Shape shape = shape(variable);
    return switch (variable.type()) {
      case FLOAT32 -> new HostTensor(variable.name(), DataType.F32, shape, variable.data());
      case FLOAT16 -> new HostTensor(variable.name(), DataType.F16, shape, variable.data());
      case BFLOAT16 -> new HostTensor(variable.name(), DataType.BF16, shape, variable.data());
      case INT8, INT16 -> dequantize(variable, shape);
      case INT32 -> throw wrong(variable.name() + " holds integers, not weights");
    };
  }

  private Shape shape(Variable variable) {
    if (variable.sizes().size() > 2) {
      throw wrong(
          "%s has shape %s; vectors and matrices are supported"
              .formatted(variable.name(), variable.sizes()));
    }
    int rows = variable.sizes().isEmpty() ? 1 : variable.sizes().get(0).intValue();
    int columns = variable.sizes().size() < 2 ? 1 : variable.sizes().get(1).intValue();
    return new Shape(rows, columns);
  }

  /**
   * Returns the weights of stored numbers, which are weights × scale, with one scale for each row
   * or for all.
   */
  private HostTensor dequantize(Variable variable, Shape shape) {
    float[] scales = scales(variable, shape.rows());
    float[] weights = new float[shape.size()];
    ByteBuffer data = variable.data().duplicate().order(variable.data().order());
    for (int row = 0, i = 0; row < shape.rows(); row++) {
      float unit = 1 / scales[scales.length == 1 ? 0 : row];
      for (int column = 0; column < shape.columns(); column++, i++) {
        weights[i] = unit * (variable.type() == NumberType.INT8 ? data.get() : data.getShort());
      }
    }
    return HostTensor.of(variable.name(), shape, weights);
  }

  private float[] scales(Variable variable, int rows) {
    String name = variable.name() + "_scale";
    Variable stored = contents.variables().get(name);
    if (stored == null && variable.type() == NumberType.INT16) {
      return new float[] {OLD_SCALE};
    }
    if (stored == null) {
      throw wrong(name + " is missing");
    }
    if (isQuantized(stored) || stored.type() == NumberType.INT32) {
      throw wrong(name + " holds integers, not scales");
    }
    float[] scales = tensor(stored).floats();
    if (scales.length != 1 && scales.length != rows) {
      throw wrong("%s has %d scales for %d rows".formatted(name, scales.length, rows));
    }
    for (float scale : scales) {
      if (!Float.isFinite(1 / scale) || !Float.isFinite(scale)) {
        throw wrong(name + " has the scale " + scale);
      }
    }
    return scales;
  }

  private static boolean isQuantized(Variable variable) {
    return variable.type() == NumberType.INT8 || variable.type() == NumberType.INT16;
  }

  /** Says whether an option is stored as a real number, and not as an integer or a flag. */
  boolean isReal(String name) {
    Variable variable = contents.variables().get(name);
    return variable != null && !isQuantized(variable) && variable.type() != NumberType.INT32;
  }

  /** Returns an option that is a number; a flag is 0 or 1. */
  Optional<Double> number(String name) {
    Variable variable = contents.variables().get(name);
    if (variable == null) {
      return Optional.empty();
    }
    if (variable.data().limit() != variable.type().bytes) {
      throw wrong("%s has shape %s, not a single number".formatted(name, variable.sizes()));
    }
    return Optional.of(
        switch (variable.type()) {
          case INT8 -> (double) variable.data().get(0);
          case INT16 -> (double) variable.data().getShort(0);
          case INT32 -> (double) variable.data().getInt(0);
          case FLOAT32, FLOAT16, BFLOAT16 -> (double) tensor(variable).floats()[0];
        });
  }

  /** Returns an option that is a text. */
  Optional<String> text(String name) {
    Variable variable = contents.variables().get(name);
    if (variable == null) {
      return Optional.empty();
    }
    if (variable.type() != NumberType.INT8) {
      throw wrong(name + " is not a text");
    }
    byte[] characters = new byte[variable.data().limit()];
    variable.data().duplicate().get(characters);
    return Optional.of(new String(characters, StandardCharsets.UTF_8));
  }

  ModelFormatException wrong(String what) {
    return new ModelFormatException(file + ": " + OneLine.of(what));
  }
}
