package io.github.tsdsr.train.validation;

import io.github.tsdsr.data.ValidationSet;
import io.github.tsdsr.infer.resize.PillowFilter;
import io.github.tsdsr.infer.resize.PillowResize;
import io.github.tsdsr.metrics.Luma;
import io.github.tsdsr.metrics.Metric;
import io.github.tsdsr.metrics.Niqe;
import io.github.tsdsr.metrics.PerceptualMetric;
import io.github.tsdsr.metrics.Psnr;
import io.github.tsdsr.metrics.Ssim;
import io.github.tsdsr.pixel.BytePixels;
import io.github.tsdsr.pixel.RowLoop;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.ToDoubleFunction;
import java.util.function.UnaryOperator;

/**
 * A model beside bicubic interpolation on validation crops.
 *
 * @param more the further metrics, which compare with the clean crop
 */
public record Comparison(List<Row> rows, List<Metric> more) {
  /** PSNR of luma in dB, mean of the crops, in a log. */
  public static final String PSNR = "psnr_y";
  /** By how many dB PSNR of luma is above bicubic's, mean of the crops, in a log. */
  public static final String PSNR_GAIN = "psnr_y_gain";
  /** The least of the crops' gains in dB, in a log. */
  public static final String WORST_GAIN = "psnr_y_worst_gain";
  /** By how much SSIM of luma is above bicubic's, mean of the crops, in a log. */
  public static final String SSIM_GAIN = "ssim_gain";
  /** NIQE, mean of the crops, in a log. */
  public static final String NIQE = "niqe";
  /** Names of all measures in a log. */
  public static final Set<String> MEASURES =
      Set.of(PSNR, PSNR_GAIN, WORST_GAIN, SSIM_GAIN, NIQE, PerceptualMetric.LPIPS);

  private static final Niqe QUALITY = Niqe.load();

  /**
   * One crop: PSNR of luma in dB, SSIM of luma, and NIQE, of Pillow's bicubic and of the model, and further metrics. NIQE is
   * NaN of a crop too small or too flat for it.
   *
   * @param bicubicMore as many as the comparison's further metrics
   * @param more as many
   */
  public record Row(
      ValidationSet.Crop crop, double bicubicPsnr, double bicubicSsim, double bicubicNiqe, List<Double> bicubicMore,
      double psnr, double ssim, double niqe, List<Double> more) {
    /** By how many dB the model is better. */
    public double gain() {
      return psnr - bicubicPsnr;
    }

    /** By how much the model's SSIM is higher. */
    public double ssimGain() {
      return ssim - bicubicSsim;
    }
  }

  /** Hears of each crop. */
  @FunctionalInterface
  public interface Listener {
    void compared(int index, Row row, BytePixels bicubic, BytePixels ours);
  }

  /**
   * Upscales all crops.
   *
   * @param more further metrics
   * @param upscaler makes a degraded crop as large as the clean one
   */
  public static Comparison of(
      List<ValidationSet.Crop> crops, List<Metric> more, UnaryOperator<BytePixels> upscaler, Listener listener) {
    List<Row> rows = new ArrayList<>();
    for (ValidationSet.Crop crop : crops) {
      BytePixels clean = crop.clean();
      BytePixels bicubic = PillowResize.resize(
          crop.degraded(), clean.width(), clean.height(), PillowFilter.BICUBIC, RowLoop.serial());
      BytePixels ours = upscaler.apply(crop.degraded());
      Row row = new Row(
          crop, Psnr.of(bicubic, clean, Luma.YCBCR), Ssim.of(bicubic, clean, Luma.YCBCR), niqe(bicubic),
          values(more, bicubic, clean), Psnr.of(ours, clean, Luma.YCBCR), Ssim.of(ours, clean, Luma.YCBCR), niqe(ours),
          values(more, ours, clean));
      listener.compared(rows.size(), row, bicubic, ours);
      rows.add(row);
    }
    return new Comparison(List.copyOf(rows), List.copyOf(more));
  }

  private static List<Double> values(List<Metric> metrics, BytePixels picture, BytePixels clean) {
    return metrics.stream().map(m -> m.of(picture, clean)).toList();
  }

  private static double niqe(BytePixels picture) {
    return QUALITY.find(picture).orElse(Double.NaN);
  }

  /** The mean of a column over the crops that have a value; NaN if none has. */
  public double mean(ToDoubleFunction<Row> column) {
    return rows.stream().mapToDouble(column).filter(v -> !Double.isNaN(v)).average().orElse(Double.NaN);
  }

  /** The least gain in dB of all crops. */
  public double worstGain() {
    return rows.stream().mapToDouble(Row::gain).min().orElseThrow();
  }

  /** The means for a log. */
  Map<String, Double> logged() {
    Map<String, Double> values = new LinkedHashMap<>();
    values.put(PSNR, mean(Row::psnr));
    values.put(PSNR_GAIN, mean(Row::gain));
    values.put(WORST_GAIN, worstGain());
    values.put(SSIM_GAIN, mean(Row::ssim) - mean(Row::bicubicSsim));
    double niqe = mean(Row::niqe);
    if (!Double.isNaN(niqe)) {
      values.put(NIQE, niqe);
    }
    for (int i = 0; i < more.size(); i++) {
      int index = i;
      values.put(more.get(i).label(), mean(row -> row.more().get(index)));
    }
    return values;
  }
}
