package io.github.tsdsr.model;

import io.github.tsdsr.io.FormatException;
import io.github.tsdsr.io.NamedWeights;
import io.github.tsdsr.io.safetensors.SafetensorsFile;
import io.github.tsdsr.sd3.LoraSet;
import io.github.tsdsr.tensor.WeightsException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Set;

/** One file of adapters under the names of TSD-SR's published files, all of one rank, with a scale of 1. */
public final class AdapterFile implements AutoCloseable {
  private final NamedWeights tensors;
  private final LoraSet set;
  private final int rank;

  private AdapterFile(String file, NamedWeights tensors) {
    this.tensors = tensors;
    try {
      set = new LoraSet(tensors.names(), tensors, 1);
    } catch (WeightsException e) {
      throw new FormatException(file, e.getMessage());
    }
    long[] ranks = set.byModule().values().stream().mapToLong(a -> a.a().size(0)).distinct().sorted().toArray();
    if (ranks.length == 0) {
      throw new FormatException(file, "no adapters in it");
    }
    if (ranks.length > 1) {
      throw new FormatException(file, "adapters of rank " + ranks[0] + " and of rank " + ranks[ranks.length - 1]
          + ", expected one rank");
    }
    rank = Math.toIntExact(ranks[0]);
  }

  /**
   * Opens a file.
   *
   * @throws FormatException if it is not valid, or holds none or anything else than adapters, or several ranks
   * @throws IOException if it cannot be read
   */
  public static AdapterFile open(Path file) throws IOException {
    NamedWeights tensors = SafetensorsFile.open(file);
    try {
      return new AdapterFile(file.toString(), tensors);
    } catch (RuntimeException e) {
      tensors.close();
      throw e;
    }
  }

  /** Of all its adapters. */
  public int rank() {
    return rank;
  }

  /** Names of its tensors, in the file's order. */
  public Set<String> names() {
    return tensors.names();
  }

  /** Its tensors by these names; they live until this is closed. */
  public NamedWeights tensors() {
    return tensors;
  }

  /** Its adapters; they live until this is closed. */
  public LoraSet set() {
    return set;
  }

  @Override
  public void close() {
    tensors.close();
  }
}
