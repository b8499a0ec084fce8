package io.github.tsdsr.kernels.cpu;

import io.github.tsdsr.tensor.DType;
import io.github.tsdsr.tensor.Tensor;
import io.github.tsdsr.tensor.contract.OpCase;
import io.github.tsdsr.tensor.contract.Operands;
import io.github.tsdsr.tensor.op.Attention;
import io.github.tsdsr.tensor.op.AttentionGrad;
import io.github.tsdsr.tensor.op.Conv2d;
import io.github.tsdsr.tensor.op.Conv2dInputGrad;
import io.github.tsdsr.tensor.op.Conv2dWeightGrad;
import io.github.tsdsr.tensor.op.ConvGeometry;
import io.github.tsdsr.tensor.op.GroupNorm;
import io.github.tsdsr.tensor.op.GroupNormGrad;
import io.github.tsdsr.tensor.op.LayerNorm;
import io.github.tsdsr.tensor.op.LayerNormGrad;
import io.github.tsdsr.tensor.op.MatMul;
import io.github.tsdsr.tensor.op.Reduce;
import io.github.tsdsr.tensor.op.RmsNorm;
import io.github.tsdsr.tensor.op.RmsNormGrad;
import java.util.stream.Stream;

/** Operations of sizes at which a backend shares them out among its threads, in uneven parts. */
final class LargeCases {
  private static final ConvGeometry SAME = ConvGeometry.square(1, 1);
  /** Minimal filtering rounds somewhat worse than a direct sum. */
  private static final double FILTERED = 5e-6;

  private LargeCases() {}

