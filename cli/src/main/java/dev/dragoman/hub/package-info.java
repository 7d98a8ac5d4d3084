// SPDX-License-Identifier: Apache-2.0
/**
 * Models come from the Hugging Face hub: this package has its HTTP interface, and the cache that
 * all of its programs share. It knows nothing of commands and terminals.
 */
package dev.dragoman.hub;
