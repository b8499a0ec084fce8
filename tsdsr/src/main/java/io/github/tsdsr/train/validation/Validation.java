package io.github.tsdsr.train.validation;

import io.github.tsdsr.pixel.BytePixels;
import java.util.List;
import java.util.Map;

/**
 * What a validation found.
 *
 * @param measures by name, for the log
 * @param strips pictures to look at
 */
public record Validation(Map<String, Double> measures, List<Strip> strips) {
  /**
   * Pictures of one crop side by side.
   *
   * @param title what is shown
   */
  public record Strip(String title, List<Panel> panels) {}

  /**
   * One picture.
   *
   * @param label above it, such as "bicubic"
   * @param note below it, such as its PSNR; may be empty
   */
  public record Panel(String label, String note, BytePixels picture) {}
}
