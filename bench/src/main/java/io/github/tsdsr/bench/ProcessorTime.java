package io.github.tsdsr.bench;

import java.lang.annotation.Annotation;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;

/**
 * Runs a JMH benchmark's methods in this JVM on one thread and tells the processor time of a call: on a machine that others
 * use too, wall time says little, this still compares.
 */
final class ProcessorTime {
  private static final long LEAST_NANOS = 600_000_000;
  private static final int LEAST_CALLS = 8;
  private static final ThreadMXBean CLOCK = ManagementFactory.getThreadMXBean();

  private ProcessorTime() {}

  /** What was measured: the method and the parameters. */
  record Case(String method, Map<String, String> parameters) {}

  /**
   * Measures all methods with all combinations of parameters.
   *
   * @param allowed values of a parameter to which it is restricted
   * @param result gets each case with the middle of its times in microseconds
   */
  static void measure(Class<?> benchmark, Map<String, List<String>> allowed, BiConsumer<Case, Double> result)
      throws ReflectiveOperationException {
    for (Map<String, String> parameters : combinations(benchmark, allowed)) {
      for (Method method : with(benchmark, Benchmark.class)) {
        Object state = benchmark.getConstructor().newInstance();
        for (Map.Entry<String, String> p : parameters.entrySet()) {
          benchmark.getField(p.getKey()).set(state, p.getValue());
        }
        for (Method setup : with(benchmark, Setup.class)) {
          setup.invoke(state);
        }
        double micros = time(state, method);
        for (Method end : with(benchmark, TearDown.class)) {
          end.invoke(state);
        }
        result.accept(new Case(method.getName(), parameters), micros);
      }
    }
  }

  private static List<Method> with(Class<?> type, Class<? extends Annotation> annotation) {
    return Arrays.stream(type.getMethods()).filter(m -> m.isAnnotationPresent(annotation)).toList();
  }

  private static List<Map<String, String>> combinations(Class<?> type, Map<String, List<String>> allowed) {
    List<Map<String, String>> all = List.of(Map.of());
    for (Field field : type.getFields()) {
      if (field.isAnnotationPresent(Param.class)) {
        List<String> values = allowed.getOrDefault(
            field.getName(), List.of(field.getAnnotation(Param.class).value()));
        List<Map<String, String>> longer = new ArrayList<>();
        for (Map<String, String> start : all) {
          for (String value : values) {
            Map<String, String> next = new LinkedHashMap<>(start);
            next.put(field.getName(), value);
            longer.add(next);
          }
        }
        all = longer;
      }
    }
    return all;
  }

  /** The middle of the second half of the calls: the first half is warm-up. */
  private static double time(Object state, Method method) throws ReflectiveOperationException {
    List<Long> times = new ArrayList<>();
    long begin = CLOCK.getCurrentThreadCpuTime();
    while (times.size() < LEAST_CALLS || CLOCK.getCurrentThreadCpuTime() - begin < LEAST_NANOS) {
      long start = CLOCK.getCurrentThreadCpuTime();
      method.invoke(state);
      times.add(CLOCK.getCurrentThreadCpuTime() - start);
    }
    List<Long> late = times.subList(times.size() / 2, times.size()).stream().sorted().toList();
    return late.get(late.size() / 2) / 1e3;
  }
}
