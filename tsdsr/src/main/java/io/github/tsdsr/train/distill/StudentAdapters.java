package io.github.tsdsr.train.distill;

import io.github.tsdsr.io.config.Config;
import io.github.tsdsr.train.lora.LoraSettings;
import io.github.tsdsr.train.lora.TrainedAdapters;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What of a student is trained as adapters.
 *
 * @param transformer its transformer's adapters; none if all its weights are trained
 * @param encoder its encoder's adapters, if it has any
 */
public record StudentAdapters(Optional<LoraSettings> transformer, Optional<LoraSettings> encoder) {
  private static final String FROM = "from";

  /**
   * Reads {@code trains}, {@code encoder_adapters} and {@code student_lora}. A folder to begin from holds the
   * transformer's adapters, unless all its weights are trained; if it holds the encoder's too, the encoder is to have some.
   *
   * @param base the folder that paths are relative to
   */
  static StudentAdapters of(Config c, Path base) throws IOException {
    Config lora = c.section("student_lora");
    boolean whole = whole(c);
    Optional<Path> from = lora.optionalText(FROM).map(f -> base.resolve(f).normalize());
    Optional<Path> encoderFile = from.map(f -> f.resolve(TrainedAdapters.ENCODER)).filter(Files::isRegularFile);
    boolean encoder = c.flag("encoder_adapters", encoderFile.isPresent());
    if (!encoder && encoderFile.isPresent()) {
      throw c.refused("encoder_adapters", "true, as the student begins with those in " + encoderFile.get()
          + " (or name " + TrainedAdapters.TRANSFORMER + " there alone)");
    }
    if (whole) {
      return whole(lora, from, encoder, encoderFile);
    }
    LoraSettings transformer = LoraSettings.of(lora, base, TrainedAdapters.TRANSFORMER);
    LoraSettings fresh = new LoraSettings(transformer.rank(), transformer.alpha(), Optional.empty());
    Optional<LoraSettings> ofEncoder = !encoder ? Optional.empty()
        : Optional.of(encoderFile.isPresent() ? fresh.startingFrom(lora, encoderFile.get()) : fresh);
    return new StudentAdapters(Optional.of(transformer), ofEncoder);
  }

  private static StudentAdapters whole(
      Config lora, Optional<Path> from, boolean encoder, Optional<Path> encoderFile) throws IOException {
    if (from.isPresent() && (encoderFile.isEmpty() || Files.exists(from.get().resolve(TrainedAdapters.TRANSFORMER)))) {
      throw lora.refused(FROM, "a folder with " + TrainedAdapters.ENCODER + " and no "
          + TrainedAdapters.TRANSFORMER + ", where all of the transformer is trained");
    }
    LoraSettings ofEncoder = LoraSettings.of(lora, encoderFile);
    return new StudentAdapters(Optional.empty(), encoder ? Optional.of(ofEncoder) : Optional.empty());
  }

  private static boolean whole(Config c) {
    String trains = c.text("trains", "adapters");
    if (!trains.equals("all") && !trains.equals("adapters")) {
      throw c.refused("trains", "all or adapters");
    }
    return trains.equals("all");
  }

  /** Whether all weights of the transformer are trained. */
  boolean whole() {
    return transformer.isEmpty();
  }

  /** Fingerprints of the files that they begin with, under names for people. */
  Map<String, String> inputs() throws IOException {
    Map<String, String> all = new LinkedHashMap<>();
    if (transformer.isPresent()) {
      all.putAll(transformer.get().inputs("student's"));
    }
    if (encoder.isPresent()) {
      all.putAll(encoder.get().inputs("student's encoder's"));
    }
    return all;
  }
}
