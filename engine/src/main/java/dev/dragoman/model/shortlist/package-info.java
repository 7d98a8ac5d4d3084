// SPDX-License-Identifier: Apache-2.0
/**
 * Lexical shortlists: the target words that are likely for the words of a source, from
 * CTranslate2's {@code vmap.txt} or from Marian's files in text or binary.
 *
 * @see <a href="https://opennmt.net/CTranslate2/decoding.html">CTranslate2's decoding features</a>
 * @see <a href="https://marian-nmt.github.io/docs/cmd/marian-decoder/">marian-decoder</a>
 */
package dev.dragoman.model.shortlist;
