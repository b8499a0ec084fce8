/** How much memory work takes, counted from shapes beforehand, and how much there is. */
package io.github.tsdsr.memory;
