package io.github.tsdsr.train.distill;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.tsdsr.train.tsd.DistributionAwareSampling;
import io.github.tsdsr.train.tsd.Phase;
import org.junit.jupiter.api.Test;

class PhasePlanTest {
  private static PhasePlan plan(long first, PhasePlan.Mse mse) {
    return new PhasePlan(first, 101, 1, 2, 1, DistributionAwareSampling.of(4), mse);
  }

  @Test
  void switchesFromMseToDasmAndRaisesGamma1AfterIt() {
    PhasePlan plan = plan(60, PhasePlan.Mse.FIRST);
    assertEquals(Phase.first(), plan.at(0));
    assertEquals(Phase.first(), plan.at(59));
    assertEquals(Phase.second(1), plan.at(60));
    assertEquals(Phase.second(1.5), plan.at(80));
    assertEquals(Phase.second(2), plan.at(100));
  }

  @Test
  void hasOnePhaseWhereTheOtherHasNoSteps() {
    assertEquals(Phase.second(1), plan(0, PhasePlan.Mse.FIRST).at(0));
    assertEquals(Phase.first(), plan(101, PhasePlan.Mse.FIRST).at(100));
    assertEquals(Phase.second(2), plan(100, PhasePlan.Mse.FIRST).at(100));
  }

  @Test
  void countsTheMseWhereItIsAskedFor() {
    assertTrue(plan(60, PhasePlan.Mse.ALWAYS).at(99).mse());
    assertTrue(plan(60, PhasePlan.Mse.ALWAYS).at(0).mse());
    assertFalse(plan(60, PhasePlan.Mse.NEVER).at(0).mse());
  }
}
