package io.github.tsdsr.train.optim;

import io.github.tsdsr.autograd.optim.Parameter;
import java.util.List;

/**
 * Parameters that are updated together: clipped by their joint norm, at one rate.
 *
 * @param name of what is trained; what the log adds to the names of its norm and rate; empty for the first
 * @param parameters in an order that never changes, of names that no other group has
 */
public record ParameterGroup(String name, List<Parameter> parameters, UpdateSettings settings) {}
