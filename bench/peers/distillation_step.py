"""Steps of Target Score Distillation in PyTorch, F32: what bin/bench --distillation CONFIG.yaml --peer PYTHON compares with.

The same networks, shapes, losses and optimisers as a step of the second phase under the paper's rules with `trains: all`,
guidance in one batch and the perceptual loss in the encoder's features; pictures, noise and levels are random. Prints
"part NAME MILLISECONDS" for each part and "step MILLISECONDS", the middle of the steps' times (of one thread, its
processor time), then "memory BYTES", the most that was resident.
"""
import argparse
import statistics
import time
from pathlib import Path

import diffusers
import torch
from diffusers import AutoencoderKL, SD3Transformer2DModel
from safetensors.torch import load_file
from torch import nn
from torch.nn.functional import mse_loss

ADAPTED = ("to_q", "to_k", "to_v", "add_q_proj", "add_k_proj", "add_v_proj", "to_out.0")
GUIDANCE = 7.5
LAMBDA = 0.7
STRIDE = 0.05
AVERAGING = 0.997


class Adapted(nn.Module):
    """A linear layer with an adapter that can be switched off."""

    on = False

    def __init__(self, base, rank):
        super().__init__()
        self.base = base
        self.a = nn.Parameter(torch.randn(rank, base.in_features) / rank)
        self.b = nn.Parameter(torch.zeros(base.out_features, rank))

    def forward(self, x):
        y = self.base(x)
        return y + (x @ self.a.T) @ self.b.T if Adapted.on else y


def adapt(model, rank):
    layers = [(n, m) for n, m in model.named_modules() if isinstance(m, nn.Linear) and n.endswith(ADAPTED)]
    for name, layer in layers:
        parent, _, child = name.rpartition(".")
        setattr(model.get_submodule(parent), child, Adapted(layer, rank))
    return [p for m in model.modules() if isinstance(m, Adapted) for p in (m.a, m.b)]


class Parts:
    """Times of the parts of each step."""

    def __init__(self, clock):
        self.clock, self.part, self.now, self.steps = clock, None, {}, []

    def enter(self, part):
        self.leave()
        self.part, self.since = part, self.clock()

    def leave(self):
        if self.part:
            self.now[self.part] = self.now.get(self.part, 0) + self.clock() - self.since
            self.part = None

    def finish(self, counts):
        self.leave()
        if counts:
            self.steps.append(self.now)
        self.now = {}


