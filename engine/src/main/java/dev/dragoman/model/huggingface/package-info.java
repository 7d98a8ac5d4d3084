// SPDX-License-Identifier: Apache-2.0
/**
 * MarianMT and M2M-100 (with NLLB) as Hugging Face's transformers lay them out in a directory: a
 * reader for each, the writer of MarianMT's layout, and the tokens that transformers add to a
 * vocabulary.
 *
 * @see <a href="https://huggingface.co/docs/transformers/model_doc/marian">MarianMT</a>
 * @see <a href="https://huggingface.co/docs/transformers/model_doc/m2m_100">M2M100</a>
 */
package dev.dragoman.model.huggingface;
