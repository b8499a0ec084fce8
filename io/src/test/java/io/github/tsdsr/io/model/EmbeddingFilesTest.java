package io.github.tsdsr.io.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.tsdsr.io.FormatException;
import io.github.tsdsr.io.GoldenFiles;
import io.github.tsdsr.io.pt.PtFile;
import io.github.tsdsr.io.safetensors.SafetensorsWriter;
import io.github.tsdsr.tensor.ReferenceBackend;
import io.github.tsdsr.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Embedded prompts; golden section 1, models/tiny/embeddings. */
final class EmbeddingFilesTest {
  private static final Path PUBLISHED = GoldenFiles.path("models/tiny/embeddings/default");

  @TempDir
  private Path folder;

  @Test
  void theTwoFilesThatThePublishedProgramReadsAreRead() throws IOException {
    try (EmbeddingFiles files = EmbeddingFiles.open(PUBLISHED);
        PtFile prompt = PtFile.open(PUBLISHED.resolve("prompt_embeds.pt"));
        PtFile pooled = PtFile.open(PUBLISHED.resolve("pool_embeds.pt"))) {
      assertArrayEquals(GoldenFiles.bits(prompt.get("", 13, 48)), GoldenFiles.bits(files.prompt(48)));
      assertArrayEquals(GoldenFiles.bits(pooled.get("", 40)), GoldenFiles.bits(files.pooled(40)));
    }
  }

  @Test
  void oneFileOfBothIsReadWithOrWithoutABatchAxis() throws IOException {
    try (EmbeddingFiles published = EmbeddingFiles.open(PUBLISHED);
        ReferenceBackend backend = new ReferenceBackend()) {
      Map<String, Tensor> tensors = new LinkedHashMap<>();
      tensors.put("prompt_embeds", published.prompt(48).unsqueeze(0));
      tensors.put("pooled_prompt_embeds", published.pooled(40));
      SafetensorsWriter.write(folder.resolve(EmbeddingFiles.BOTH), backend, tensors, Map.of());
      try (EmbeddingFiles files = EmbeddingFiles.open(folder)) {
        assertArrayEquals(GoldenFiles.bits(published.prompt(48)), GoldenFiles.bits(files.prompt(48)));
        assertArrayEquals(GoldenFiles.bits(published.pooled(40)), GoldenFiles.bits(files.pooled(40)));
      }
    }
  }

  @Test
  void aMissingFileAndAnotherWidthAreOneLineThatNamesTheFolder() throws IOException {
    FormatException e = assertThrows(FormatException.class, () -> EmbeddingFiles.open(folder));
    GoldenFiles.assertOneLine(e.getMessage(), folder.toString(), "no embeddings", "prompt_embeds.pt");
    Files.copy(PUBLISHED.resolve("prompt_embeds.pt"), folder.resolve("prompt_embeds.pt"));
    e = assertThrows(FormatException.class, () -> EmbeddingFiles.open(folder));
    GoldenFiles.assertOneLine(e.getMessage(), folder.toString(), "no embeddings");
    try (EmbeddingFiles files = EmbeddingFiles.open(PUBLISHED)) {
      e = assertThrows(FormatException.class, () -> files.prompt(4096));
      GoldenFiles.assertOneLine(e.getMessage(), "default", "(tokens, 4096)", "13x48");
      e = assertThrows(FormatException.class, () -> files.pooled(2048));
      GoldenFiles.assertOneLine(e.getMessage(), "default", "(2048)", "40");
    }
  }
}
