/**
 * The CPU device: products on oneDNN, everything else in Java on the vector unit. Tensors are plain
 * Java arrays, so that every operation but the product is ordinary code; a product copies its rows
 * to and from native memory, which costs a few percent of the product itself. Each operation
 * computes a row from that row alone and in the same order of additions whatever rows stand beside
 * it, so that results do not depend on the batch.
 */
package dev.dragoman.device.cpu;
