package io.github.tsdsr.cli;

import io.github.tsdsr.memory.MachineMemory;
import io.github.tsdsr.memory.MemoryLimits;
import io.github.tsdsr.train.Footprint;
import io.github.tsdsr.train.Trainer;
import io.github.tsdsr.train.TrainingListener;
import io.github.tsdsr.train.TrainingPlan;
import io.github.tsdsr.train.Trial;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.ToLongFunction;

/** Shows on stdout what a training would take: a plan from shapes at once, then what two steps took. */
final class DryRun implements TrainingListener {
  private TrainingPlan plan;

  private DryRun() {}

  /**
   * Plans, and tries where the plan fits.
   *
   * @return the exit code
   */
  static int of(Trainer trainer, BackendOptions options) throws IOException, InterruptedException {
    DryRun run = new DryRun();
    MemoryLimits limits = new MemoryLimits(options.threads(), options.memory(), MachineMemory.all());
    Optional<Trial> trial = trainer.trial(limits, run);
    if (trial.isEmpty()) {
      System.err.println("tsdsr: " + run.tooMuch());
      return ExitCode.MACHINE;
    }
    double seconds = trial.get().stepSeconds();
    System.out.println(String.format(Locale.ROOT,
        "two steps took %s for tensors, %s with freed blocks; %.2f s a step, %.1f hours in all, without validation",
        amount(trial.get().peakBytes()), amount(trial.get().heldBytes()), seconds, seconds * run.plan.steps() / 3600));
    return ExitCode.OK;
  }

  @Override
  public void note(String line) {
    System.err.println(line);
  }

  @Override
  public void planned(TrainingPlan made) {
    plan = made;
    System.out.println(made.description());
    System.out.println(String.format(Locale.ROOT, "%,d parameters", made.parameters()));
    System.out.println(String.format(Locale.ROOT, "%s, %d crops of %dx%d a step, %d steps", made.pictures(),
        made.batch(), made.crop(), made.crop(), made.steps()));
    table(made).plain().forEach(System.out::println);
    System.out.println("the machine has " + amount(made.limits().machine())
        + (made.limits().allowed().isPresent()
            ? ", --memory allows tensors " + amount(made.limits().allowed().getAsLong())
            : "")
        + "; photos and the program come on top");
  }

  private static TextTable table(TrainingPlan plan) {
    List<String> headings = new ArrayList<>(List.of("memory, planned from shapes"));
    List<Footprint> columns = new ArrayList<>(List.of(plan.memory()));
    if (plan.otherwise().isPresent()) {
      headings.add("recompute: " + plan.recomputing().orElseThrow());
      headings.add("recompute: " + !plan.recomputing().orElseThrow());
      columns.add(plan.otherwise().get());
    } else {
      headings.add("");
    }
    List<List<String>> rows = new ArrayList<>();
    rows.add(row("frozen weights, read in their files", columns, Footprint::mapped));
    rows.add(row("trained parameters", columns, Footprint::trained));
    rows.add(row("averages, optimisers' state, prompts", columns, Footprint::state));
    for (String part : plan.memory().parts().keySet()) {
      rows.add(row("a step: " + part, columns, f -> f.parts().getOrDefault(part, 0L)));
    }
    rows.add(row("tensors at most, without the files", columns, Footprint::peak));
    return new TextTable(headings, rows, 1);
  }

  private static List<String> row(String title, List<Footprint> columns, ToLongFunction<Footprint> bytes) {
    List<String> row = new ArrayList<>(List.of(title));
    columns.forEach(f -> row.add(amount(bytes.applyAsLong(f))));
    return row;
  }

  private static String amount(long bytes) {
    return bytes < 1L << 30
        ? String.format(Locale.ROOT, "%.2f MiB", bytes / (double) (1 << 20))
        : String.format(Locale.ROOT, "%.2f GiB", bytes / (double) (1 << 30));
  }

  private String tooMuch() {
    Footprint memory = plan.memory();
    boolean allowed = memory.peak() > plan.limits().allowed().orElse(Long.MAX_VALUE);
    return "not tried: " + (allowed
        ? "tensors would take " + amount(memory.peak()) + ", --memory allows "
            + amount(plan.limits().allowed().orElseThrow())
        : "tensors and files would take " + amount(memory.peak() + memory.mapped()) + ", the machine has "
            + amount(plan.limits().machine()));
  }
}
