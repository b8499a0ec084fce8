package io.github.tsdsr.infer;

import io.github.tsdsr.infer.UpscaleException.Kind;
import io.github.tsdsr.io.FormatException;
import io.github.tsdsr.io.image.Image;
import io.github.tsdsr.kernels.cpu.ProductPrecision;
import io.github.tsdsr.kernels.cpu.VectorBackend;
import io.github.tsdsr.memory.MachineMemory;
import io.github.tsdsr.pixel.RowLoop;
import io.github.tsdsr.tensor.Backend;
import io.github.tsdsr.tensor.DType;
import io.github.tsdsr.tensor.MemoryBound;
import io.github.tsdsr.tensor.MemoryLimitException;
import io.github.tsdsr.tensor.MemoryUse;
import io.github.tsdsr.tensor.WeightsException;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;

/**
 * One-step diffusion super-resolution: pictures go in, and come out four times as wide and high, or as the settings say.
 * Holds a model in memory and the device's threads until it is closed.
 *
 * <p>May be called by any thread; pictures go through it one after the other. Several upscalers work side by side.
 */
public final class OneStepUpscaler implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger("io.github.tsdsr");

  /** Every machine has this much. */
  private static final long SMALL = 256L << 20;

  private final ReentrantLock lock = new ReentrantLock();
  private final Backend backend;
  private final ExecutorService rowPool;
  private final RowLoop loop;
  private final MemoryBudget budget;
  private final LoadedModel model;
  private boolean closed;

  private OneStepUpscaler(UpscalerOptions options) throws IOException {
    ProductPrecision products = Devices.products(options.device(), options.precision());
    LongSupplier memory = () -> options.memory().orElseGet(MachineMemory::half);
    budget = new MemoryBudget(memory, options.memory().orElse(SMALL), options.threads());
    // Blocks that are kept for reuse count too, so the bound holds without being asked for as well.
    MemoryBound bound =
        options.memory().isPresent() ? MemoryBound.of(options.memory().getAsLong()) : new MemoryBound(SMALL, memory);
    backend = new VectorBackend(options.threads(), bound, products);
    try {
      model = LoadedModel.open(backend, options, DType.F32, memory);
    } catch (IOException | RuntimeException | Error e) {
      backend.close();
      throw e;
    }
    rowPool =
        Executors.newFixedThreadPool(options.threads(), Thread.ofPlatform().daemon().name("tsdsr-rows-", 1).factory());
    loop = RowLoop.on(rowPool, options.threads());
  }

  /**
   * Opens an upscaler.
   *
   * @throws UpscaleException if the options ask for what there is not, or the model cannot be used
   */
  public static OneStepUpscaler open(UpscalerOptions options) {
    try {
      OneStepUpscaler upscaler = new OneStepUpscaler(options);
      LOG.log(Level.DEBUG, () -> "opened on " + upscaler.backend.name());
      return upscaler;
    } catch (FormatException | WeightsException e) {
      throw new UpscaleException(Kind.MODEL, e.getMessage(), e);
    } catch (IOException e) {
      throw new UpscaleException(Kind.MODEL, "the model cannot be read: " + e.getMessage(), e);
    } catch (IllegalArgumentException e) {
      throw new UpscaleException(Kind.OPTIONS, e.getMessage(), e);
    } catch (MemoryLimitException e) {
      throw new UpscaleException(Kind.MEMORY, e.getMessage(), e);
    }
  }

  /** Upscales under {@link #settings}. */
  public Image upscale(Image picture) {
    return upscale(picture, settings(), Progress.NONE);
  }

  /** Upscales under {@link #settings}. */
  public BufferedImage upscale(BufferedImage picture) {
    return upscale(Image.of(picture)).toBufferedImage();
  }

  /**
   * Upscales a picture. Under our own rule it comes out upright, with its colour profile and its alpha plane enlarged.
   *
   * @param progress hears of it on this thread, and may give the picture up; so does interrupting the thread
   * @throws UpscaleException if it cannot be done, or was given up; the upscaler can be used on
   * @throws IllegalStateException if this is closed
   */
  public Image upscale(Image picture, UpscaleSettings settings, Progress progress) {
    lock.lock();
    try {
      checkOpen();
      ImageRule rule = settings.published() ? ImageRule.PUBLISHED : ImageRule.OWN;
      long start = System.nanoTime();
      Progress heard = (done, total) -> !Thread.currentThread().isInterrupted() && progress.report(done, total);
      Image large = finite(on -> rule.apply(
          picture, new PictureUpscaler(on, model.model(), DType.F32, loop, budget), settings, heard, loop));
      LOG.log(Level.DEBUG, () -> picture + " to " + large + " in " + (System.nanoTime() - start) / 1_000_000 + " ms");
      return large;
    } catch (NonFiniteException e) {
      throw new UpscaleException(Kind.NON_FINITE, e.getMessage(), e);
    } catch (MemoryLimitException e) {
      throw new UpscaleException(Kind.MEMORY, e.getMessage(), e);
    } catch (OutOfMemoryError e) {
      throw new UpscaleException(
          Kind.MEMORY,
          "a picture of " + picture.width() + "x" + picture.height() + " needs more Java heap than -Xmx allows",
          e);
    } catch (CancellationException e) {
      throw new UpscaleException(Kind.CANCELLED, e.getMessage(), e);
    } catch (IllegalArgumentException e) {
      throw new UpscaleException(Kind.PICTURE, e.getMessage(), e);
    } finally {
      lock.unlock();
    }
  }

  /** Work on a backend. */
  private interface Pass<T> {
    T on(Backend backend);
  }

  /** Does the work; where its result is not finite, again with every operation checked. */
  private <T> T finite(Pass<T> pass) {
    try {
      return pass.on(backend);
    } catch (NonFiniteException e) {
      LOG.log(Level.WARNING, () -> e.getMessage() + ": again, with every operation checked");
      return pass.on(new FiniteCheck(backend, model::nameOf));
    }
  }

  /** The model's own settings, changed as the options said. */
  public UpscaleSettings settings() {
    return model.settings();
  }

  /** What tensors take now. */
  public MemoryUse memory() {
    lock.lock();
    try {
      return backend.memory();
    } finally {
      lock.unlock();
    }
  }

  private void checkOpen() {
    if (closed) {
      throw new IllegalStateException("the upscaler is closed");
    }
  }

  /** Gives the memory back and ends the threads, after the picture that is going through. */
  @Override
  public void close() {
    lock.lock();
    try {
      if (!closed) {
        closed = true;
        rowPool.shutdown();
        model.close();
        backend.close();
      }
    } finally {
      lock.unlock();
    }
  }
}
