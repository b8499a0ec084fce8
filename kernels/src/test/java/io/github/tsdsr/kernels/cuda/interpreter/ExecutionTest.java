package io.github.tsdsr.kernels.cuda.interpreter;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.tsdsr.kernels.cuda.DeviceException;
import io.github.tsdsr.kernels.cuda.KernelArguments;
import io.github.tsdsr.kernels.cuda.LaunchShape;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.function.IntUnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How threads run and meet. */
class ExecutionTest {
  private final TestMachine machine = new TestMachine();

  @Test
  void threadsThatLoopDifferentlyOftenMeetAgainInAShuffle() {
    long y = machine.device().allocate(64 * 8);
    machine.launch(TestMachine.text("diverge"), 1, 64, new KernelArguments().u64(y));
    int sum = 0;
    for (int lane = 0; lane < 32; lane++) {
      sum += lane * (lane + 1) / 2;
    }
    int[] got = machine.intsAt(y, 128);
    for (int t = 0; t < 64; t++) {
      assertEquals(sum, got[2 * t]);
      assertEquals(16, got[2 * t + 1]);
    }
  }

  /** The shuffles' definition: which lane a lane reads from, in segments of 8 lanes. */
  @ParameterizedTest
  @CsvSource({
    "idx, 3, 0x181f", "up, 2, 0x1800", "down, 5, 0x181f", "bfly, 6, 0x181f", "bfly, 16, 0x001f", "down, 9, 0x001f"
  })
  void aShuffleReadsFromTheLaneThatItsModeAndSegmentName(String mode, int b, String c) {
    int segment = Integer.decode(c) >> 8 == 0 ? 32 : 8;
    IntUnaryOperator wanted = lane -> switch (mode) {
      case "idx" -> lane / segment * segment + b;
      case "up" -> lane - b;
      case "down" -> lane + b;
      default -> lane ^ b;
    };
    int[] want = new int[64];
    for (int lane = 0; lane < 32; lane++) {
      int from = wanted.applyAsInt(lane);
      boolean inside = from >= 0 && from / segment == lane / segment;
      want[2 * lane] = 100 + (inside ? from : lane);
      want[2 * lane + 1] = inside ? 1 : 0;
    }
    long y = machine.device().allocate(64 * 4);
    machine.launch(kernel(".param .u64 y", """
        .reg .pred %p; .reg .b32 %t, %v, %w; .reg .b64 %y;
        ld.param.u64 %y, [y];
        mov.u32 %t, %tid.x;
        add.u32 %v, %t, 100;
        shfl.sync.MODE.b32 %v|%p, %v, DISTANCE, CLAMP, 0xffffffff;
        selp.u32 %w, 1, 0, %p;
        mad.wide.u32 %y, %t, 8, %y;
        st.global.v2.b32 [%y], {%v, %w};
        """.replace("MODE", mode).replace("DISTANCE", "" + b).replace("CLAMP", c)), 1, 32,
        new KernelArguments().u64(y));
    assertArrayEquals(want, machine.intsAt(y, 64));
  }

  @Test
  void halvesOfAWarpMayShuffleApart() {
    long y = machine.device().allocate(32 * 4);
    machine.launch(kernel(".param .u64 y", """
        .reg .pred %low; .reg .b32 %t, %v; .reg .b64 %y;
        ld.param.u64 %y, [y];
        mov.u32 %t, %tid.x;
        setp.lt.u32 %low, %t, 16;
        @%low bra LOW;
        shfl.sync.idx.b32 %v, %t, 31, 31, 0xffff0000;
        bra STORE;
        LOW: shfl.sync.idx.b32 %v, %t, 5, 31, 0x0000ffff;
        STORE: mad.wide.u32 %y, %t, 4, %y;
        st.global.u32 [%y], %v;
        """), 1, 32, new KernelArguments().u64(y));
    int[] got = machine.intsAt(y, 32);
    assertEquals(5, got[15]);
    assertEquals(31, got[16]);
  }

