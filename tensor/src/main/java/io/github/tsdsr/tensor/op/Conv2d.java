package io.github.tsdsr.tensor.op;

import io.github.tsdsr.tensor.Tensor;
import java.util.List;

/**
 * Cross-correlation y[n,i,j,o] = bias[o] + sum over p, q, c of x[n, i down + p - top, j across + q - left, c] w[o,p,q,c],
 * zero outside the picture.
 *
 * @param x (N,H,W,C)
 * @param w (O,kh,kw,C); a kernel stored as (O,C,kh,kw) is {@code permute(0, 2, 3, 1)} of it
 * @param bias (O), or null
 * @param y (N,H',W',O)
 */
public record Conv2d(Tensor x, Tensor w, Tensor bias, ConvGeometry geometry, Tensor y) implements Primitive {
  public Conv2d {
    Checks.floating("Conv2d", x, w, bias, y);
    geometry.check("Conv2d", x.shape(), w.shape(), y.shape());
    if (bias != null) {
      Checks.shape("Conv2d", "bias", bias, w.size(0));
    }
    Checks.disjoint("Conv2d", y, x, w, bias);
  }

  @Override
  public List<Tensor> inputs() {
    return Checks.present(x, w, bias);
  }

  @Override
  public List<Tensor> outputs() {
    return List.of(y);
  }
}
