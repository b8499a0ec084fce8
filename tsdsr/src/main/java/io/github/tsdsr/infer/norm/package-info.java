/** How tiles of a picture share the statistics of their group norms, so that no seam shows between them. */
package io.github.tsdsr.infer.norm;
