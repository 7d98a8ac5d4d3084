// SPDX-License-Identifier: Apache-2.0
/**
 * The folders where the native libraries that come in jars are unpacked: the system loads them from
 * files alone, in folders that can be written and executed from.
 */
package dev.dragoman.natives;
