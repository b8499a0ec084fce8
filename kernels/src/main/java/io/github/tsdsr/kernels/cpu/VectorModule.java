package io.github.tsdsr.kernels.cpu;

/** Whether Java was started with the incubating module of the Vector API. */
final class VectorModule {
  private static final String NAME = "jdk.incubator.vector";
  private static final boolean PRESENT = ModuleLayer.boot().findModule(NAME).isPresent();

  static {
    if (!PRESENT) {
      System.getLogger("io.github.tsdsr").log(
          System.Logger.Level.WARNING,
          "running without vectors, many times slower: start Java with --add-modules " + NAME);
    }
  }

  private VectorModule() {}

  static boolean present() {
    return PRESENT;
  }

  static String description() {
    return PRESENT ? Lanes.FLOATS.vectorBitSize() + "-bit vectors" : "no vectors";
  }
}
