package io.github.tsdsr.kernels.cpu;

import static io.github.tsdsr.kernels.cpu.OffHeap.ALL;
import static io.github.tsdsr.kernels.cpu.OffHeap.SHORT;
import static io.github.tsdsr.kernels.cpu.OffHeap.get;
import static io.github.tsdsr.kernels.cpu.OffHeap.set;

import io.github.tsdsr.tensor.DType;
import io.github.tsdsr.tensor.Numbers;
import io.github.tsdsr.tensor.op.Copy;
import io.github.tsdsr.tensor.op.Fill;

/** Copies between F32 views, from half precision to F32 and back, and fills. */
final class Copies {
  private Copies() {}

  static boolean takes(Copy op) {
    return op.y().dtype() == DType.F32 ? Matrix.readable(op.x())
        : op.x().dtype() == DType.F32 && Matrix.readable(op.y());
  }

  static boolean takes(Fill op) {
    return op.out().dtype() == DType.F32;
  }

  static void run(Copy op, WorkerPool pool) {
    Strided loop = Strided.of(op.x(), op.y());
    long sx = loop.step(0);
    long sy = loop.step(1);
    DType from = op.x().dtype();
    if (op.y().dtype() != DType.F32) {
      narrow(loop, op.y().dtype(), pool);
      return;
    }
    loop.run(pool, (at, n) -> {
      if (from == DType.F32 && sx == 4 && sy == 4) {
        OffHeap.copy(at[0], at[1], 4L * n);
        return;
      }
      switch (from) {
        case F32 -> {
          for (int i = 0; i < n; i++) {
            set(at[1] + i * sy, get(at[0] + i * sx));
          }
        }
        case BF16 -> {
          for (int i = 0; i < n; i++) {
            set(at[1] + i * sy, Float.intBitsToFloat(ALL.get(SHORT, at[0] + i * sx) << 16));
          }
        }
        default -> {
          for (int i = 0; i < n; i++) {
            set(at[1] + i * sy, Float.float16ToFloat(ALL.get(SHORT, at[0] + i * sx)));
          }
        }
      }
    });
  }

  private static void narrow(Strided loop, DType to, WorkerPool pool) {
    long sx = loop.step(0);
    long sy = loop.step(1);
    loop.run(pool, (at, n) -> {
      if (to == DType.BF16) {
        for (int i = 0; i < n; i++) {
          ALL.set(SHORT, at[1] + i * sy, Numbers.floatToBf16(get(at[0] + i * sx)));
        }
      } else {
        for (int i = 0; i < n; i++) {
          ALL.set(SHORT, at[1] + i * sy, Numbers.floatToF16(get(at[0] + i * sx)));
        }
      }
    });
  }

  static void run(Fill op, WorkerPool pool) {
    Strided loop = Strided.of(op.out());
    long step = loop.step(0);
    float value = (float) op.value();
    loop.run(pool, (at, n) -> {
      for (int i = 0; i < n; i++) {
        set(at[0] + i * step, value);
      }
    });
  }
}
