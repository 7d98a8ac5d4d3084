package dev.dragoman.transformer;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.dragoman.device.DataType;
import dev.dragoman.device.Device;
import dev.dragoman.device.Devices;
import dev.dragoman.device.EmbeddingTable;
import dev.dragoman.device.FeedForwardWeights;
import dev.dragoman.device.ForwardingDevice;
import dev.dragoman.device.LayerNorm;
import dev.dragoman.device.Tensor;
import dev.dragoman.device.TokenRows;
import dev.dragoman.model.Model;
import dev.dragoman.model.Models;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/**
 * What the bundled model computes after every layer equals what was recorded with another program,
 * so that a difference points to a layer.
 */
class LayerTapsTest {
  private static final Path ROOT = Path.of(System.getProperty("dragoman.root", ".."));
  private static final double TOLERANCE = 2e-5;

  @Test
  void everyLayerGivesTheRecordedActivations() throws IOException {
    Path golden = ROOT.resolve("../shared/golden/fr-en.taps.json");
    Assumptions.assumeTrue(Files.exists(golden), "skipped: " + golden + " is not there");
    Model model = Models.open(ROOT.resolve("models/fr-en"));
    try (Taps device = new Taps(Devices.open("cpu", Optional.of(DataType.F32)))) {
      Transformer transformer = Transformer.load(model.config(), model.weights(), device);
      TeacherForcing teacher = new TeacherForcing(transformer, device);
      for (JsonNode sentence : new ObjectMapper().readTree(golden.toFile())) {
        device.taps.clear();
        int[] source = ints(sentence.get("ids"));
        int[] target = ints(sentence.get("decoder_input"));
        teacher.run(List.of(new TeacherForcing.Pair(source, target)));
        check(sentence, device.taps);
      }
    }
  }

  private static void check(JsonNode sentence, List<float[]> taps) {
    JsonNode encoder = sentence.get("encoder");
    JsonNode decoder = sentence.get("decoder");
    int steps = sentence.get("decoder_input").size();
    assertEquals(encoder.size() + steps * decoder.size(), taps.size(), "taps");
    String text = sentence.get("text").asText();
    for (int layer = 0; layer < encoder.size(); layer++) {
      JsonNode expected = encoder.get(layer).elements().next();
      for (int token = 0; token < expected.size(); token++) {
        String where = text + ": encoder " + name(layer) + ", token " + token;
        check(where, expected.get(token), taps.get(layer), token);
      }
    }
    for (int step = 0; step < steps; step++) {
      for (int layer = 0; layer < decoder.size(); layer++) {
        JsonNode expected = decoder.get(layer).elements().next().get(step);
        String where = text + ": decoder " + name(layer) + ", step " + step;
        check(where, expected, taps.get(encoder.size() + step * decoder.size() + layer), 0);
      }
    }
  }

  private static void check(String where, JsonNode expected, float[] actual, int row) {
    int width = expected.size();
    for (int i = 0; i < width; i++) {
      double number = expected.get(i).asDouble();
      assertEquals(number, actual[row * width + i], TOLERANCE, where + ", column " + i);
    }
  }

  private static String name(int layer) {
    return layer == 0 ? "embedding" : "layer " + (layer - 1);
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
  private static final class Taps extends ForwardingDevice {
    private final List<float[]> taps = new ArrayList<>();
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
    public void addNorm(Tensor x, Tensor residual, LayerNorm norm, Tensor out) {
      device.addNorm(x, residual, norm, out);
      if (layerEnds) {
        keep(out);
        layerEnds = false;
      }
    }

    private void keep(Tensor tensor) {
      float[] numbers = new float[tensor.shape().size()];
      device.download(tensor, numbers);
      taps.add(numbers);
    }

    @Override
    public Device fork() {
      throw new UnsupportedOperationException("one line of execution is enough here");
    }
  }
}
