// SPDX-License-Identifier: Apache-2.0
/**
 * The commands {@code info}, {@code pull} and {@code convert} are about models: what one is, where
 * it comes from, and how it is written in another form.
 */
package dev.dragoman.cli.models;
