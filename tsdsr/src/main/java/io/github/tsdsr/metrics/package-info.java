/** How far a picture is from another, or from looking natural, as the published evaluations measure it. */
package io.github.tsdsr.metrics;
