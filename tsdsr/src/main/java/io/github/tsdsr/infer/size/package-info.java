/** Which size a picture is processed at and which size comes out. */
package io.github.tsdsr.infer.size;
