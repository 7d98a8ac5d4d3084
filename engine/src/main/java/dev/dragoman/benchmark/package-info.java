/**
 * What benchmarks measure and compare with: Transformers of given sizes with random weights,
 * lengths of real sentences, the least time in which hardware can do the work, and a device that
 * does nothing, which leaves the host's part.
 */
package dev.dragoman.benchmark;
