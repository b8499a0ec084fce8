/** Model folders as diffusers writes them, brought together with the networks of module sd3. */
package io.github.tsdsr.model;
