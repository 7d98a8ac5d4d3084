// SPDX-License-Identifier: Apache-2.0
/**
 * The seam between the Transformer and the hardware: {@link dev.dragoman.device.Device} computes on
 * {@link dev.dragoman.device.Tensor tensors}, and records bring together what goes through it.
 * {@link dev.dragoman.device.Devices} finds devices by their names. What a device must do is told
 * by the catalogue of operations and the contract in the tests of this package.
 */
package dev.dragoman.device;
