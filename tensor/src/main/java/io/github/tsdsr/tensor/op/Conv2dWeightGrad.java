package io.github.tsdsr.tensor.op;

import io.github.tsdsr.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/**
 * The gradient of {@link Conv2d} with respect to its kernel: dw[o,p,q,c] = sum over n, i, j of dy[n,i,j,o] x[n, i down + p
 * - top, j across + q - left, c].
 *
 * @param accumulate add to what dw holds
 */
public record Conv2dWeightGrad(Tensor x, Tensor dy, ConvGeometry geometry, Tensor dw, boolean accumulate)
    implements Primitive {
  public Conv2dWeightGrad {
    Checks.floating("Conv2dWeightGrad", x, dy, dw);
    geometry.check("Conv2dWeightGrad", x.shape(), dw.shape(), dy.shape());
    Checks.disjoint("Conv2dWeightGrad", dw, x, dy);
  }

  @Override
  public List<Tensor> inputs() {
    List<Tensor> in = new ArrayList<>(List.of(x, dy));
    if (accumulate) {
      in.add(dw);
    }
    return in;
  }

  @Override
  public List<Tensor> outputs() {
    return List.of(dw);
  }
}
