package io.github.tsdsr.kernels.cuda;

/** Which instructions a device has, such as 8.0 for sm_80. */
public record ComputeCapability(int major, int minor) implements Comparable<ComputeCapability> {
  @Override
  public int compareTo(ComputeCapability other) {
    return major != other.major ? Integer.compare(major, other.major) : Integer.compare(minor, other.minor);
  }

  @Override
  public String toString() {
    return major + "." + minor;
  }
}
