package io.github.tsdsr.train.lora;

import io.github.tsdsr.autograd.Adapters;
import io.github.tsdsr.autograd.optim.Parameter;
import io.github.tsdsr.io.FormatException;
import io.github.tsdsr.io.model.BackendWeights;
import io.github.tsdsr.model.AdapterFile;
import io.github.tsdsr.sd3.InitialAdapters;
import io.github.tsdsr.sd3.LoraSet;
import io.github.tsdsr.sd3.LoraTargets;
import io.github.tsdsr.sd3.WeightPlan;
import io.github.tsdsr.tensor.Backend;
import io.github.tsdsr.tensor.DType;
import io.github.tsdsr.tensor.Scope;
import io.github.tsdsr.tensor.Tensor;
import io.github.tsdsr.tensor.Weights;
import io.github.tsdsr.tensor.op.Unary;
import io.github.tsdsr.train.network.ModelExport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The adapters of one role in training, in F32. A parameter is called as in a published file, after a prefix that no other
 * role has. Files are read with a scale of 1 by everyone, so that alpha / rank is multiplied into the matrices B of what is
 * written and divided out of what is read.
 */
public final class TrainedAdapters {
  /** Where a run's model has them. */
  public static final String FOLDER = "lora";
  /** The file of a student's transformer or a teacher's. */
  public static final String TRANSFORMER = "transformer.safetensors";
  /** The file of a student's encoder. */
  public static final String ENCODER = "vae.safetensors";
  /** The file of a LoRA model. */
  public static final String LORA_MODEL = "transformer_reg.safetensors";

  private final String prefix;
  private final double scale;
  private final Map<String, Tensor> tensors;

  private TrainedAdapters(String prefix, double scale, Map<String, Tensor> tensors) {
    this.prefix = prefix;
    this.scale = scale;
    this.tensors = tensors;
  }

  /** No adapters. */
  public static TrainedAdapters none() {
    return new TrainedAdapters("", 1, Map.of());
  }

  /**
   * New adapters, or those of a file; then the modules are the file's.
   *
   * @param scope owns them
   * @param prefix of the parameters' names
   * @param network the weights of what they are on
   * @param seed of new ones
   * @throws FormatException if the file's adapters are none or fit the network not
   */
  public static TrainedAdapters of(
      Scope scope, String prefix, LoraTargets targets, WeightPlan network, LoraSettings lora, long seed)
      throws IOException {
    Map<String, Tensor> named = lora.from().isPresent()
        ? read(scope, lora.from().get(), network, lora.scale())
        : InitialAdapters.make(scope, targets.shapes(network.shapes(), lora.rank()), seed);
    Map<String, Tensor> prefixed = new LinkedHashMap<>();
    named.forEach((name, t) -> prefixed.put(prefix + name, t));
    return new TrainedAdapters(prefix, lora.scale(), prefixed);
  }

  private static Map<String, Tensor> read(Scope scope, Path path, WeightPlan network, double scale)
      throws IOException {
    try (AdapterFile file = AdapterFile.open(path);
        BackendWeights here = BackendWeights.on(scope.backend(), file.tensors())) {
      file.on(network);
      Map<String, Tensor> all = new LinkedHashMap<>();
      for (String name : file.names()) {
        Tensor t = scope.copy(here.find(name).orElseThrow(), DType.F32);
        if (LoraSet.isB(name) && scale != 1) {
          scope.backend().run(Unary.affine(t, 1 / scale, 0, t));
        }
        all.put(name, t);
      }
      return all;
    }
  }

  /** What an optimiser moves. */
  public List<Parameter> parameters() {
    return tensors.entrySet().stream().map(e -> new Parameter(e.getKey(), e.getValue())).toList();
  }

  /** The parameters' names. */
  public Set<String> names() {
    return tensors.keySet();
  }

  /** The adapters as they are trained. */
  public Adapters adapters() {
    return adapters(tensors);
  }

  /**
   * The adapters as averages make them.
   *
   * @param averages of all parameters of a run
   */
  public Adapters adapters(Map<String, Tensor> averages) {
    Map<String, Tensor> own = named(averages);
    return own.isEmpty() ? Adapters.NONE : new LoraSet(own.keySet(), Weights.of(prefix, own), scale);
  }

  private Map<String, Tensor> named(Map<String, Tensor> averages) {
    Map<String, Tensor> own = new LinkedHashMap<>();
    tensors.keySet().forEach(name -> own.put(name.substring(prefix.length()), averages.get(name)));
    return own;
  }

  /**
   * Writes averages under the names of the published files, unless there are no adapters.
   *
   * @param averages of all parameters of a run
   */
  public void export(Path file, Backend backend, Map<String, Tensor> averages) throws IOException {
    if (tensors.isEmpty()) {
      return;
    }
    Files.createDirectories(file.getParent());
    try (Scope scope = Scope.on(backend)) {
      Map<String, Tensor> scaled = new LinkedHashMap<>();
      named(averages).forEach((name, t) -> {
        Tensor b = t;
        if (LoraSet.isB(name) && scale != 1) {
          b = scope.empty(DType.F32, t.shape());
          backend.run(Unary.affine(t, scale, 0, b));
        }
        scaled.put(name, b);
      });
      ModelExport.file(file, backend, scaled, DType.F32);
    }
  }
}
