// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.device;

/**
 * What no operation of a device can exceed.
 *
 * @param operationsPerSecond of products; a multiplication and an addition are two
 * @param bytesPerSecond to and from memory
 * @param source where the numbers are from, to be read
 */
public record Limits(double operationsPerSecond, double bytesPerSecond, String source) {}
