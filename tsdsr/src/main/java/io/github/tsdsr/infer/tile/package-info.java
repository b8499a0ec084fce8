/** How large latents and pictures are cut into tiles, and how tiles are put together again. */
package io.github.tsdsr.infer.tile;
