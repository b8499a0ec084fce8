/** Pictures as plain interleaved arrays, and how loops over their rows are shared out. */
package io.github.tsdsr.pixel;
