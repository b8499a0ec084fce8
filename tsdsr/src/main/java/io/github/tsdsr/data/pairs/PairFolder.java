package io.github.tsdsr.data.pairs;

import io.github.tsdsr.data.PhotoLibrary;
import io.github.tsdsr.io.FormatException;
import io.github.tsdsr.io.NamedWeights;
import io.github.tsdsr.io.image.ImageInfo;
import io.github.tsdsr.io.image.Images;
import io.github.tsdsr.io.model.WeightFiles;
import io.github.tsdsr.pixel.BytePixels;
import io.github.tsdsr.pixel.Pictures;
import io.github.tsdsr.tensor.Backend;
import io.github.tsdsr.tensor.ReferenceBackend;
import io.github.tsdsr.tensor.Tensor;
import io.github.tsdsr.tensor.Values;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.zip.CRC32;

/**
 * A training set in a folder, checked as a whole when it is opened: every clean picture has its degraded one, all have one
 * size, and of each kind of cache there is either a file for every pair or no folder. Safe for several threads.
 */
public final class PairFolder {
  private static final List<String> SUFFIXES = List.of(".pt", ".safetensors");

  /** What may be cached beside the pictures, each in a folder of its own, a file (.pt or .safetensors) for a pair. */
  public enum Cache {
    /** Latents of the clean pictures, (channels, height, width). */
    LATENTS(PairLayout.LATENTS, 3),
    /** Embedded prompts, (tokens, width). */
    PROMPTS(PairLayout.PROMPTS, 2),
    /** Pooled embedded prompts, (width). */
    POOLED(PairLayout.POOLED, 1);

    private final String folder;
    private final int rank;

    Cache(String folder, int rank) {
      this.folder = folder;
      this.rank = rank;
    }
  }

  /** A picture and what was left of it, of one size. */
  public record Pair(String name, BytePixels clean, BytePixels degraded) {}

  /** A tensor's numbers in row-major order. */
  public record Cached(long[] shape, float[] values) {}

  private record Entry(String name, Path clean, Path degraded) {}

  private final List<Entry> entries = new ArrayList<>();
  private final Map<Cache, List<Path>> caches = new EnumMap<>(Cache.class);
  private final int width;
  private final int height;

  private PairFolder(Path folder, List<Cache> which) throws IOException {
    Map<String, Path> clean = pictures(folder, PairLayout.CLEAN);
    Map<String, Path> degraded = pictures(folder, PairLayout.DEGRADED);
    for (Map.Entry<String, Path> e : clean.entrySet()) {
      Path other = degraded.remove(e.getKey());
      if (other == null) {
        throw new FormatException(folder.resolve(PairLayout.DEGRADED).toString(),
            "no picture " + e.getKey() + ", which " + e.getValue() + " belongs to");
      }
      entries.add(new Entry(e.getKey(), e.getValue(), other));
    }
    if (!degraded.isEmpty()) {
      Map.Entry<String, Path> lone = degraded.entrySet().iterator().next();
      throw new FormatException(folder.resolve(PairLayout.CLEAN).toString(),
          "no picture " + lone.getKey() + ", which " + lone.getValue() + " belongs to");
    }
    ImageInfo first = Images.probe(entries.getFirst().clean);
    width = first.uprightWidth();
    height = first.uprightHeight();
    for (Entry e : entries) {
      checkSize(e.clean);
      checkSize(e.degraded);
    }
    for (Cache cache : which) {
      Path of = folder.resolve(cache.folder);
      if (Files.isDirectory(of)) {
        List<Path> files = new ArrayList<>();
        for (Entry e : entries) {
          files.add(cached(of, e));
        }
        caches.put(cache, List.copyOf(files));
      }
    }
  }

  /**
   * Opens a set and checks what belongs together; pictures are decoded only when they are read.
   *
   * @throws FormatException naming the first file that is missing, alone, or of another size than the first
   * @throws IOException if a folder or a file cannot be read
   */
  public static PairFolder open(Path folder) throws IOException {
    return new PairFolder(folder, List.of(Cache.values()));
  }

  /** {@link #open} of the pictures alone: caches may be there in part. */
  public static PairFolder withoutCaches(Path folder) throws IOException {
    return new PairFolder(folder, List.of());
  }

  private static Map<String, Path> pictures(Path folder, String which) throws IOException {
    Path of = folder.resolve(which);
    if (!Files.isDirectory(of)) {
      throw new FormatException(folder.toString(), "no " + which + "/ here; expected a training set with "
          + PairLayout.CLEAN + "/ and " + PairLayout.DEGRADED + "/");
    }
    Map<String, Path> byName = new LinkedHashMap<>();
    for (Path file : PhotoLibrary.filesIn(of)) {
      String name = file.getFileName().toString();
      Path other = byName.putIfAbsent(name.substring(0, name.lastIndexOf('.')), file);
      if (other != null) {
        throw new FormatException(file.toString(), "the name of " + other.getFileName() + " but for the ending");
      }
    }
    return byName;
  }

