package io.github.tsdsr.kernels.cuda.interpreter;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.tsdsr.kernels.cuda.KernelArguments;
import io.github.tsdsr.kernels.cuda.interpreter.Report.Kind;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A kernel in order gives its result and no report; each way to break it gives the report that names it. */
class ReportsTest {
  private static final String EXCHANGE = TestMachine.text("exchange");
  private static final String HISTOGRAM = TestMachine.text("histogram");
  private static final int N = 50;

  private final TestMachine machine = new TestMachine();

  private static float[] ramp(int n) {
    float[] x = new float[n];
    for (int i = 0; i < n; i++) {
      x[i] = i + 1;
    }
    return x;
  }

  private List<Report> exchange(String text, int blocks, int n, long x, long y) {
    return machine.reports(
        () -> machine.launch(text, blocks, 64, new KernelArguments().u64(x).u64(y).u32(n)));
  }

  private List<Report> exchange(String text) {
    return exchange(text, 1, N, machine.floats(ramp(N)), machine.floats(new float[N]));
  }

  private void assertBroken(Kind kind, String part, String by, String place) {
    String text = TestMachine.replaced(EXCHANGE, part, by);
    assertReported(kind, TestMachine.line(text, place), exchange(text));
  }

  private static void assertReported(Kind kind, int line, List<Report> reports) {
    assertTrue(reports.stream().anyMatch(r -> r.kind() == kind && r.line() == line),
        () -> "expected " + kind + " in line " + line + ", got " + reports);
  }

  @Test
  void aKernelInOrderGivesItsResultAndNoReport() {
    long y = machine.floats(new float[N]);
    assertEquals(List.of(), exchange(EXCHANGE, 1, N, machine.floats(ramp(N)), y));
    float[] want = new float[N];
    for (int i = 0; i < N; i++) {
      int a = 63 - i;
      int b = 63 - (i ^ 1);
      want[i] = (a < N ? a + 1 : 0) + (b < N ? b + 1 : 0);
    }
    assertArrayEquals(want, machine.floatsAt(y, N));
  }

  @Test
  void aMissingBarrierIsARaceInSharedMemory() {
    assertBroken(Kind.RACE, "bar.sync        0;", "", "ld.shared.f32   %w, [%opposite];");
  }

  @Test
  void aReadBeyondTheEndIsOutOfBounds() {
    assertBroken(Kind.OUT_OF_BOUNDS, "@!%beyond ld.global.f32 %v, [%x];", "ld.global.f32 %v, [%x];",
        "ld.global.f32 %v, [%x];");
  }

  @Test
  void aWriteBeyondTheEndIsOutOfBounds() {
    assertBroken(Kind.OUT_OF_BOUNDS, "@!%beyond st.global.f32 [%y], %w;", "st.global.f32 [%y], %w;",
        "st.global.f32 [%y], %w;");
  }

  @Test
  void anAccessBeyondASharedVariableIsOutOfBounds() {
    assertBroken(Kind.OUT_OF_BOUNDS, "sub.u32         %opposite, %opposite, 1;", "",
        "ld.shared.f32   %w, [%opposite];");
  }

  @Test
  void anAccessToFreedMemoryIsOutOfBounds() {
    long x = machine.floats(ramp(N));
    machine.device().free(x);
    assertReported(Kind.OUT_OF_BOUNDS, TestMachine.line(EXCHANGE, "@!%beyond ld.global"),
        exchange(EXCHANGE, 1, N, x, machine.floats(new float[N])));
  }

  @Test
  void anAddressThatIsNoMultipleOfTheSizeIsMisaligned() {
    assertBroken(Kind.MISALIGNED, "%v, [%x];", "%v, [%x+2];", "@!%beyond ld.global.f32");
  }

  @Test
  void aReadOfGlobalMemoryThatNobodyWroteIsReported() {
    long x = machine.device().allocate(4 * N);
    assertReported(Kind.UNWRITTEN_MEMORY, TestMachine.line(EXCHANGE, "@!%beyond ld.global"),
        exchange(EXCHANGE, 1, N, x, machine.floats(new float[N])));
  }

  @Test
  void aReadOfSharedMemoryThatNobodyWroteIsReported() {
    assertBroken(Kind.UNWRITTEN_MEMORY, "st.shared.f32   [%own], %v;", "@!%beyond st.shared.f32 [%own], %v;",
        "ld.shared.f32   %w, [%opposite];");
  }

  @Test
  void aReadOfARegisterThatTheThreadDidNotWriteIsReported() {
    assertBroken(Kind.UNWRITTEN_REGISTER, "mov.f32         %v, 0f00000000;", "", "st.shared.f32   [%own], %v;");
  }

  @Test
  void aBarrierThatSomeThreadsPassByIsDivergent() {
    assertBroken(Kind.DIVERGENT_BARRIER, "bar.sync        0;", "@%beyond bar.sync 0;", "@%beyond bar.sync 0;");
  }

  @Test
  void aBarrierAfterSomeThreadsHaveEndedIsDivergent() {
    assertBroken(Kind.DIVERGENT_BARRIER, "mov.f32         %v, 0f00000000;",
        "@%beyond ret; mov.f32 %v, 0f00000000;", "bar.sync        0;");
  }

  @Test
  void twoBarriersInOneWarpAreDivergent() {
    assertBroken(Kind.DIVERGENT_BARRIER, "bar.sync        0;",
        "@%beyond bra OTHER; bar.sync 0; bra JOINED; OTHER: bar.sync 0;\nJOINED:", "@%beyond bra OTHER;");
  }

