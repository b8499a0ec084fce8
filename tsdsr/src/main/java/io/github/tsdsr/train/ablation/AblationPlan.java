package io.github.tsdsr.train.ablation;

import io.github.tsdsr.io.config.Config;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Which trainings an ablation compares.
 *
 * @param training the configuration that all of them vary
 * @param folder where their runs lie
 * @param seeds of each variant's runs
 * @param variants in the table's order
 */
public record AblationPlan(Path training, Path folder, List<Integer> seeds, List<Variant> variants) {
  /**
   * A variant.
   *
   * @param name what the table calls it
   * @param changes values that replace the configuration's, {@code a.b -> value}
   */
  public record Variant(String name, Map<String, String> changes) {}

  /** A variant under one seed. */
  public record Run(Variant variant, int seed, Path folder) {}

  /**
   * Reads the plan: {@code training} and {@code out} (paths), {@code seeds}, {@code set} (values for all) and {@code
   * variants} (by name, values of each).
   *
   * @param base the folder that paths are relative to
   * @throws io.github.tsdsr.io.FormatException naming file, line and key of the first that does not fit
   */
  public static AblationPlan of(Config c, Path base) {
    List<Integer> seeds = c.integers("seeds");
    if (seeds.isEmpty() || seeds.stream().distinct().count() < seeds.size()) {
      throw c.refused("seeds", "a list of different integers, such as [1, 2, 3]");
    }
    Map<String, String> common = c.overrides("set");
    Config section = c.section("variants");
    List<Variant> variants = new ArrayList<>();
    for (String name : section.keys()) {
      Map<String, String> changes = new LinkedHashMap<>(common);
      changes.putAll(section.overrides(name));
      variants.add(new Variant(name, changes));
    }
    if (variants.isEmpty()) {
      throw c.refused("variants", "names with the values of each below them");
    }
    AblationPlan plan = new AblationPlan(
        base.resolve(c.text("training")).normalize(), base.resolve(c.text("out")).normalize(), seeds, variants);
    c.refuseUnread();
    if (plan.runs().stream().map(Run::folder).distinct().count() < plan.runs().size()) {
      throw c.refused("variants", "names that differ in letters or digits");
    }
    return plan;
  }

  /** All runs, seed by seed: what stops early has every variant under the seeds that are done. */
  public List<Run> runs() {
    List<Run> runs = new ArrayList<>();
    for (int seed : seeds) {
      for (Variant v : variants) {
        String name = v.name.toLowerCase(Locale.ROOT).replaceAll("[^\\p{L}\\p{N}]+", "-");
        runs.add(new Run(v, seed, folder.resolve(name + "-seed-" + seed)));
      }
    }
    return runs;
  }
}
