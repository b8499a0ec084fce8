package io.github.tsdsr.train;

import io.github.tsdsr.data.ValidationSet;
import io.github.tsdsr.infer.OneStepModel;
import io.github.tsdsr.infer.PictureUpscaler;
import io.github.tsdsr.infer.Progress;
import io.github.tsdsr.infer.Tiling;
import io.github.tsdsr.infer.UpscaleSettings;
import io.github.tsdsr.infer.colour.ColourAlignment;
import io.github.tsdsr.infer.size.OutputSize;
import io.github.tsdsr.metrics.Metric;
import io.github.tsdsr.metrics.PerceptualMetric;
import io.github.tsdsr.pixel.BytePixels;
import io.github.tsdsr.pixel.RowLoop;
import io.github.tsdsr.tensor.Backend;
import io.github.tsdsr.tensor.DType;
import java.io.IOException;
import java.util.List;
import java.util.Locale;

/** Measures a one-step student on validation crops, beside bicubic interpolation. */
public final class StudentValidation {
  private StudentValidation() {}

  /**
   * The settings that suit a student of small crops: tiles as large as these.
   *
   * @param factor the autoencoder's
   * @param overlap of tiles, in latent pixels
   */
  public static UpscaleSettings settings(int crop, int factor, int overlap) {
    return new UpscaleSettings(
        new OutputSize.Scale(4), crop, ColourAlignment.WAVELET, new Tiling(crop / factor, overlap, 0, 0), false);
  }

  /**
   * The measures and pictures of the data's validation crops.
   *
   * @throws IOException if the files of LPIPS' weights cannot be read
   */
  public static Validation of(Backend backend, OneStepModel model, UpscaleSettings settings, TrainingData data)
      throws IOException {
    if (data.validationLpips().isEmpty()) {
      return of(backend, model, settings, data.validation(), List.of());
    }
    try (PerceptualMetric lpips = PerceptualMetric.lpips(backend, data.validationLpips())) {
      return of(backend, model, settings, data.validation(), List.of(lpips));
    }
  }

  private static Validation of(
      Backend backend, OneStepModel model, UpscaleSettings settings, List<ValidationSet.Crop> crops,
      List<Metric> more) {
    PictureUpscaler upscaler = new PictureUpscaler(backend, model, DType.F32, RowLoop.serial());
    ShownCrops shown = new ShownCrops(crops.size());
    Comparison comparison = Comparison.of(
        crops, more, rgb -> upscaler.upscale(rgb, settings, Progress.NONE),
        (i, row, bicubic, ours) -> shown.add(i, row.crop(), panels(row, bicubic, ours)));
    return new Validation(comparison.logged(), shown.strips());
  }

  private static List<Validation.Panel> panels(Comparison.Row row, BytePixels bicubic, BytePixels ours) {
    return List.of(
        new Validation.Panel("LQ", "", row.crop().degraded()),
        new Validation.Panel("bicubic", String.format(Locale.ROOT, "%.2f dB", row.bicubicPsnr()), bicubic),
        new Validation.Panel("ours", String.format(Locale.ROOT, "%.2f dB (%+.2f)", row.psnr(), row.gain()), ours),
        new Validation.Panel("HQ", "", row.crop().clean()));
  }
}
