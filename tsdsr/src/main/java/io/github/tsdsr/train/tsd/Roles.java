package io.github.tsdsr.train.tsd;

import io.github.tsdsr.autograd.Adapters;
import io.github.tsdsr.sd3.FlowMatchScheduler;
import io.github.tsdsr.sd3.MmDit;
import io.github.tsdsr.sd3.Prompt;
import io.github.tsdsr.sd3.Vae;
import io.github.tsdsr.train.network.Student;

/**
 * Who takes part in a distillation. Teacher and LoRA model are one frozen transformer, told apart by their adapters; a student
 * with adapters can stand on it too.
 *
 * @param vae frozen; its decoder shows the student's latents
 * @param base the frozen transformer
 * @param teacher the teacher's own adapters, or none
 * @param lora the LoRA model's adapters
 * @param nothing the empty prompt, for guidance
 */
public record Roles(
    FlowMatchScheduler scheduler, Vae vae, MmDit base, Adapters teacher, Adapters lora, Student student,
    Prompt nothing) {}
