/** The safetensors format: a JSON header of names, types, shapes and offsets, then the tensors' bytes. */
package io.github.tsdsr.io.safetensors;
