package io.github.tsdsr.tensor.op;

import io.github.tsdsr.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/**
 * The gradient of {@link Conv2d} with respect to its picture: dx[n,h,w,c] = sum over o and all (i,p), (j,q) that touch
 * (h,w) of dy[n,i,j,o] w[o,p,q,c].
 *
 * @param accumulate add to what dx holds
 */
public record Conv2dInputGrad(Tensor dy, Tensor w, ConvGeometry geometry, Tensor dx, boolean accumulate)
    implements Primitive {
  public Conv2dInputGrad {
    Checks.floating("Conv2dInputGrad", dy, w, dx);
    geometry.check("Conv2dInputGrad", dx.shape(), w.shape(), dy.shape());
    Checks.disjoint("Conv2dInputGrad", dx, dy, w);
  }

  @Override
  public List<Tensor> inputs() {
    List<Tensor> in = new ArrayList<>(List.of(dy, w));
    if (accumulate) {
      in.add(dx);
    }
    return in;
  }

  @Override
  public List<Tensor> outputs() {
    return List.of(dx);
  }
}
