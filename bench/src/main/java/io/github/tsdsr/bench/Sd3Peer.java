package io.github.tsdsr.bench;

import io.github.tsdsr.bench.PassOutcome.Times;
import io.github.tsdsr.io.safetensors.SafetensorsFile;
import io.github.tsdsr.io.safetensors.SafetensorsWriter;
import io.github.tsdsr.kernels.cpu.ProductPrecision;
import io.github.tsdsr.tensor.Backend;
import io.github.tsdsr.tensor.DType;
import io.github.tsdsr.tensor.ReferenceBackend;
import io.github.tsdsr.tensor.Scope;
import io.github.tsdsr.tensor.Tensor;
import io.github.tsdsr.tensor.Values;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Scanner;

/** PyTorch on the same model and picture, by the script {@code bench/peers/sd3_pass.py}. */
final class Sd3Peer {
  private static final Path SCRIPT = Path.of("bench", "peers", "sd3_pass.py");

  private Sd3Peer() {}

  /**
   * Runs the script.
   *
   * @param python the command of a Python that has torch and diffusers
   * @param precision what it computes in: with BF16 weights and activations, not factors only
   */
  static PassOutcome run(
      Path python, Path model, float[] picture, int runs, int threads, ProductPrecision precision)
      throws IOException, InterruptedException {
    Path folder = Files.createTempDirectory("tsdsr-peer");
    Path in = folder.resolve("picture.safetensors");
    Path out = folder.resolve("decoded.safetensors");
    try (Backend backend = new ReferenceBackend()) {
      write(backend, in, picture);
      List<Times> passes = new ArrayList<>();
      long[] memory = new long[3];
      Process process = new ProcessBuilder(
          python.toString(), SCRIPT.toString(), model.toString(), in.toString(), out.toString(),
          String.valueOf(runs), String.valueOf(threads), precision.name().toLowerCase(Locale.ROOT))
              .redirectError(ProcessBuilder.Redirect.INHERIT).start();
      try (Scanner lines = new Scanner(process.getInputStream(), StandardCharsets.UTF_8)) {
        while (lines.hasNextLine()) {
          String line = lines.nextLine();
          String[] words = line.split(" ");
          switch (words[0]) {
            case "pass" -> passes.add(new Times(
                Double.parseDouble(words[1]), Double.parseDouble(words[2]), Double.parseDouble(words[3])));
            case "memory" -> Arrays.setAll(memory, i -> Long.parseLong(words[i + 1]));
            default -> System.err.println(line);
          }
        }
      }
      if (process.waitFor() != 0) {
        throw new IOException(SCRIPT + " ended with code " + process.exitValue());
      }
      try (SafetensorsFile file = SafetensorsFile.open(out)) {
        Tensor decoded = file.get("decoded", 1, Sd3Pass.SIDE, Sd3Pass.SIDE, 3);
        return new PassOutcome("PyTorch " + precision, 0, passes, memory, Values.floats(backend, decoded));
      }
    } finally {
      Files.deleteIfExists(in);
      Files.deleteIfExists(out);
      Files.delete(folder);
    }
  }

  private static void write(Backend backend, Path file, float[] picture) throws IOException {
    try (Scope scope = Scope.on(backend)) {
      Tensor t = Values.tensor(scope, DType.F32, picture, 1, Sd3Pass.SIDE, Sd3Pass.SIDE, 3);
      SafetensorsWriter.write(file, backend, Map.of("picture", t), Map.of());
    }
  }
}
