"""One super-resolution pass of a model folder in PyTorch: what bin/bench --sd3 MODEL --peer PYTHON compares with.

Arguments: model folder, safetensors with "picture" (1,H,W,3) in [-1,1], safetensors to write "decoded" (1,H,W,3) to,
number of passes, number of threads, f32 or bf16. Prints "pass ENCODER TRANSFORMER DECODER" in seconds for each pass (of one thread,
its processor time), then "memory ALL ANONYMOUS FILES" in bytes, as the kernel has counted them at most.
"""
import sys
import threading
import time

import diffusers
import torch
from diffusers import AutoencoderKL, SD3Transformer2DModel
from safetensors.torch import load_file, save_file

TYPES = {"f32": torch.float32, "bf16": torch.bfloat16}

peak = {"RssAnon": 0, "RssFile": 0, "VmHWM": 0}


def look():
    with open("/proc/self/status") as status:
        for line in status:
            key, _, value = line.partition(":")
            if key in peak:
                peak[key] = max(peak[key], 1024 * int(value.split()[0]))


def watch():
    while True:
        look()
        time.sleep(0.02)


@torch.inference_mode()
def main(model, picture, decoded, passes, threads, dtype):
    torch.set_num_threads(threads)
    threading.Thread(target=watch, daemon=True).start()
    print(f"peer: PyTorch {torch.__version__}, diffusers {diffusers.__version__}, {threads} threads", flush=True)
    vae = AutoencoderKL.from_pretrained(model + "/vae", torch_dtype=dtype).eval()
    transformer = SD3Transformer2DModel.from_pretrained(model + "/transformer", torch_dtype=dtype).eval()
    prompt = load_file(model + "/embeddings/default/embeddings.safetensors")
    x = load_file(picture)["picture"].permute(0, 3, 1, 2).contiguous().to(dtype)
    scale = vae.config.scaling_factor
    clock = time.thread_time if threads == 1 else time.perf_counter
    for _ in range(passes):
        t0 = clock()
        z = vae.encode(x).latent_dist.mode() * scale
        t1 = clock()
        v = transformer(
            hidden_states=z,
            timestep=torch.tensor([1000.0]),
            encoder_hidden_states=prompt["prompt_embeds"].to(dtype)[None],
            pooled_projections=prompt["pool_embeds"].to(dtype)[None],
            return_dict=False,
        )[0]
        t2 = clock()
        y = vae.decode((z - v) / scale, return_dict=False)[0]
        t3 = clock()
        print("pass", t1 - t0, t2 - t1, t3 - t2, flush=True)
    look()
    print("memory", peak["VmHWM"], peak["RssAnon"], peak["RssFile"])
    save_file({"decoded": y.float().permute(0, 2, 3, 1).contiguous()}, decoded)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4]), int(sys.argv[5]), TYPES[sys.argv[6]])
