// SPDX-License-Identifier: Apache-2.0
/**
 * All formats of models together: {@link dev.dragoman.model.formats.Models} finds out which one
 * lies at a path and opens it. This package stands above those of the formats and is the only one
 * that knows them all.
 */
package dev.dragoman.model.formats;
