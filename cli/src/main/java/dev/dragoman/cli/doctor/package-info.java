// SPDX-License-Identifier: Apache-2.0
/**
 * The command {@code doctor} shows what {@code dev.dragoman.doctor} finds, as a table while it is
 * being found and as JSON.
 */
package dev.dragoman.cli.doctor;
