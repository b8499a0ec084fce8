package io.github.tsdsr.bench;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/**
 * {@code cblas_sgemm} of another library, from the jars that {@code bin/bench --fetch-peers} takes from Maven Central: the
 * peers of the matrix product.
 */
enum Blas {
  /** Intel's; its threads are set by {@code MKL_Set_Num_Threads}. */
  MKL("mkl-.*-redist\\.jar", "libmkl_rt.so.3", "MKL_Set_Num_Threads",
      List.of("libmkl_core.so.3", "libmkl_intel_lp64.so.3", "libmkl_gnu_thread.so.3", "libmkl_intel_thread.so.3",
          "libiomp5.so", "libmkl_avx512.so.3", "libmkl_avx2.so.3", "libmkl_def.so.3")),
  /** OpenBLAS; unset OPENBLAS_CORETYPE, so that it chooses by the processor. */
  OPENBLAS("openblas-.*-linux-x86_64\\.jar", "libopenblas.so.0", "openblas_set_num_threads",
      List.of("libgcc_s.so.1", "libquadmath.so.0", "libgfortran.so.5"));

  private static final int ROW_MAJOR = 101;
  private static final int PLAIN = 111;
  private static final int TRANSPOSED = 112;

  private final String jar;
  private final String library;
  private final String threadSetter;
  private final List<String> needed;

  Blas(String jar, String library, String threadSetter, List<String> needed) {
    this.jar = jar;
    this.library = library;
    this.threadSetter = threadSetter;
    this.needed = needed;
  }

  /** A product of row-major matrices. */
  interface Sgemm {
    /** y (m,n) = x (m,k) w (n,k)^T. */
    void linear(int m, int n, int k, MemorySegment x, MemorySegment w, MemorySegment y);
  }

  /** The folder of the peers' jars. */
  private static Path folder() {
    return Path.of(System.getProperty("tsdsr.peers", "bench/target/peers"));
  }

  /** Whether its jar is there. */
  boolean present() {
    return find().isPresent();
  }

  private Optional<Path> find() {
    if (!Files.isDirectory(folder())) {
      return Optional.empty();
    }
    try (var files = Files.list(folder())) {
      return files.filter(f -> f.getFileName().toString().matches(jar)).findFirst();
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /**
   * Unpacks and loads the library.
   *
   * @throws IOException if its jar is not there, with the command that fetches it
   */
  Sgemm load(int threads) throws IOException {
    Path from = find().orElseThrow(
        () -> new IOException(folder() + " holds no jar of " + this + ": run bin/bench --fetch-peers"));
    Path to = from.resolveSibling(name().toLowerCase());
    Files.createDirectories(to);
    try (ZipFile zip = new ZipFile(from.toFile())) {
      for (String file : needed) {
        unpack(zip, file, to);
      }
      unpack(zip, library, to);
    }
    if (this == OPENBLAS) {
      for (String file : needed) {
        System.load(to.resolve(file).toAbsolutePath().toString());
      }
    }
    SymbolLookup symbols = SymbolLookup.libraryLookup(to.resolve(library).toAbsolutePath(), Arena.global());
    Linker linker = Linker.nativeLinker();
    MethodHandle setter = linker.downcallHandle(
        symbols.find(threadSetter).orElseThrow(), FunctionDescriptor.ofVoid(JAVA_INT));
    MethodHandle sgemm = linker.downcallHandle(
        symbols.find("cblas_sgemm").orElseThrow(),
        FunctionDescriptor.ofVoid(
            JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_FLOAT, ADDRESS, JAVA_INT, ADDRESS,
            JAVA_INT,
            JAVA_FLOAT, ADDRESS, JAVA_INT));
    try {
      setter.invokeExact(threads);
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
    return (m, n, k, x, w, y) -> {
      try {
        sgemm.invokeExact(ROW_MAJOR, PLAIN, TRANSPOSED, m, n, k, 1f, x, k, w, k, 0f, y, n);
      } catch (Throwable e) {
        throw new IllegalStateException(e);
      }
    };
  }

  private static void unpack(ZipFile zip, String file, Path to) throws IOException {
    Path target = to.resolve(file);
    Optional<? extends ZipEntry> entry = zip.stream().filter(e -> e.getName().endsWith("/" + file)).findFirst();
    if (entry.isEmpty()) {
      throw new IOException(zip.getName() + ": expected " + file + " in it");
    }
    if (!Files.exists(target) || Files.size(target) != entry.get().getSize()) {
      try (InputStream in = zip.getInputStream(entry.get())) {
        Files.copy(in, target, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
      }
    }
  }
}