class Step:
    def __init__(self, options, parts):
        self.o, self.parts = options, parts
        self.vae = AutoencoderKL.from_pretrained(options.teacher / "vae").eval().requires_grad_(False)
        self.base = SD3Transformer2DModel.from_pretrained(options.teacher / "transformer").requires_grad_(False)
        self.student = SD3Transformer2DModel.from_pretrained(options.student / "transformer").requires_grad_(True)
        self.text = self.prompt(options.teacher, "default")
        self.nothing = self.prompt(options.teacher, "null")
        self.learned = [nn.Parameter(t) for t in self.prompt(options.student, "default")]
        self.groups = [[*self.student.parameters(), *self.learned], adapt(self.base, options.rank)]
        self.averages = [[p.detach().clone() for p in g] for g in self.groups]
        self.optimisers = [torch.optim.AdamW(g, lr=1e-5, weight_decay=1e-4) for g in self.groups]
        self.scale = self.vae.config.scaling_factor

    @staticmethod
    def prompt(model, name):
        t = load_file(model / "embeddings" / name / "embeddings.safetensors")
        return t["prompt_embeds"].float()[None], t["pooled_prompt_embeds"].float()[None]

    def latent(self, pictures):
        return self.vae.encode(pictures).latent_dist.mode() * self.scale

    @staticmethod
    def velocity(model, z, times, prompt):
        tokens, pooled = (t.expand(len(z), *t.shape[1:]) for t in prompt)
        return model(hidden_states=z, timestep=times, encoder_hidden_states=tokens, pooled_projections=pooled,
                     return_dict=False)[0]

    def guided(self, adapters, z, times):
        Adapted.on = adapters
        n = len(z)
        prompt = [torch.cat([a.expand(n, *a.shape[1:]), b.expand(n, *b.shape[1:])])
                  for a, b in zip(self.nothing, self.text)]
        v = self.velocity(self.base, torch.cat([z, z]), torch.cat([times, times]), prompt)
        nothing, text = v.chunk(2)
        return nothing + GUIDANCE * (text - nothing)

    @torch.no_grad()
    def direction(self, zhat, z):
        enter = self.parts.enter
        noise = torch.randn_like(z)
        sigma = 0.3 + 0.6 * torch.rand(len(z), 1, 1, 1)
        zhat_t, z_t = (sigma * noise + (1 - sigma) * x for x in (zhat, z))
        vsd, tsm = torch.zeros_like(z), torch.zeros_like(z)
        for k in range(self.o.points):
            times = 1000 * sigma.flatten()
            enter("TEACHER_OF_STUDENT")
            a = self.guided(False, zhat_t, times)
            enter("TEACHER_OF_TARGET")
            b = self.guided(False, z_t, times)
            enter("LORA_OF_STUDENT")
            c = self.guided(True, zhat_t, times)
            enter("DIRECTION")
            w = (1 if k == 0 else 0.3) * sigma**2
            vsd += w * (a - c)
            tsm += w * (a - b)
            step = -torch.minimum(sigma, torch.tensor(STRIDE))
            zhat_t, z_t, sigma = zhat_t + step * c, z_t + step * b, sigma + step
        return LAMBDA * vsd + (1 - LAMBDA) * tsm

    def features(self, x):
        """After the last resnet of each level of the encoder."""
        x, levels = self.vae.encoder.conv_in(x), []
        for block in self.vae.encoder.down_blocks:
            for resnet in block.resnets:
                x = resnet(x, None)
            levels.append(x)
            for down in block.downsamplers or ():
                x = down(x)
        return levels

    def perceptual(self, a, b):
        def unit(x):
            return x / (x.square().sum(1, keepdim=True) + 1e-10).sqrt()
        pairs = list(zip(self.features(a), self.features(b)))
        return sum((unit(x) - unit(y)).square().sum(1).mean() for x, y in pairs) / len(pairs)

    def picture_gradient(self, zhat, clean):
        self.parts.enter("PICTURE")
        leaf = zhat.detach().requires_grad_()
        loss = self.perceptual(self.vae.decode(leaf / self.scale, return_dict=False)[0], clean)
        self.parts.enter("PICTURE_GRADIENT")
        return torch.autograd.grad(loss, leaf)[0]

    def run(self):
        enter = self.parts.enter
        o = self.o
        degraded, clean = (2 * torch.rand(o.batch, 3, o.crop, o.crop) - 1 for _ in range(2))
        enter("TARGET")
        with torch.no_grad():
            z = self.latent(clean)
        enter("STUDENT")
        with torch.no_grad():
            latent = self.latent(degraded)
        zhat = latent - self.velocity(self.student, latent, torch.full((o.batch,), 1000.0), self.learned)
        enter("DIRECTION")
        g = self.direction(zhat.detach(), z)
        seed = self.picture_gradient(zhat, clean) + g / g.numel()
        enter("STUDENT_GRADIENT")
        zhat.backward(seed)
        enter("LORA_STEP")
        Adapted.on = True
        target, noise = zhat.detach(), torch.randn_like(z)
        sigma = torch.rand(o.batch, 1, 1, 1)
        noised = sigma * noise + (1 - sigma) * target
        v = self.velocity(self.base, noised, 1000 * sigma.flatten(), self.text)
        mse_loss(v, noise - target).backward()
        enter("UPDATE")
        for group, averages, optimiser in zip(self.groups, self.averages, self.optimisers):
            trained = [(p, m) for p, m in zip(group, averages) if p.grad is not None]
            nn.utils.clip_grad_norm_([p for p, _ in trained], 1.0)
            optimiser.step()
            torch._foreach_lerp_([m for _, m in trained], [p.detach() for p, _ in trained], 1 - AVERAGING)
            optimiser.zero_grad(set_to_none=True)


def resident():
    with open("/proc/self/status") as status:
        return next(1024 * int(line.split()[1]) for line in status if line.startswith("VmHWM"))


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("teacher", type=Path)
    parser.add_argument("student", type=Path)
    for name in ("batch", "crop", "points", "rank", "warm-up", "steps", "threads"):
        parser.add_argument("--" + name, type=int, required=True)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    torch.manual_seed(1)
    clock = time.thread_time if options.threads == 1 else time.perf_counter
    print(f"peer PyTorch {torch.__version__}", flush=True)
    parts = Parts(clock)
    step = Step(options, parts)
    for i in range(options.warm_up + options.steps):
        step.run()
        parts.finish(i >= options.warm_up)
    for name in parts.steps[0]:
        print("part", name, 1000 * statistics.median(s[name] for s in parts.steps))
    print("step", 1000 * statistics.median(sum(s.values()) for s in parts.steps))
    print("memory", resident())


if __name__ == "__main__":
    main()
