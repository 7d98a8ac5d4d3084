// SPDX-License-Identifier: Apache-2.0
/**
 * Examines devices: compares every operation of the {@link dev.dragoman.operations.Catalogue
 * catalogue} with float64 and sets its time beside what the hardware can do, compares a model with
 * its golden outputs, and compares precisions by speed and BLEU.
 */
package dev.dragoman.doctor;
