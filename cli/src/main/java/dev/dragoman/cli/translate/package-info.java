// SPDX-License-Identifier: Apache-2.0
/**
 * The command {@code translate} writes one translated line for each line of its inputs, in the form
 * that was asked for, and says how it goes.
 */
package dev.dragoman.cli.translate;
