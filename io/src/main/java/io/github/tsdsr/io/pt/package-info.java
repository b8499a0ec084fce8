/**
 * Files that PyTorch saves (.pt, .pth): {@link io.github.tsdsr.io.pt.PtFile} reads the tensors out of the zip format and the
 * one before it. Such a file holds a pickle, a program for a stack machine that may name and call anything; the machine
 * here knows a handful of names and calls nothing.
 */
package io.github.tsdsr.io.pt;
