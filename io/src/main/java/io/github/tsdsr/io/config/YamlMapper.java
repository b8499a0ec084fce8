package io.github.tsdsr.io.config;

import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import org.yaml.snakeyaml.LoaderOptions;

/** Apart from {@link Config}, so that the YAML library is loaded only where YAML is read: it is an optional dependency. */
final class YamlMapper {
  private static final int MAX_ALIASES = 10;

  private YamlMapper() {}

  static ObjectMapper create(StreamReadConstraints constraints) {
    LoaderOptions options = new LoaderOptions();
    options.setMaxAliasesForCollections(MAX_ALIASES);
    options.setAllowDuplicateKeys(false);
    YAMLFactory factory = YAMLFactory.builder().loaderOptions(options).streamReadConstraints(constraints).build();
    return new ObjectMapper(factory);
  }
}
