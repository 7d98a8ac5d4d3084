// SPDX-License-Identifier: Apache-2.0
/**
 * A model as the rest of the program sees it, whatever format it is stored in: {@link
 * dev.dragoman.model.ModelConfig}, {@link dev.dragoman.model.TransformerWeights} in the host's
 * memory and a tokenizer make a {@link dev.dragoman.model.Model}.
 *
 * <p>Each format has a package below this one, whose reader ends in a {@code Model}: {@code
 * huggingface}, {@code marian}, {@code ctranslate2}, {@code argos}. They share {@code files},
 * {@code zip} and {@code tensors}; only {@code huggingface} reads {@code pytorch}. {@code argos}
 * builds on {@code ctranslate2}, which takes the tokens that are added to a vocabulary from {@code
 * huggingface}. {@code shortlist} reads lexical shortlists. {@code formats} stands above them,
 * lists the formats and opens models. Nothing here depends on a package below it.
 */
package dev.dragoman.model;
