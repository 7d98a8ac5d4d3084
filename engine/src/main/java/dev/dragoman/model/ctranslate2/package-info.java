// SPDX-License-Identifier: Apache-2.0
/**
 * Transformers in CTranslate2's form, versions 2 to 6: {@code model.bin} and vocabularies. The
 * layout is defined by the source of its writer and reader.
 *
 * @see <a
 *     href="https://github.com/OpenNMT/CTranslate2/blob/master/python/ctranslate2/specs/model_spec.py">the
 *     writer</a>
 */
package dev.dragoman.model.ctranslate2;
