package io.github.tsdsr.train.validation;

import io.github.tsdsr.data.ValidationSet;
import io.github.tsdsr.pixel.BytePixels;
import java.util.ArrayList;
import java.util.List;

/** The few validation crops of which strips are shown, and the part of them that is. */
public final class ShownCrops {
  private static final int MOST = 6;
  private static final int SIDE = 256;

  private final int count;
  private final List<Validation.Strip> strips = new ArrayList<>();

  /**
   * @param count how many crops there are
   */
  public ShownCrops(int count) {
    this.count = count;
  }

  /** Whether crop i is one of them: they are spread evenly over all. */
  private boolean shows(int i) {
    int most = Math.min(MOST, count);
    return (long) i * most / count != (long) (i - 1) * most / count || i == 0;
  }

  /** Adds a strip of a crop, where it is one of them. */
  public void add(int i, ValidationSet.Crop crop, List<Validation.Panel> panels) {
    if (shows(i)) {
      strips.add(new Validation.Strip(crop.name(), panels.stream().map(p -> window(p, crop)).toList()));
    }
  }

  /** The middle of the clean picture's size, or what corresponds to it in a smaller one. */
  private static Validation.Panel window(Validation.Panel panel, ValidationSet.Crop crop) {
    BytePixels p = panel.picture();
    int shrunk = crop.clean().width() / p.width();
    int side = Math.min(SIDE, crop.clean().width()) / shrunk;
    return new Validation.Panel(
        panel.label(), panel.note(), p.crop((p.width() - side) / 2, (p.height() - side) / 2, side, side));
  }

  /** All that were added and are shown. */
  public List<Validation.Strip> strips() {
    return List.copyOf(strips);
  }
}
