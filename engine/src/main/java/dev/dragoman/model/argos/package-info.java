// SPDX-License-Identifier: Apache-2.0
/**
 * Packages of Argos Translate: a CTranslate2 model and its SentencePiece model, packed or unpacked.
 *
 * @see <a href="https://www.argosopentech.com/argospm/index/">Argos packages</a>
 */
package dev.dragoman.model.argos;