  @Test
  void specialRegistersNameThreadAndBlockInThreeDimensions() {
    String text = kernel(".param .u64 y", """
        .reg .b32 %a, %b, %c, %d, %e, %n, %i; .reg .b64 %y, %at;
        ld.param.u64 %y, [y];
        mov.u32 %a, %ctaid.z; mov.u32 %n, %nctaid.y; mov.u32 %b, %ctaid.y; mad.lo.u32 %i, %a, %n, %b;
        mov.u32 %n, %nctaid.x; mov.u32 %b, %ctaid.x; mad.lo.u32 %i, %i, %n, %b;
        mov.u32 %n, %ntid.z; mov.u32 %b, %tid.z; mad.lo.u32 %i, %i, %n, %b;
        mov.u32 %n, %ntid.y; mov.u32 %b, %tid.y; mad.lo.u32 %i, %i, %n, %b;
        mov.u32 %n, %ntid.x; mov.u32 %b, %tid.x; mad.lo.u32 %i, %i, %n, %b;
        mad.wide.u32 %at, %i, 4, %y;
        st.global.u32 [%at], %i;
        """);
    int count = 2 * 3 * 4 * 5 * 3 * 2;
    long y = machine.device().allocate(4L * count);
    machine.device().launch(machine.device().load(text).function("k"), new LaunchShape(4, 3, 2, 5, 3, 2, 0),
        new KernelArguments().u64(y));
    int[] want = new int[count];
    for (int i = 0; i < count; i++) {
      want[i] = i;
    }
    assertArrayEquals(want, machine.intsAt(y, count));
  }

  @Test
  void dynamicSharedMemoryHasTheSizeOfTheLaunch() {
    String text = kernel(".param .u64 y", """
        .reg .b32 %t, %s, %v; .reg .b64 %y;
        ld.param.u64 %y, [y];
        mov.u32 %t, %tid.x;
        mov.u32 %s, dynamic;
        mad.lo.u32 %s, %t, 16, %s;
        st.shared.v4.b32 [%s], {%t, %t, %t, %t};
        ld.shared.u32 %v, [%s+12];
        mad.wide.u32 %y, %t, 4, %y;
        st.global.u32 [%y], %v;
        """).replace(".visible", ".extern .shared .align 16 .b8 dynamic[];\n.visible");
    long y = machine.device().allocate(32 * 4);
    machine.launch(text, 1, 32, 512, new KernelArguments().u64(y));
    assertEquals(31, machine.intsAt(y, 32)[31]);
    KernelFault fault = assertThrows(KernelFault.class,
        () -> machine.launch(text, 1, 32, 511, new KernelArguments().u64(y)));
    assertEquals(Report.Kind.OUT_OF_BOUNDS, fault.reports().getFirst().kind());
    assertThrows(DeviceException.class,
        () -> machine.launch(text, 1, 32, 64 * 1024, new KernelArguments().u64(y)));
  }

  @Test
  void narrowLoadsAreWidenedByTheirSign() {
    long y = machine.ints(0xff80fe81, 0, 0, 0);
    machine.launch(kernel(".param .u64 y", """
        .reg .b32 %a, %b, %c; .reg .b64 %y;
        ld.param.u64 %y, [y];
        ld.global.s8 %a, [%y];
        ld.global.u8 %b, [%y+1];
        ld.global.s16 %c, [%y+2];
        st.global.b32 [%y+4], %a;
        st.global.b32 [%y+8], %b;
        st.global.b8 [%y+12], %c;
        """), 1, 1, new KernelArguments().u64(y));
    assertArrayEquals(new int[] {0xff80fe81, 0xffffff81, 0xfe, 0x80}, machine.intsAt(y, 4));
  }

  @Test
  void atomicAdditionsGiveEachThreadAnotherOldValue() {
    long y = machine.device().allocate(33 * 4);
    machine.device().copyToDevice(MemorySegment.ofArray(new int[] {10}), y);
    machine.launch(kernel(".param .u64 y", """
        .reg .b32 %t, %old; .reg .b64 %y, %at;
        ld.param.u64 %y, [y];
        mov.u32 %t, %tid.x;
        atom.global.add.u32 %old, [%y], 2;
        mad.wide.u32 %at, %t, 4, %y;
        st.global.u32 [%at+4], %old;
        """), 1, 32, new KernelArguments().u64(y));
    int[] got = machine.intsAt(y, 33);
    assertEquals(74, got[0]);
    int[] want = new int[32];
    Arrays.setAll(want, i -> 10 + 2 * i);
    int[] old = Arrays.copyOfRange(got, 1, 33);
    Arrays.sort(old);
    assertArrayEquals(want, old);
  }

  private static String kernel(String parameters, String body) {
    return ".version 7.0\n.target sm_80\n.address_size 64\n.visible .entry k(" + parameters + ")\n{\n" + body
        + "ret;\n}\n";
  }
}
