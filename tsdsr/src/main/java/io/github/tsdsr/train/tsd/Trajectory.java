package io.github.tsdsr.train.tsd;

import io.github.tsdsr.sd3.FlowMatchScheduler;
import java.util.Arrays;

/**
 * The noise levels that each sample of a batch passes on its way to less noise: N points where networks are asked, and one
 * more where the last step would end. Levels are the scheduler's by index; a larger index is less noise.
 */
public final class Trajectory {
  private final FlowMatchScheduler scheduler;
  private final int[][] indices;

  private Trajectory(FlowMatchScheduler scheduler, int[][] indices) {
    this.scheduler = scheduler;
    this.indices = indices;
  }

  /**
   * One trajectory for each sample.
   *
   * @param first each sample's first index
   * @param points N
   * @param stride indices from a point to the next
   * @param bias how far each sample's end is moved
   */
  public static Trajectory of(FlowMatchScheduler scheduler, int[] first, int points, int stride, int[] bias) {
    int[][] indices = new int[first.length][];
    for (int b = 0; b < first.length; b++) {
      indices[b] = indices(first[b], points, stride, bias[b], scheduler.trainSteps() - 1);
    }
    return new Trajectory(scheduler, indices);
  }

  /**
   * The N + 1 indices of one trajectory: first + floor(k (end - first) / N), end = min(first + stride N + bias, last). Where
   * it is cut at the last level its points move together.
   *
   * @param last index of the level with least noise
   */
  public static int[] indices(int first, int points, int stride, int bias, int last) {
    int end = Math.min(first + stride * points + bias, last);
    if (first < 0 || points < 1 || end <= first) {
      throw new IllegalArgumentException("no way of " + points + " points from index " + first + " to " + end);
    }
    int[] indices = new int[points + 1];
    for (int k = 0; k <= points; k++) {
      indices[k] = first + k * (end - first) / points;
    }
    return indices;
  }

  /** N. */
  public int points() {
    return indices[0].length - 1;
  }

  /** Each sample's index at point k, 0 to N. */
  public int[] indices(int k) {
    return Arrays.stream(indices).mapToInt(way -> way[k]).toArray();
  }

  /** Each sample's noise level at point k, 0 to N. */
  public double[] sigmas(int k) {
    return Arrays.stream(indices).mapToDouble(way -> scheduler.sigma(way[k])).toArray();
  }

  /** Each sample's time for the networks at point k, 0 to N. */
  public double[] times(int k) {
    return Arrays.stream(indices).mapToDouble(way -> scheduler.time(way[k])).toArray();
  }
}
