/** What all file formats share: the exception that names file and fault, JSON, and weights under their names. */
package io.github.tsdsr.io;
