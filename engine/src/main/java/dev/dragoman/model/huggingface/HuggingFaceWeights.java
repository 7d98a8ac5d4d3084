// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.model.huggingface;

import dev.dragoman.model.ModelFormatException;
import dev.dragoman.model.files.ModelFiles;
import dev.dragoman.model.pytorch.PyTorchFile;
import dev.dragoman.model.tensors.Safetensors;
import dev.dragoman.model.tensors.ShardedTensors;
import dev.dragoman.model.tensors.TensorFile;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Function;

/**
 * Finds the file with the weights in a directory of Hugging Face's layout. Where the same weights
 * lie there twice, those in safetensors are taken, in one file before parts.
 */
final class HuggingFaceWeights {

  static final String SAFETENSORS = "model.safetensors";
  static final String PYTORCH = "pytorch_model.bin";
  private static final String INDEX = ".index.json";

  private HuggingFaceWeights() {}

  /**
   * Maps the weights.
   *
   * @throws ModelFormatException if there are none, or they are broken
   */
  static TensorFile open(Path directory) {
    Path first = directory.resolve(SAFETENSORS);
    return openIfPresent(first, Safetensors::open)
        .or(() -> openIfPresent(directory.resolve(PYTORCH), PyTorchFile::open))
        .orElseThrow(
            () ->
                new ModelFormatException(first + " is missing, and " + PYTORCH + " beside it too"));
  }

  private static Optional<TensorFile> openIfPresent(Path file, Function<Path, TensorFile> format) {
    if (ModelFiles.isThere(file)) {
      return Optional.of(format.apply(file));
    }
    Path index = file.resolveSibling(file.getFileName() + INDEX);
    return ModelFiles.isThere(index)
        ? Optional.of(ShardedTensors.open(index, format))
        : Optional.empty();
  }
}
