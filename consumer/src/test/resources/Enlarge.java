import io.github.tsdsr.infer.OneStepUpscaler;
import io.github.tsdsr.infer.UpscalerOptions;
import io.github.tsdsr.io.image.ImageFormat;
import io.github.tsdsr.io.image.Images;
import java.nio.file.Path;

void main(String[] args) throws Exception {
  try (OneStepUpscaler upscaler = OneStepUpscaler.open(UpscalerOptions.defaults())) {
    Images.write(upscaler.upscale(Images.read(Path.of(args[0]))), Path.of(args[1]), ImageFormat.PNG);
  }
}
