// SPDX-License-Identifier: Apache-2.0
/**
 * Options that several commands have, as mixins of picocli, and the way from them to the engine.
 */
package dev.dragoman.cli.options;
