/**
 * Proves a device: every operation of the seam against float64, a model against its golden outputs,
 * and a time for each operation beside what the hardware can do. The references serve the tests,
 * too.
 */
package dev.dragoman.doctor;