  @Test
  void aShuffleWithoutSomeLanesOfItsMaskIsReported() {
    assertBroken(Kind.INACTIVE_LANE, "shfl.sync.bfly.b32  %other", "@!%beyond shfl.sync.bfly.b32 %other",
        "@!%beyond shfl.sync.bfly.b32 %other");
  }

  @Test
  void aShuffleWhoseMaskDoesNotNameTheLaneIsReported() {
    assertBroken(Kind.INACTIVE_LANE, "1, 31, 0xffffffff;", "1, 31, 0x0000ffff;", "shfl.sync.bfly.b32");
  }

  @Test
  void aShuffleThatReadsFromALaneOutsideItsMaskIsReported() {
    String text = TestMachine.replaced(EXCHANGE, "shfl.sync.bfly.b32  %other, %w, 1, 31, 0xffffffff;",
        "and.b32 %i, %t, 31; setp.lt.u32 %beyond, %i, 16; mov.f32 %other, %w;\n"
            + "@%beyond shfl.sync.bfly.b32 %other, %w, 16, 31, 0x0000ffff;");
    assertReported(Kind.INACTIVE_LANE, TestMachine.line(text, "@%beyond shfl"), exchange(text));
  }

  @Test
  void aShuffleInAWarpThatIsNotFullIsReportedIfItsMaskIs() {
    List<Report> reports = machine.reports(() -> machine.launch(EXCHANGE, 1, 40, new KernelArguments()
        .u64(machine.floats(ramp(40))).u64(machine.floats(new float[40])).u32(40)));
    assertReported(Kind.INACTIVE_LANE, TestMachine.line(EXCHANGE, "shfl.sync"), reports);
  }

  @Test
  void twoThreadsThatWriteTheSameBytesAreARace() {
    assertBroken(Kind.RACE, "add.u64         %y, %y, %offset;", "", "@!%beyond st.global.f32 [%y], %w;");
  }

  @Test
  void twoBlocksThatWriteTheSameBytesAreARace() {
    String text = TestMachine.replaced(EXCHANGE, "add.u64         %y, %y, %offset;",
        "mul.wide.u32 %offset, %t, 4; add.u64 %y, %y, %offset;");
    assertReported(Kind.RACE, TestMachine.line(text, "@!%beyond st.global.f32"),
        exchange(text, 2, 128, machine.floats(ramp(128)), machine.floats(new float[64])));
    assertEquals(List.of(), exchange(text, 1, 64, machine.floats(ramp(64)), machine.floats(new float[64])));
  }

  @Test
  void aWarpBarrierOrdersAWarpButNotTheBlock() {
    String text = TestMachine.replaced(EXCHANGE, "bar.sync        0;", "bar.warp.sync 0xffffffff;");
    KernelArguments one =
        new KernelArguments().u64(machine.floats(ramp(32))).u64(machine.floats(new float[32])).u32(32);
    assertEquals(List.of(), machine.reports(() -> machine.launch(text, 1, 32, one)));
    assertReported(Kind.RACE, TestMachine.line(text, "ld.shared.f32"), exchange(text));
  }

  @Test
  void twoLaunchesAreOrdered() {
    long x = machine.floats(ramp(64));
    long y = machine.floats(new float[64]);
    assertEquals(List.of(), exchange(EXCHANGE, 1, 64, x, y));
    assertEquals(List.of(), exchange(EXCHANGE, 1, 64, y, x));
  }

  private List<Report> histogram(String text, long counts) {
    int[] x = new int[128];
    for (int i = 0; i < x.length; i++) {
      x[i] = i % 7;
    }
    long address = machine.ints(x);
    return machine.reports(() -> machine.launch(text, 2, 64, new KernelArguments().u64(address).u64(counts)));
  }

  @Test
  void atomicAdditionsAreNoRace() {
    long counts = machine.ints(0, 0, 0, 0);
    assertEquals(List.of(), histogram(HISTOGRAM, counts));
    assertArrayEquals(new int[] {37, 37, 36, 18}, machine.intsAt(counts, 4));
  }

  @Test
  void additionsThatAreNotAtomicAreARace() {
    String text = TestMachine.replaced(HISTOGRAM, "red.global.add.u32  [%counts], %v;",
        "ld.global.u32 %i, [%counts]; add.u32 %v, %v, %i;\nst.global.u32 [%counts], %v;");
    assertReported(Kind.RACE, TestMachine.line(text, "st.global.u32"), histogram(text, machine.ints(0, 0, 0, 0)));
  }

  @Test
  void aPlainReadBesideAtomicAdditionsIsARace() {
    String text = TestMachine.replaced(HISTOGRAM, "red.global.add.u32  [%counts], %v;",
        "red.global.add.u32 [%counts], %v;\nld.global.u32 %i, [%counts];");
    assertReported(Kind.RACE, TestMachine.line(text, "ld.global.u32 %i"), histogram(text, machine.ints(0, 0, 0, 0)));
  }

  @Test
  void anIntegerDivisionByZeroIsReported() {
    assertBroken(Kind.DIVISION_BY_ZERO, "mov.f32         %v, 0f00000000;",
        "mov.f32 %v, 0f00000000;\ndiv.u32 %i, %n, %t;", "div.u32 %i");
  }

  @Test
  void aThreadThatNeverEndsIsReported() {
    assertBroken(Kind.ENDLESS_LOOP, "mov.f32         %v, 0f00000000;",
        "mov.f32 %v, 0f00000000;\nAGAIN: bra AGAIN;", "AGAIN: bra AGAIN;");
  }
}
