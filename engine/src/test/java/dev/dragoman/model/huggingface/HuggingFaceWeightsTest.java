// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.model.huggingface;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.dragoman.model.ModelFormatException;
import dev.dragoman.model.SafetensorsBytes;
import dev.dragoman.model.TinyModel;
import dev.dragoman.model.TorchBytes;
import dev.dragoman.model.TransformerWeights;
import dev.dragoman.model.formats.Models;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The same weights in other files are the same model. */
class HuggingFaceWeightsTest {

  private static final String TABLE = "model.shared.weight";
  private static final String BIAS = "final_logits_bias";

  @TempDir Path directory;
  private TinyModel tiny;
  private byte[] safetensors;
  private TransformerWeights expected;

  @BeforeEach
  void write() throws IOException {
    tiny = new TinyModel(directory);
    expected = Models.open(directory).weights();
    safetensors = Files.readAllBytes(directory.resolve("model.safetensors"));
    Files.delete(directory.resolve("model.safetensors"));
  }

  @Test
  void readsPyTorchs() throws IOException {
    copyPyTorch("pytorch_model.bin");
    TransformerWeights weights = Models.open(directory).weights();
    assertSameWeights(weights);
    assertArrayEquals(
        expected.decoder().layers().get(0).feedForward().first().weight().floats(),
        weights.decoder().layers().get(0).feedForward().first().weight().floats());
  }

  @Test
  void prefersSafetensors() throws IOException {
    tiny.write("model.safetensors", safetensors);
    tiny.write("pytorch_model.bin", "this would be refused");
    assertSameWeights(Models.open(directory).weights());
  }

  @Test
  void readsPartsOfSafetensors() throws IOException {
    StringBuilder places = new StringBuilder();
    SafetensorsBytes rest = TinyModel.weights();
    tiny.write("a.safetensors", new SafetensorsBytes().add(TABLE, 5, 4).bytes());
    tiny.write("b.safetensors", rest.bytes());
    rest.names().forEach(name -> places.append(",\"" + name + "\":\"b.safetensors\""));
    String first = places.toString().replace(TABLE + "\":\"b", TABLE + "\":\"a").substring(1);
    tiny.write("model.safetensors.index.json", "{\"weight_map\":{" + first + "}}");
    assertSameWeights(Models.open(directory).weights());
  }

  @Test
  void readsPartsOfPyTorchs() throws IOException {
    copyPyTorch("pytorch_model-00001-of-00001.bin");
    StringBuilder places = new StringBuilder();
    for (String name : tiny.weights.names()) {
      places.append(",\"" + name + "\":\"pytorch_model-00001-of-00001.bin\"");
    }
    tiny.write("pytorch_model.bin.index.json", "{\"weight_map\":{" + places.substring(1) + "}}");
    assertSameWeights(Models.open(directory).weights());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "../a.safetensors",
        "/etc/passwd",
        "..",
        "",
        "a\\\\b",
        "missing.safetensors",
        "config.json"
      })
  void refusesPartsElsewhere(String part) throws IOException {
    tiny.write(
        "model.safetensors.index.json", "{\"weight_map\":{\"%s\":\"%s\"}}".formatted(TABLE, part));
    String message =
        assertThrows(ModelFormatException.class, () -> Models.open(directory)).getMessage();
    assertEquals(1, message.lines().count());
    assertTrue(message.startsWith(directory.toString()), message);
  }

  @Test
  void refusesAnIndexThatIsWrong() throws IOException {
    tiny.write("a.safetensors", new SafetensorsBytes().add(BIAS, 1, 5).bytes());
    tiny.write(
        "model.safetensors.index.json",
        "{\"weight_map\":{\"%s\":\"a.safetensors\"}}".formatted(TABLE));
    assertTrue(refusal().contains("tensor model.shared.weight is not in a.safetensors"));
    tiny.write("model.safetensors.index.json", "{}");
    assertTrue(refusal().contains("weight_map"));
    Files.delete(directory.resolve("model.safetensors.index.json"));
    assertTrue(refusal().contains("model.safetensors is missing"));
  }

  private String refusal() {
    return assertThrows(ModelFormatException.class, () -> Models.open(directory)).getMessage();
  }

  private void copyPyTorch(String name) throws IOException {
    Files.copy(TorchBytes.FIXTURES.resolve("tiny.bin"), directory.resolve(name));
  }

  private void assertSameWeights(TransformerWeights weights) {
    assertArrayEquals(expected.sourceEmbedding().floats(), weights.sourceEmbedding().floats());
    assertArrayEquals(expected.output().bias().floats(), weights.output().bias().floats());
  }
}
