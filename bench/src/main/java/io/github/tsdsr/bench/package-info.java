/** JMH benchmarks, their peers, profiles of whole programs, and the report. */
package io.github.tsdsr.bench;
