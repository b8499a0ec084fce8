/** Configuration files, JSON or YAML, read key by key with errors that name file and key. */
package io.github.tsdsr.io.config;