  static Stream<OpCase> all() {
    return Stream.of(
        new OpCase("large MatMul", 2e-6, o -> new MatMul(o.normal(301, 520), o.normal(520, 333), o.out(301, 333))),
        new OpCase("large MatMul, long sums", 2e-6,
            o -> new MatMul(o.normal(4100, 70).transpose(), o.normal(4100, 65), o.out(70, 65))),
        new OpCase("large MatMul in batches", 2e-6,
            o -> new MatMul(o.normal(7, 130, 64), o.normal(7, 64, 130), o.out(7, 130, 130))),
        new OpCase("large Conv2d", 2e-6, o -> new Conv2d(
            o.normal(2, 61, 47, 24), o.normal(40, 3, 3, 24), o.normal(40), SAME, o.out(2, 61, 47, 40))),
        new OpCase("Conv2d of many channels", FILTERED, o -> new Conv2d(
            o.normal(2, 10, 14, 128), o.normal(144, 3, 3, 128), o.normal(144), SAME, o.out(2, 10, 14, 144))),
        new OpCase("Conv2d of many channels, one tile high", FILTERED, o -> new Conv2d(
            o.normal(1, 2, 64, 160), o.normal(128, 3, 3, 160), null, SAME, o.out(1, 2, 64, 128))),
        new OpCase("Conv2d of many channels with a kernel in BF16 stored channels first", FILTERED, o -> new Conv2d(
            o.normal(1, 6, 8, 128), o.normal(DType.BF16, 128, 128, 3, 3).permute(0, 2, 3, 1), o.normal(DType.BF16, 128),
            SAME, o.out(1, 6, 8, 128))),
        new OpCase("Conv2d of many channels with a kernel in F16", FILTERED, o -> new Conv2d(
            o.normal(1, 6, 8, 128), o.normal(DType.F16, 128, 3, 3, 128), o.normal(128), SAME, o.out(1, 6, 8, 128))),
        new OpCase("Conv2d of many channels between slices of pictures", FILTERED, o -> new Conv2d(
            o.normal(2, 8, 9, 150).slice(2, 1, 9).slice(3, 22, 150), o.normal(128, 3, 3, 128), o.normal(128), SAME,
            o.out(2, 11, 8, 130).slice(1, 2, 10).slice(3, 0, 128))),
        new OpCase("Conv2d of many channels and an odd height", 2e-6, o -> new Conv2d(
            o.normal(1, 7, 8, 128), o.normal(128, 3, 3, 128), o.normal(128), SAME, o.out(1, 7, 8, 128))),
        new OpCase("large Conv2dInputGrad", 2e-6, o -> new Conv2dInputGrad(
            o.normal(2, 61, 47, 40), o.normal(40, 3, 3, 24), SAME, o.out(2, 61, 47, 24), false)),
        new OpCase("Conv2d of many channels, odd sizes and uneven padding", FILTERED, o -> new Conv2d(
            o.normal(2, 9, 8, 128), o.normal(144, 3, 3, 128), o.normal(144), new ConvGeometry(1, 1, 2, 0, 1, 4),
            o.out(2, 9, 11, 144))),
        new OpCase("Conv2dInputGrad of many channels", FILTERED, o -> new Conv2dInputGrad(
            o.normal(2, 10, 14, 144), o.normal(144, 3, 3, 128), SAME, o.out(2, 10, 14, 128), false)),
        new OpCase("Conv2dInputGrad of many channels, added, odd sizes", FILTERED, o -> new Conv2dInputGrad(
            o.normal(3, 7, 5, 128), o.normal(128, 3, 3, 160), SAME, o.normal(3, 7, 5, 160), true)),
        new OpCase("Conv2dInputGrad of many channels without padding", FILTERED, o -> new Conv2dInputGrad(
            o.normal(1, 5, 6, 128), o.normal(128, 3, 3, 128), ConvGeometry.square(1, 0), o.out(1, 7, 8, 128), false)),
        new OpCase("Conv2dInputGrad of many channels, uneven padding", FILTERED, o -> new Conv2dInputGrad(
            o.normal(2, 8, 9, 128), o.normal(128, 3, 3, 144), new ConvGeometry(1, 1, 0, 2, 2, 1),
            o.normal(2, 8, 8, 144),
            true)),
        new OpCase("Conv2dInputGrad of many channels, padding wider than the kernel", FILTERED,
            o -> new Conv2dInputGrad(
                o.normal(1, 12, 13, 128), o.normal(128, 3, 3, 128), new ConvGeometry(1, 1, 3, 4, 5, 0),
                o.out(1, 7, 10, 128), false)),
        new OpCase("Conv2dInputGrad of many channels with a kernel in BF16 stored channels first", FILTERED,
            o -> new Conv2dInputGrad(
                o.normal(1, 6, 8, 128), o.normal(DType.BF16, 128, 144, 3, 3).permute(0, 2, 3, 1), SAME,
                o.out(1, 6, 8, 144), false)),
        new OpCase("Conv2dInputGrad of many channels between slices of pictures, added", FILTERED,
            o -> new Conv2dInputGrad(
                o.normal(2, 8, 9, 150).slice(2, 1, 9).slice(3, 22, 150), o.normal(DType.F16, 128, 3, 3, 128), SAME,
                o.normal(2, 11, 8, 130).slice(1, 2, 10).slice(3, 0, 128), true)),
        new OpCase("Conv2dInputGrad of many channels and a stride", 2e-6, o -> new Conv2dInputGrad(
            o.normal(1, 5, 4, 128), o.normal(128, 3, 3, 128), new ConvGeometry(2, 2, 0, 1, 0, 1), o.out(1, 10, 8, 128),
            false)),
        new OpCase("large Conv2dWeightGrad", 2e-6, o -> new Conv2dWeightGrad(
            o.normal(2, 61, 47, 24), o.normal(2, 61, 47, 40), SAME, o.out(40, 3, 3, 24), false)),
        new OpCase("Conv2dWeightGrad of many channels", FILTERED, o -> new Conv2dWeightGrad(
            o.normal(2, 10, 14, 144), o.normal(2, 10, 14, 128), SAME, o.out(128, 3, 3, 144), false)),
        new OpCase("Conv2dWeightGrad of many channels, added, odd sizes", FILTERED, o -> new Conv2dWeightGrad(
            o.normal(3, 7, 5, 128), o.normal(3, 7, 5, 160), SAME, o.normal(160, 3, 3, 128), true)),
        new OpCase("Conv2dWeightGrad of many channels without padding", FILTERED, o -> new Conv2dWeightGrad(
            o.normal(1, 7, 8, 128), o.normal(1, 5, 6, 128), ConvGeometry.square(1, 0), o.out(128, 3, 3, 128), false)),
        new OpCase("Conv2dWeightGrad of many channels, uneven padding, stored channels first", FILTERED,
            o -> new Conv2dWeightGrad(
                o.normal(1, 7, 10, 128), o.normal(1, 12, 13, 128), new ConvGeometry(1, 1, 3, 4, 5, 0),
                o.normal(128, 128, 3, 3).permute(0, 2, 3, 1), true)),
        new OpCase("Conv2dWeightGrad of many channels between slices of pictures", FILTERED,
            o -> new Conv2dWeightGrad(
                o.normal(2, 8, 9, 150).slice(2, 1, 9).slice(3, 22, 150),
                o.normal(2, 11, 8, 130).slice(1, 2, 10).slice(3, 0, 128), SAME, o.out(128, 3, 3, 128), false)),
        new OpCase("Conv2dWeightGrad of many channels in several blocks", FILTERED, o -> new Conv2dWeightGrad(
            o.normal(1, 50, 42, 128), o.normal(1, 50, 42, 128), SAME, o.out(128, 3, 3, 128), false)),
        new OpCase("large Attention", 3e-6, o -> new Attention(
            o.normal(1, 301, 3, 64), o.normal(1, 333, 3, 64), o.normal(1, 333, 3, 64), null, false, 0.125,
            o.out(1, 301, 3, 64), o.out(1, 3, 301))),
        new OpCase("large AttentionGrad", 1e-5, LargeCases::attentionGrad),
        new OpCase("large LayerNorm", 2e-6,
            o -> new LayerNorm(o.normal(3, 301, 130), null, null, 0, 1e-6, o.out(3, 301, 130), o.out(3, 301, 2))),
        new OpCase("large LayerNormGrad", 5e-6, LargeCases::layerNormGrad),
        new OpCase("large RmsNormGrad", 5e-6, LargeCases::rmsNormGrad),
        new OpCase("large GroupNorm", 2e-6, o -> new GroupNorm(
            o.normal(2, 61, 47, 40), o.normal(40), o.normal(40), 8, 1e-6, true, o.out(2, 61, 47, 40), o.out(2, 8, 2))),
        new OpCase("large GroupNormGrad", 5e-6, LargeCases::groupNormGrad),
        new OpCase("large sum of all", 1e-6,
            o -> new Reduce(Reduce.Function.SUM, o.between(0, 1, 700_001), o.out(1))),
        new OpCase("large sum over the first axis", 2e-6,
            o -> new Reduce(Reduce.Function.SUM, o.normal(9001, 65), o.out(1, 65))),
        new OpCase("large sums of rows", 2e-6,
            o -> new Reduce(Reduce.Function.SUM_OF_SQUARES, o.normal(301, 2500), o.out(301, 1))));
  }

