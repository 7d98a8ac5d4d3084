// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.model.tensors;

import com.fasterxml.jackson.databind.JsonNode;
import dev.dragoman.device.HostTensor;
import dev.dragoman.model.ModelFormatException;
import dev.dragoman.model.files.JsonFile;
import dev.dragoman.text.OneLine;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * A model whose tensors are spread over several files; an index says which holds which.
 *
 * @see <a href="https://huggingface.co/docs/transformers/big_models#sharding">the index</a>
 */
public final class ShardedTensors implements TensorFile {

  private final Path index;
  private final Map<String, TensorFile> shards;

  private ShardedTensors(Path index, Map<String, TensorFile> shards) {
    this.index = index;
    this.shards = shards;
  }

  /**
   * Opens every file that the index names.
   *
   * @param format opens one of them
   * @throws ModelFormatException if the index is broken, names a file elsewhere, or a tensor that
   *     is not in its file
   */
  public static TensorFile open(Path index, Function<Path, TensorFile> format) {
    JsonNode places = JsonFile.read(index).root().path("weight_map");
    if (!places.isObject()) {
      throw new ModelFormatException(index + ": weight_map is missing or not a JSON object");
    }
    Map<String, TensorFile> files = new HashMap<>();
    Map<String, TensorFile> shards = new TreeMap<>();
    for (Map.Entry<String, JsonNode> place : places.properties()) {
      String tensor = place.getKey();
      String name = place.getValue().asText();
      if (!place.getValue().isTextual() || !isPlainName(name)) {
        throw wrong(index, tensor, "is in " + place.getValue() + ", which is no file beside it");
      }
      TensorFile file =
          files.computeIfAbsent(name, unused -> format.apply(index.resolveSibling(name)));
      if (!file.names().contains(tensor)) {
        throw wrong(index, tensor, "is not in " + name);
      }
      shards.put(tensor, file);
    }
    return new ShardedTensors(index, shards);
  }

  /** Says whether a name stays in its directory, whatever the system. */
  private static boolean isPlainName(String name) {
    return name.matches("[A-Za-z0-9_][A-Za-z0-9._-]{0,200}");
  }

  private static ModelFormatException wrong(Path index, String tensor, String what) {
    return new ModelFormatException(
        "%s: tensor %s %s".formatted(index, OneLine.of(tensor), OneLine.of(what)));
  }

  @Override
  public Optional<HostTensor> find(String name) {
    return Optional.ofNullable(shards.get(name)).flatMap(file -> file.find(name));
  }

  @Override
  public Set<String> names() {
    return shards.keySet();
  }

  @Override
  public Path file() {
    return index;
  }
}
