package io.github.tsdsr.model;

import io.github.tsdsr.io.FormatException;
import io.github.tsdsr.io.NamedWeights;
import io.github.tsdsr.io.safetensors.SafetensorsFile;
import io.github.tsdsr.sd3.LoraSet;
import io.github.tsdsr.sd3.WeightPlan;
import io.github.tsdsr.tensor.WeightsException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** One file of adapters under the names of TSD-SR's published files, with a scale of 1. */
public final class AdapterFile implements AutoCloseable {
  private final String file;
  private final NamedWeights tensors;
  private final LoraSet set;

  private AdapterFile(String file, NamedWeights tensors) {
    this.file = file;
    this.tensors = tensors;
    try {
      set = new LoraSet(tensors.names(), tensors, 1);
    } catch (WeightsException e) {
      tensors.close();
      throw new FormatException(file, e.getMessage());
    } catch (RuntimeException e) {
      tensors.close();
      throw e;
    }
  }

  /**
   * Opens a file.
   *
   * @throws FormatException if it is not valid, or holds anything else than adapters
   * @throws IOException if it cannot be read
   */
  public static AdapterFile open(Path file) throws IOException {
    return new AdapterFile(file.toString(), SafetensorsFile.open(file));
  }

  static AdapterFile open(ModelSource source, String file) throws IOException {
    return new AdapterFile(source.called(file), source.file(file));
  }

  /** The ranks of its adapters, each once, the least first. */
  public List<Long> ranks() {
    return set.byModule().values().stream().map(a -> a.a().size(0)).distinct().sorted().toList();
  }

  /**
   * The rank of all its adapters.
   *
   * @throws FormatException if there are none, or of several ranks
   */
  public int rank() {
    List<Long> ranks = ranks();
    if (ranks.isEmpty()) {
      throw new FormatException(file, "no adapters in it");
    }
    if (ranks.size() > 1) {
      throw new FormatException(
          file, "adapters of rank " + ranks.getFirst() + " and of rank " + ranks.getLast() + ", expected one rank");
    }
    return Math.toIntExact(ranks.getFirst());
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

  /**
   * Its adapters, on a network of this shape.
   *
   * @throws FormatException if one is on no module of the network
   */
  public LoraSet on(WeightPlan network) {
    try {
      set.checkFits(weight -> Optional.ofNullable(network.shapes().get(weight)));
    } catch (WeightsException e) {
      throw new FormatException(file, e.getMessage());
    }
    return set;
  }

  @Override
  public void close() {
    tensors.close();
  }
}
