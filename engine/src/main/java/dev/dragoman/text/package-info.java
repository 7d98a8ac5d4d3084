// SPDX-License-Identifier: Apache-2.0
/**
 * Text and tokens: reading lines, splitting long ones at the ends of sentences, cutting text into
 * SentencePiece's pieces, numbering these by a model's vocabulary, and the way back. Tokenizers can
 * be used from several threads.
 *
 * @see <a href="https://arxiv.org/abs/1808.06226">SentencePiece, Kudo and Richardson 2018</a>
 */
package dev.dragoman.text;
