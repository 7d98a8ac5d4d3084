// SPDX-License-Identifier: Apache-2.0
/**
 * Files of tensors by name, and what readers do to tensors whose layout differs from ours: {@link
 * dev.dragoman.model.tensors.Safetensors}, several files with an index, NumPy's {@link
 * dev.dragoman.model.tensors.Npz}; transposing, slicing, changing the precision, and sinusoidal
 * positions. Each class names the definition of its format.
 */
package dev.dragoman.model.tensors;
