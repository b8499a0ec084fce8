/** The command line: one class a command. Results go to stdout, progress and errors to stderr. */
package io.github.tsdsr.cli;
