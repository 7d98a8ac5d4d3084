// SPDX-License-Identifier: Apache-2.0
/**
 * Models of Marian's as OPUS-MT publishes them: {@code decoder.yml}, weights and options in an
 * {@code .npz}, and vocabularies in YAML.
 *
 * @see <a href="https://marian-nmt.github.io/docs/">Marian's documentation</a>
 */
package dev.dragoman.model.marian;
