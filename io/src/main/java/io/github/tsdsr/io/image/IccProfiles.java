package io.github.tsdsr.io.image;

import java.awt.color.ColorSpace;
import java.awt.color.ICC_ColorSpace;
import java.awt.color.ICC_Profile;
import java.nio.charset.StandardCharsets;

/** What has to be known of ICC profiles to carry them along. */
final class IccProfiles {
  private static final int HEADER = 128;
  private static final int COLOUR_SPACE = 16;
  private static final int SIGNATURE = 36;
  /** Larger than any real profile of RGB colours, and what the 255 parts that JPEG allows can hold. */
  static final int MAX_BYTES = 1 << 23;

  private IccProfiles() {}

  /** Whether these bytes begin as a profile of RGB samples does; one of grey or CMYK samples does not fit our RGB. */
  static boolean isRgb(byte[] profile) {
    return profile.length >= HEADER && profile.length <= MAX_BYTES
        && "RGB ".equals(ascii(profile, COLOUR_SPACE)) && "acsp".equals(ascii(profile, SIGNATURE));
  }

  /** The profile if it is one of RGB samples, else null. */
  static byte[] rgbOrNull(byte[] profile) {
    return profile != null && isRgb(profile) ? profile : null;
  }

  /** The colour space of a profile; sRGB for null, and for a profile that the JDK cannot use. */
  static ColorSpace colorSpace(byte[] profile) {
    if (profile != null) {
      try {
        return new ICC_ColorSpace(ICC_Profile.getInstance(profile));
      } catch (IllegalArgumentException e) {
        // A damaged profile: the samples are as good as ever.
      }
    }
    return ColorSpace.getInstance(ColorSpace.CS_sRGB);
  }

  /** The profile of a colour space of RGB samples other than sRGB, else null. */
  static byte[] ofColorSpace(ColorSpace space) {
    return space instanceof ICC_ColorSpace icc && !space.isCS_sRGB() ? rgbOrNull(icc.getProfile().getData()) : null;
  }

  private static String ascii(byte[] bytes, int at) {
    return new String(bytes, at, 4, StandardCharsets.US_ASCII);
  }
}