  private static AttentionGrad attentionGrad(Operands o) {
    Tensor q = o.normal(1, 301, 3, 64);
    Tensor k = o.normal(1, 333, 3, 64);
    Tensor v = o.normal(1, 333, 3, 64);
    Tensor y = o.out(1, 301, 3, 64);
    Tensor lse = o.out(1, 3, 301);
    o.run(new Attention(q, k, v, null, false, 0.125, y, lse));
    return new AttentionGrad(
        q, k, v, null, false, 0.125, y, lse, o.normal(1, 301, 3, 64), o.out(1, 301, 3, 64), o.out(1, 333, 3, 64),
        o.out(1, 333, 3, 64), null);
  }

  private static LayerNormGrad layerNormGrad(Operands o) {
    Tensor x = o.normal(3, 301, 130);
    Tensor statistics = o.out(3, 301, 2);
    o.run(new LayerNorm(x, null, null, 0, 1e-6, o.out(3, 301, 130), statistics));
    return new LayerNormGrad(
        x, o.normal(3, 1, 130), 1, statistics, o.normal(3, 301, 130), o.out(3, 301, 130), o.out(3, 1, 130),
        o.out(3, 1, 130));
  }

  private static RmsNormGrad rmsNormGrad(Operands o) {
    Tensor x = o.normal(3, 301, 130);
    Tensor statistics = o.out(3, 301, 1);
    o.run(new RmsNorm(x, null, 1e-6, o.out(3, 301, 130), statistics));
    return new RmsNormGrad(
        x, o.normal(130), statistics, o.normal(3, 301, 130), o.out(3, 301, 130), o.out(130));
  }

  private static GroupNormGrad groupNormGrad(Operands o) {
    Tensor x = o.normal(2, 61, 47, 40);
    Tensor weight = o.normal(40);
    Tensor bias = o.normal(40);
    Tensor statistics = o.out(2, 8, 2);
    o.run(new GroupNorm(x, weight, bias, 8, 1e-6, true, o.out(2, 61, 47, 40), statistics));
    return new GroupNormGrad(
        x, weight, bias, 8, true, statistics, o.normal(2, 61, 47, 40), o.out(2, 61, 47, 40), o.out(40), o.out(40));
  }
}
