/** The program as a folder that needs no Java on the machine it is carried to. */
package io.github.tsdsr.bundle;
