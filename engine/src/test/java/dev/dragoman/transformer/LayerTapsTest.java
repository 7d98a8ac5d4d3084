// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.transformer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.dragoman.device.DataType;
import dev.dragoman.device.Device;
import dev.dragoman.device.Devices;
import dev.dragoman.device.EmbeddingTable;
import dev.dragoman.device.FeedForwardWeights;
import dev.dragoman.device.LayerNorm;
import dev.dragoman.device.Tensor;
import dev.dragoman.device.TokenRows;
import dev.dragoman.device.WatchedDevice;
import dev.dragoman.model.Model;
import dev.dragoman.model.formats.Models;
import dev.dragoman.operations.Reference;
import dev.dragoman.operations.Tolerance;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;
import org.apache.commons.math3.linear.MatrixUtils;
import org.apache.commons.math3.linear.RealMatrix;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * What the bundled model computes after every layer, against the paper's formulas in float64 and
 * against records of another program, so that a difference points to a layer.
 */
@Tag("processor")
class LayerTapsTest {
  private static final Path ROOT = Path.of(System.getProperty("dragoman.root", ".."));
  private static final Model MODEL = Models.open(ROOT.resolve("models/fr-en"));
  private static final double TOLERANCE = 2e-5;

  /** Activations, tokens × width, of the embedding and after every layer. */
  private record Stacks(List<RealMatrix> encoder, List<RealMatrix> decoder) {}

  @Test
  void everyLayerIsThatOfThePaper() {
    int[] source = MODEL.tokenizer().encode("Deux enfants jouent sur la plage.");
    int[] target = {MODEL.config().tokens().start(), 18, 5, 52, 3, 1903, 2};
    Stacks actual = run(List.of(new TeacherForcing.Pair(source, target))).get(0);
    var reference = new ReferenceTransformer(MODEL.config(), MODEL.weights());
    check("encoder", reference.encode(source), actual.encoder());
    check("decoder", reference.decode(source, target), actual.decoder());
  }

  @Test
  void everyLayerIsTheRecordedOne() throws IOException {
    Path golden = ROOT.resolve("../shared/golden/fr-en.taps.json");
    Assumptions.assumeTrue(Files.exists(golden), "skipped: " + golden + " is not there");
    List<TeacherForcing.Pair> pairs = new ArrayList<>();
    List<Stacks> recorded = new ArrayList<>();
    for (JsonNode sentence : new ObjectMapper().readTree(golden.toFile())) {
      int[] target = ints(sentence.get("decoder_input"));
      pairs.add(new TeacherForcing.Pair(ints(sentence.get("ids")), target));
      recorded.add(new Stacks(stack(sentence.get("encoder")), stack(sentence.get("decoder"))));
    }
    List<Stacks> actual = run(pairs);
    int checked = 0;
    for (int i = 0; i < recorded.size(); i++) {
      checked += checkRecorded("encoder of sentence " + i, recorded.get(i), actual.get(i), ENCODER);
      checked += checkRecorded("decoder of sentence " + i, recorded.get(i), actual.get(i), DECODER);
    }
    assertTrue(checked > 0, "every record was made in training");
  }

  private static final Function<Stacks, List<RealMatrix>> ENCODER = Stacks::encoder;
  private static final Function<Stacks, List<RealMatrix>> DECODER = Stacks::decoder;

  /**
   * Returns 1 if the record was comparable, or 0. Some were made in training, with dropout at
   * random places.
   */
  private static int checkRecorded(
      String where, Stacks recorded, Stacks actual, Function<Stacks, List<RealMatrix>> stack) {
    double[][] embedding = stack.apply(recorded).get(0).getData();
    boolean dropout = Stream.of(embedding).flatMapToDouble(DoubleStream::of).anyMatch(x -> x == 0);
    if (dropout) {
      System.out.println("skipped: the " + where + " was recorded with dropout");
      return 0;
    }
    check(where, stack.apply(recorded), stack.apply(actual));
    return 1;
  }

  private static void check(String where, List<RealMatrix> expected, List<RealMatrix> actual) {
    assertEquals(expected.size(), actual.size(), where);
    Tolerance tolerance = new Tolerance(TOLERANCE, 0);
    for (int layer = 0; layer < expected.size(); layer++) {
      String name = layer == 0 ? ", embedding" : ", layer " + (layer - 1);
      tolerance.check(where + name, expected.get(layer), floats(actual.get(layer)), 0);
    }
  }

