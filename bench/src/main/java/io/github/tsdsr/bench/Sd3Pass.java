package io.github.tsdsr.bench;

import io.github.tsdsr.autograd.Adapters;
import io.github.tsdsr.autograd.Tape;
import io.github.tsdsr.autograd.Var;
import io.github.tsdsr.autograd.fn.Affine;
import io.github.tsdsr.autograd.fn.Arithmetic;
import io.github.tsdsr.bench.PassOutcome.Times;
import io.github.tsdsr.io.model.EmbeddingFiles;
import io.github.tsdsr.kernels.cpu.ProductPrecision;
import io.github.tsdsr.kernels.cpu.VectorBackend;
import io.github.tsdsr.model.ModelFolder;
import io.github.tsdsr.sd3.Condition;
import io.github.tsdsr.sd3.MmDit;
import io.github.tsdsr.sd3.Vae;
import io.github.tsdsr.tensor.DType;
import io.github.tsdsr.tensor.Scope;
import io.github.tsdsr.tensor.Tensor;
import io.github.tsdsr.tensor.Values;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.LongSupplier;

/**
 * The networks of one picture at full size, 512x512 out: {@code bin/bench --sd3 MODEL [--runs N] [--threads N] [--profile]
 * [--bf16] [--peer PYTHON]} prints the time of encoder, transformer and decoder and the memory that was resident; with a peer the same
 * of PyTorch on the same model and picture, and how far the two pictures lie apart. With one thread times are its
 * processor time, which other programs hardly disturb.
 */
final class Sd3Pass {
  /** Of the picture. */
  static final int SIDE = 512;

  private static final int SHAPES = 60;
  private static final double NOISE = 1000;

  private final ProfiledBackend backend;
  private final ModelFolder folder;
  private final EmbeddingFiles embeddings;
  private final float[] picture;
  private final LongSupplier clock;

  private Sd3Pass(
      ProfiledBackend backend, ModelFolder folder, EmbeddingFiles embeddings, float[] picture, LongSupplier clock) {
    this.backend = backend;
    this.folder = folder;
    this.embeddings = embeddings;
    this.picture = picture;
    this.clock = clock;
  }

  /**
   * @param arguments without the {@code --sd3} before them
   */
  static void run(String... arguments) throws IOException, InterruptedException {
    Path model = Path.of(arguments[0]);
    int runs = 2;
    int threads = Runtime.getRuntime().availableProcessors();
    boolean profile = false;
    ProductPrecision products = ProductPrecision.F32;
    Path python = null;
    for (int i = 1; i < arguments.length; i++) {
      switch (arguments[i]) {
        case "--runs" -> runs = Integer.parseInt(arguments[++i]);
        case "--threads" -> threads = Integer.parseInt(arguments[++i]);
        case "--profile" -> profile = true;
        case "--bf16" -> products = ProductPrecision.BF16;
        case "--peer" -> python = Path.of(arguments[++i]);
        default -> throw new IllegalArgumentException("unknown option " + arguments[i]);
      }
    }
    float[] picture = picture();
    System.out.printf("%s, %d threads%s, %s%n%n", processor(), threads, threads == 1 ? ", processor time" : "",
        LocalDate.now());
    PassOutcome ours = ours(model, picture, runs, threads, products, profile);
    System.out.print(PassOutcome.head() + ours.rows());
    if (python != null) {
      PassOutcome theirs = Sd3Peer.run(python, model, picture, runs, threads, products);
      System.out.printf("%s%n%s", theirs.rows(), ours.against(theirs));
    }
  }

  static String processor() {
    try {
      return Files.readAllLines(Path.of("/proc/cpuinfo")).stream().filter(line -> line.startsWith("model name"))
          .findFirst().map(line -> line.substring(line.indexOf(':') + 2)).orElse(System.getProperty("os.arch"));
    } catch (IOException e) {
      return System.getProperty("os.arch");
    }
  }

  /** Waves of several lengths and a fixed noise, in [-1,1]. */
  private static float[] picture() {
    float[] p = new float[SIDE * SIDE * 3];
    Random random = new Random(1);
    for (int i = 0; i < p.length; i++) {
      int x = i / 3 % SIDE;
      int y = i / 3 / SIDE;
      double wave = Math.sin(0.02 * x + 0.05 * y * (i % 3 + 1)) * Math.cos(0.11 * x - 0.01 * y);
      p[i] = (float) Math.clamp(0.8 * wave + 0.2 * random.nextGaussian(), -1, 1);
    }
    return p;
  }

  private static PassOutcome ours(
      Path model, float[] picture, int runs, int threads, ProductPrecision products, boolean profile)
      throws IOException {
    LongSupplier clock = threads == 1 ? ManagementFactory.getThreadMXBean()::getCurrentThreadCpuTime : System::nanoTime;
    try (ResidentMemory memory = new ResidentMemory();
        ProfiledBackend backend = new ProfiledBackend(new VectorBackend(threads, Long.MAX_VALUE, products), clock);
        ModelFolder folder = ModelFolder.open(model);
        EmbeddingFiles embeddings = EmbeddingFiles.open(model.resolve("embeddings/default"))) {
      PassOutcome outcome = new Sd3Pass(backend, folder, embeddings, picture, clock).passes(runs, memory);
      if (profile) {
        System.out.println(backend.report(1, SHAPES));
      }
      return outcome;
    }
  }

  private PassOutcome passes(int runs, ResidentMemory memory) {
    try (Scope scope = Scope.on(backend)) {
      Vae vae = new Vae(folder.vaeConfig(), folder.vae());
      MmDit transformer = new MmDit(folder.transformerConfig(), folder.transformer());
      long begin = clock.getAsLong();
      Tape tape = Tape.inference(scope);
      Tensor prompt = embeddings.prompt(folder.transformerConfig().jointAttentionDim()).unsqueeze(0);
      Tensor pooled = embeddings.pooled(folder.transformerConfig().pooledProjectionDim()).unsqueeze(0);
      Condition condition = transformer.condition(tape, new double[] {NOISE},
          tape.leaf(scope.copy(prompt, DType.F32)), tape.leaf(scope.copy(pooled, DType.F32)), Adapters.NONE);
      double prepared = (clock.getAsLong() - begin) / 1e9;
      List<Times> passes = new ArrayList<>();
      float[] decoded = null;
      for (int i = 0; i < runs; i++) {
        backend.reset();
        try (Scope inner = scope.inner()) {
          decoded = pass(inner, vae, transformer, condition, passes);
        }
      }
      return new PassOutcome("this project", prepared, passes, memory.peaks(), decoded);
    }
  }

  private float[] pass(Scope scope, Vae vae, MmDit transformer, Condition condition, List<Times> passes) {
    Tape tape = Tape.inference(scope);
    Var x = tape.leaf(Values.tensor(scope, DType.F32, picture, 1, SIDE, SIDE, 3));
    long begin = clock.getAsLong();
    Var z = tape.scoped(() -> vae.scaled(tape, vae.mean(tape, vae.moments(tape, x, Adapters.NONE))));
    long encoded = clock.getAsLong();
    Var v = transformer.velocity(tape, z, condition, Adapters.NONE);
    long predicted = clock.getAsLong();
    Var student = Arithmetic.add(tape, z, Affine.apply(tape, v, -1, 0));
    Var y = vae.decode(tape, vae.unscaled(tape, student), Adapters.NONE);
    long end = clock.getAsLong();
    passes.add(new Times((encoded - begin) / 1e9, (predicted - encoded) / 1e9, (end - predicted) / 1e9));
    return Values.floats(backend, y.value());
  }
}
