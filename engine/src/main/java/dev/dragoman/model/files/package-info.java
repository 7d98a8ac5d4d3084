// SPDX-License-Identifier: Apache-2.0
/**
 * The files of models, none of which is believed: opening them, directories, JSON and YAML, and the
 * refusals of what is missing, broken or never was fetched. Every refusal is a {@link
 * dev.dragoman.model.ModelFormatException} of one line that names the file and the place.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc8259">JSON</a>
 * @see <a href="https://yaml.org/spec/1.2.2/">YAML</a>
 */
package dev.dragoman.model.files;