  private static List<Stacks> run(List<TeacherForcing.Pair> pairs) {
    try (Taps device = new Taps(Devices.open("cpu", Optional.of(DataType.F32)))) {
      Transformer transformer = Transformer.load(MODEL.config(), MODEL.weights(), device);
      TeacherForcing teacher = new TeacherForcing(transformer, device);
      List<Stacks> stacks = new ArrayList<>();
      for (TeacherForcing.Pair pair : pairs) {
        device.taps.clear();
        teacher.run(List.of(pair));
        stacks.add(stacks(device.taps, pair));
      }
      return stacks;
    }
  }

  /**
   * Sorts taps by layer: the encoder ran once for all tokens, the decoder once for each; batches
   * were filled up.
   */
  private static Stacks stacks(List<RealMatrix> taps, TeacherForcing.Pair pair) {
    int width = MODEL.config().sizes().width();
    int encoderTaps = 1 + MODEL.config().sizes().encoder().layers();
    int decoderTaps = 1 + MODEL.config().sizes().decoder().layers();
    List<RealMatrix> encoder =
        taps.subList(0, encoderTaps).stream()
            .map(x -> x.getSubMatrix(0, pair.source().length - 1, 0, width - 1))
            .toList();
    List<RealMatrix> decoder = new ArrayList<>();
    for (int layer = 0; layer < decoderTaps; layer++) {
      RealMatrix x = MatrixUtils.createRealMatrix(pair.target().length, width);
      for (int step = 0; step < pair.target().length; step++) {
        x.setRow(step, taps.get(encoderTaps + step * decoderTaps + layer).getRow(0));
      }
      decoder.add(x);
    }
    return new Stacks(encoder, decoder);
  }

  private static List<RealMatrix> stack(JsonNode layers) {
    List<RealMatrix> stack = new ArrayList<>();
    for (JsonNode layer : layers) {
      JsonNode rows = layer.elements().next();
      RealMatrix x = MatrixUtils.createRealMatrix(rows.size(), rows.get(0).size());
      for (int row = 0; row < rows.size(); row++) {
        for (int column = 0; column < rows.get(row).size(); column++) {
          x.setEntry(row, column, rows.get(row).get(column).asDouble());
        }
      }
      stack.add(x);
    }
    return stack;
  }

  private static float[] floats(RealMatrix x) {
    float[] numbers = new float[x.getRowDimension() * x.getColumnDimension()];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = (float) x.getEntry(i / x.getColumnDimension(), i % x.getColumnDimension());
    }
    return numbers;
  }

  private static int[] ints(JsonNode numbers) {
    int[] ints = new int[numbers.size()];
    for (int i = 0; i < ints.length; i++) {
      ints[i] = numbers.get(i).asInt();
    }
    return ints;
  }

  /**
   * Keeps each embedding and each layer's result: the sum and norm after its feed-forward layer.
   */
  private static final class Taps extends WatchedDevice {
    private final List<RealMatrix> taps = new ArrayList<>();
    private boolean layerEnds;

    Taps(Device device) {
      super(device);
    }

    @Override
    public void embed(TokenRows tokens, EmbeddingTable table, Tensor out) {
      device.embed(tokens, table, out);
      keep(out);
    }

    @Override
    public void feedForward(Tensor x, FeedForwardWeights weights, Tensor out) {
      device.feedForward(x, weights, out);
      layerEnds = true;
    }

    @Override
    public void addNorm(Tensor x, Tensor bias, Tensor residual, LayerNorm norm, Tensor out) {
      device.addNorm(x, bias, residual, norm, out);
      if (layerEnds) {
        keep(out);
        layerEnds = false;
      }
    }

    private void keep(Tensor tensor) {
      float[] numbers = new float[tensor.shape().size()];
      device.download(tensor, numbers);
      taps.add(Reference.matrix(numbers, tensor.shape().rows(), tensor.shape().columns()));
    }

    @Override
    public Device fork() {
      throw new UnsupportedOperationException("one fork is enough here");
    }
  }
}
