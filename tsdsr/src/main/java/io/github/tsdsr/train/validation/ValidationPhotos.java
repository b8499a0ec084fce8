package io.github.tsdsr.train.validation;

import io.github.tsdsr.data.ValidationSet;
import java.nio.file.Path;
import java.util.List;

/**
 * What a run is measured on.
 *
 * @param crops may be none
 * @param lpips files with the weights of an LPIPS to measure by; may be none
 */
public record ValidationPhotos(List<ValidationSet.Crop> crops, List<Path> lpips) {}
