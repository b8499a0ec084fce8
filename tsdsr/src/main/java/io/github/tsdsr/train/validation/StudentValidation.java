package io.github.tsdsr.train.validation;

import io.github.tsdsr.data.ValidationSet;
import io.github.tsdsr.infer.OneStepModel;
import io.github.tsdsr.infer.PictureUpscaler;
import io.github.tsdsr.infer.Progress;
import io.github.tsdsr.infer.UpscaleSettings;
import io.github.tsdsr.metrics.Metric;
import io.github.tsdsr.metrics.PerceptualMetric;
import io.github.tsdsr.model.OpenParts;
import io.github.tsdsr.pixel.BytePixels;
import io.github.tsdsr.pixel.RowLoop;
import io.github.tsdsr.tensor.Backend;
import io.github.tsdsr.tensor.DType;
import io.github.tsdsr.tensor.Scope;
import io.github.tsdsr.train.network.Student;
import java.io.IOException;
import java.util.List;
import java.util.Locale;

/** Measures a one-step student on validation crops, beside bicubic interpolation. */
public final class StudentValidation {
  private StudentValidation() {}

  /**
   * The measures and pictures of validation crops.
   *
   * @throws IOException if the files of LPIPS' weights cannot be read
   */
  public static Validation of(
      Backend backend, Student student, UpscaleSettings settings, ValidationPhotos photos) throws IOException {
    try (OpenParts open = new OpenParts()) {
      OneStepModel model = new OneStepModel(
          open.add(Scope.on(backend)), student.encoder(), student.encoderAdapters(), student.transformer(),
          student.adapters(), student.prompt().tokens(), student.prompt().pooled());
      List<Metric> more = photos.lpips().isEmpty()
          ? List.of()
          : List.of(open.add(PerceptualMetric.lpips(backend, photos.lpips())));
      return of(backend, model, settings, photos.crops(), more);
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
