// SPDX-License-Identifier: Apache-2.0
/**
 * PyTorch's files of tensors, {@code pytorch_model.bin}: a pickle that names tensors, in a zip or
 * before their numbers. A pickle is a program; here it can make tensors and dictionaries, and
 * nothing else.
 *
 * @see <a href="https://pytorch.org/docs/stable/notes/serialization.html">PyTorch's
 *     serialization</a>
 */
package dev.dragoman.model.pytorch;
