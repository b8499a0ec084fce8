package io.github.tsdsr.train.tsd;

import io.github.tsdsr.autograd.Adapters;
import io.github.tsdsr.autograd.BackendUnderTest;
import io.github.tsdsr.autograd.Tape;
import io.github.tsdsr.autograd.optim.Parameter;
import io.github.tsdsr.io.GoldenFiles;
import io.github.tsdsr.io.GoldenValues;
import io.github.tsdsr.io.safetensors.SafetensorsFile;
import io.github.tsdsr.sd3.FlowMatchScheduler;
import io.github.tsdsr.sd3.LoraSet;
import io.github.tsdsr.sd3.MmDit;
import io.github.tsdsr.sd3.MmDitConfig;
import io.github.tsdsr.sd3.Prompt;
import io.github.tsdsr.sd3.Vae;
import io.github.tsdsr.sd3.VaeConfig;
import io.github.tsdsr.tensor.Backend;
import io.github.tsdsr.tensor.Scope;
import io.github.tsdsr.tensor.Tensor;
import io.github.tsdsr.tensor.Values;
import io.github.tsdsr.tensor.Weights;
import io.github.tsdsr.tensor.op.Unary;
import io.github.tsdsr.train.network.Student;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The small model of golden section 1 with the adapters of all roles, and the inputs of section 3. */
public final class TinyDistillation implements AutoCloseable {
  public static final MmDitConfig TRANSFORMER = new MmDitConfig(2, 16, 16, 2, 2, 16, 48, 40, 16, 24, Set.of(), false);
  public static final VaeConfig VAE = new VaeConfig(3, 3, 16, List.of(16, 16, 32, 32), 2, 8, true, 1.5305, 0.0609);

  public final BackendUnderTest on;
  public final Backend backend;
  public final Scope scope;
  public final SafetensorsFile inputs = GoldenFiles.safetensors("train/step_inputs.safetensors");
  /** The adapters by their names in the files. */
  public final Map<String, Tensor> transformerLora;
  public final Map<String, Tensor> vaeLora;
  public final Map<String, Tensor> regLora;
  public final MmDit base;
  public final Vae vae;
  private final SafetensorsFile transformerFile =
      GoldenFiles.safetensors("models/tiny/transformer/diffusion_pytorch_model.safetensors");
  private final SafetensorsFile vaeFile =
      GoldenFiles.safetensors("models/tiny/vae/diffusion_pytorch_model.safetensors");

  public TinyDistillation(BackendUnderTest on) {
    this.on = on;
    backend = on.open();
    scope = Scope.on(backend);
    transformerLora = load("models/tiny/lora/transformer.safetensors", "");
    vaeLora = load("models/tiny/lora/vae.safetensors", "");
    regLora = load("models/tiny/lora/transformer_reg.safetensors", "");
    base = new MmDit(TRANSFORMER, transformerFile);
    vae = new Vae(VAE, vaeFile);
  }

  /** The tensors of a golden file whose names begin so, without that beginning, as they can be trained. */
  public Map<String, Tensor> load(String golden, String prefix) {
    Map<String, Tensor> all = new LinkedHashMap<>();
    try (SafetensorsFile file = GoldenFiles.safetensors(golden)) {
      file.names().stream().filter(n -> n.startsWith(prefix)).forEach(
          n -> all.put(n.substring(prefix.length()), scope.copy(GoldenValues.stored(file, n), on.dtype())));
    }
    return all;
  }

  /** All weights of the frozen base as they are in the file. */
  public Set<Tensor> baseWeights() {
    Set<Tensor> all = new HashSet<>();
    transformerFile.names().forEach(n -> all.add(GoldenValues.stored(transformerFile, n)));
    vaeFile.names().forEach(n -> all.add(GoldenValues.stored(vaeFile, n)));
    return all;
  }

  public static Adapters set(Map<String, Tensor> tensors) {
    return new LoraSet(tensors.keySet(), Weights.of("adapters", tensors), 1);
  }

  public Student student() {
    return student(base, vae);
  }

  public Student student(MmDit transformer, Vae encoder) {
    return new Student(encoder, set(vaeLora), transformer, set(transformerLora), prompt("default"));
  }

  public Roles roles(Adapters teacher) {
    return roles(teacher, student());
  }

  public Roles roles(Adapters teacher, Student student) {
    return new Roles(FlowMatchScheduler.sd3(), vae, base, teacher, set(regLora), student, prompt("null"));
  }

  private Prompt prompt(String which) {
    return new Prompt(tensor(inputs, "in." + which + "_prompt_embeds").unsqueeze(0),
        tensor(inputs, "in." + which + "_pooled").unsqueeze(0));
  }

  /** The student's adapters, as optimisers and tapes want them. */
  public List<Parameter> studentParameters() {
    List<Parameter> all = new ArrayList<>();
    transformerLora.forEach((name, t) -> all.add(new Parameter("transformer." + name, t)));
    vaeLora.forEach((name, t) -> all.add(new Parameter("vae." + name, t)));
    return all;
  }

  public List<Parameter> loraParameters() {
    return regLora.entrySet().stream().map(e -> new Parameter("reg." + e.getKey(), e.getValue())).toList();
  }

  public static Set<Tensor> wanted(List<Parameter> parameters) {
    Set<Tensor> all = new HashSet<>();
    parameters.forEach(p -> all.add(p.value()));
    return all;
  }

  public Tensor tensor(Weights file, String name) {
    return GoldenValues.load(scope, on.dtype(), file, name);
  }

  public Tensor latent(Weights file, String name) {
    return GoldenValues.picture(scope, on.dtype(), file, name);
  }

  /** Bytes as values in [-1,1]. */
  public Tensor picture(Weights file, String name) {
    Tensor bytes = latent(file, name);
    Tensor t = scope.empty(on.dtype(), bytes.shape());
    backend.run(Unary.affine(bytes, 2.0 / 255, -1, t));
    return t;
  }

  public int[] ints(Weights file, String name) {
    double[] values = Values.doubles(backend, GoldenValues.stored(file, name));
    int[] all = new int[values.length];
    for (int i = 0; i < all.length; i++) {
      all[i] = (int) values[i];
    }
    return all;
  }

  /** The picture of a latent. */
  public Tensor decoded(Tensor latent) {
    Tape plain = Tape.inference(scope);
    return vae.decode(plain, vae.unscaled(plain, plain.leaf(latent)), Adapters.NONE).value();
  }

  /** The inputs of a step. */
  public Draw draw(Weights file, String prefix, boolean biased) {
    Tensor clean = picture(file, prefix + "x_H");
    int bias = biased ? ints(file, prefix + "bias")[0] : 0;
    return new Draw(
        picture(file, prefix + "x_L"), clean, latent(file, prefix + "latent_hr"),
        new Prompt(tensor(file, prefix + "prompt_embeds"), tensor(file, prefix + "pooled")),
        latent(file, prefix + "posterior_eps"), latent(file, prefix + "noise"), ints(file, prefix + "index"),
        new int[] {bias, bias}, PictureWindow.whole(clean));
  }

  @Override
  public void close() {
    scope.close();
    inputs.close();
    transformerFile.close();
    vaeFile.close();
    backend.close();
  }
}