  private void checkSize(Path file) throws IOException {
    ImageInfo info = Images.probe(file);
    if (info.uprightWidth() != width || info.uprightHeight() != height) {
      throw new FormatException(file.toString(), info.uprightWidth() + "x" + info.uprightHeight() + ", expected "
          + width + "x" + height + " as " + entries.getFirst().clean + " has");
    }
  }

  private static Path cached(Path folder, Entry entry) {
    return SUFFIXES.stream().map(s -> folder.resolve(entry.name + s)).filter(Files::isRegularFile).findFirst()
        .orElseThrow(() -> new FormatException(
            folder.toString(), "no " + entry.name + ".pt, which " + entry.clean + " belongs to"));
  }

  /** How many pairs there are; they are numbered in the order of their names. */
  public int size() {
    return entries.size();
  }

  /** Columns of all pictures. */
  public int width() {
    return width;
  }

  /** Rows of all pictures. */
  public int height() {
    return height;
  }

  /** What pair i is called. */
  public String name(int i) {
    return entries.get(i).name;
  }

  /** Whether a square crop of this side takes the whole of each picture. */
  public boolean isWhole(int crop) {
    return width == crop && height == crop;
  }

  /**
   * Tells sets of other names, sizes, or lengths of files apart, and other caches of those named.
   *
   * @throws IOException if a file cannot be looked at
   */
  public String fingerprint(Set<Cache> which) throws IOException {
    CRC32 crc = new CRC32();
    for (int i = 0; i < entries.size(); i++) {
      Entry e = entries.get(i);
      StringBuilder line = new StringBuilder(e.name);
      line.append(' ').append(Files.size(e.clean)).append(' ').append(Files.size(e.degraded));
      for (Cache cache : which) {
        line.append(' ').append(cache.folder).append(' ').append(Files.size(file(cache, i)));
      }
      crc.update(line.append('\n').toString().getBytes(StandardCharsets.UTF_8));
    }
    StringBuilder with = new StringBuilder();
    which.forEach(cache -> with.append(" with ").append(cache.folder));
    return String.format(
        Locale.ROOT, "%d pairs of %dx%d%s, %08x", entries.size(), width, height, with, crc.getValue());
  }

  /** The file of a cache that belongs to pair i. */
  Path file(Cache cache, int i) {
    if (!has(cache)) {
      throw new IllegalArgumentException("the set has no " + cache.folder + "/");
    }
    return caches.get(cache).get(i);
  }

  /** Whether the pairs have something cached. */
  public boolean has(Cache cache) {
    return caches.containsKey(cache);
  }

  /**
   * The pictures of pair i, decoded anew each time.
   *
   * @throws FormatException if one is damaged, or has got another size
   * @throws IOException if one cannot be read
   */
  public Pair read(int i) throws IOException {
    Entry e = entries.get(i);
    return new Pair(e.name, picture(e.clean), picture(e.degraded));
  }

  private BytePixels picture(Path file) throws IOException {
    BytePixels picture = Pictures.readRgb(file);
    if (picture.width() != width || picture.height() != height) {
      throw new FormatException(file.toString(), picture.width() + "x" + picture.height() + " now, was " + width + "x"
          + height + " when the set was opened");
    }
    return picture;
  }

  /**
   * What is cached for pair i; a leading axis of size 1, the batch that some programs save, is left out.
   *
   * @throws IllegalArgumentException if there is no such cache
   * @throws FormatException if the file is not valid or holds anything but one tensor of that kind
   * @throws IOException if it cannot be read
   */
  public Cached cached(Cache cache, int i) throws IOException {
    Path file = file(cache, i);
    try (NamedWeights tensors = WeightFiles.open(file);
        Backend host = new ReferenceBackend()) {
      if (tensors.names().size() != 1) {
        throw new FormatException(file.toString(), tensors.names().size() + " tensors, expected one");
      }
      Tensor t = tensors.find(tensors.names().iterator().next()).orElseThrow();
      Tensor plain = t.rank() == cache.rank + 1 && t.size(0) == 1 ? t.select(0, 0) : t;
      if (plain.rank() != cache.rank || plain.count() == 0) {
        throw new FormatException(file.toString(), "a tensor " + t.layout() + ", expected " + cache.rank + " axes");
      }
      return new Cached(plain.shape(), Values.floats(host, plain));
    }
  }
}
