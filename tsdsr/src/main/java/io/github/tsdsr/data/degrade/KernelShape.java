package io.github.tsdsr.data.degrade;

import java.util.Locale;

/** The kinds of blur kernel that are drawn by their weights. */
public enum KernelShape {
  ISO(Profile.GAUSSIAN, true),
  ANISO(Profile.GAUSSIAN, false),
  GENERALIZED_ISO(Profile.GENERALIZED, true),
  GENERALIZED_ANISO(Profile.GENERALIZED, false),
  PLATEAU_ISO(Profile.PLATEAU, true),
  PLATEAU_ANISO(Profile.PLATEAU, false);

  /** How a kernel falls off with the squared distance d, which is 1 at one sigma. */
  public enum Profile {
    /** exp(-d / 2). */
    GAUSSIAN {
      @Override
      double at(double d, double beta) {
        return StrictMath.exp(-d / 2);
      }
    },
    /** exp(-d^beta / 2). */
    GENERALIZED {
      @Override
      double at(double d, double beta) {
        return StrictMath.exp(-StrictMath.pow(d, beta) / 2);
      }
    },
    /** 1 / (d^beta + 1). */
    PLATEAU {
      @Override
      double at(double d, double beta) {
        return 1 / (StrictMath.pow(d, beta) + 1);
      }
    };

    abstract double at(double d, double beta);
  }

  private final Profile profile;
  private final boolean isotropic;

  KernelShape(Profile profile, boolean isotropic) {
    this.profile = profile;
    this.isotropic = isotropic;
  }

  /** How it falls off. */
  public Profile profile() {
    return profile;
  }

  /** Whether it is the same in every direction. */
  public boolean isIsotropic() {
    return isotropic;
  }

  /** What configurations call it: iso, generalized_aniso. */
  public String key() {
    return name().toLowerCase(Locale.ROOT);
  }
}
