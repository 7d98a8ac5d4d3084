// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.pipeline;

/**
 * What an engine has and does at a moment.
 *
 * @param workers of all devices
 * @param slots sentences that can be in flight at once
 * @param waiting sentences that wait for a free slot
 * @param deviceBytes memory of the devices that is taken
 * @param activity what the workers have done so far
 */
public record EngineStatus(
    int workers, int slots, int waiting, long deviceBytes, Activity activity) {}
