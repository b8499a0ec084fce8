package io.github.tsdsr.data.degrade;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.tsdsr.golden.GoldenJson;
import io.github.tsdsr.golden.GoldenTensors;
import java.util.Map;
import org.junit.jupiter.api.Test;

class BlurKernelTest {
  private static final GoldenTensors GOLDEN = GoldenTensors.read("degradation/kernels.safetensors");

  @Test
  void everyShapeIsTheReferences() {
    int shapes = 0;
    int sincs = 0;
    for (Object each : GoldenJson.list(GoldenJson.read("degradation/kernels.json"))) {
      Map<String, Object> c = GoldenJson.object(each);
      String name = (String) c.get("name");
      boolean sinc = c.get("kind").equals("sinc");
      BlurKernel got = Kernels.of(c);
      int padded = sinc && number(c, "pad_to") > 0 ? (int) number(c, "pad_to") : got.size();
      assertArrayEquals(GOLDEN.doubles(name), Kernels.padded(got, padded), sinc ? 1e-11 : 1e-12, name);
      sincs += sinc ? 1 : 0;
      shapes += sinc ? 0 : 1;
    }
    assertEquals(14, shapes);
    assertEquals(7, sincs);
  }

  private static double number(Map<String, Object> c, String key) {
    return ((Number) c.get(key)).doubleValue();
  }

  @Test
  void theBesselFunctionHasItsKnownValues() {
    assertEquals(0, BesselJ1.of(0), 1e-16);
    assertEquals(0.44005058574493352, BesselJ1.of(1), 1e-15);
    assertEquals(0.58186522428, BesselJ1.of(1.8411837813), 1e-10);
    assertEquals(0, BesselJ1.of(3.8317059702075123), 1e-15);
    assertEquals(0.043472746168861438, BesselJ1.of(10), 1e-15);
    // Far out the asymptotic series is good to ten places.
    double x = 80;
    double a = x - 0.75 * Math.PI;
    double p = 1 + 15.0 / (128 * x * x);
    double q = 3 / (8 * x) - 105.0 / (1024 * x * x * x);
    assertEquals(Math.sqrt(2 / (Math.PI * x)) * (p * Math.cos(a) - q * Math.sin(a)), BesselJ1.of(x), 1e-9);
    assertEquals(-BesselJ1.of(2), BesselJ1.of(-2), 1e-15);
    assertThrows(IllegalArgumentException.class, () -> BesselJ1.of(91));
  }

  @Test
  void impossibleKernelsAreRefused() {
    assertThrows(IllegalArgumentException.class, () -> BlurKernel.sinc(8, 1));
    assertThrows(IllegalArgumentException.class, () -> BlurKernel.sinc(7, 3.2));
    assertThrows(IllegalArgumentException.class, () -> BlurKernel.of(KernelShape.Profile.GAUSSIAN, 7, 0, 1, 0, 1));
    assertTrue(BlurKernel.pulse().weights()[0] == 1);
  }
}
