"""Goes on training the network of this folder on aligned faces, on as many GPUs and machines as there are.

    torchrun --nproc_per_node 8 train.py --data crops --out trained
    torchrun --nnodes 4 --nproc_per_node 8 --rdzv_backend c10d --rdzv_endpoint HOST:29500 train.py --data crops --out trained

Without --options it goes on with the settings of the run, which are in config.json. It prints one line of JSON for each step
that is logged. --out gets checkpoint.pt, and at the end weights.safetensors and config.json: with model.py, train.py and
data.py beside them that is a folder like this one.
"""

import argparse
import contextlib
import json
import math
import os
import shutil
import time

import torch
import torch.distributed as dist
import torch.nn as nn
import torch.nn.functional as F

from data import EpochBatches, Faces, find_faces
from model import load, write_safetensors


def arguments(training):
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    here = os.path.dirname(os.path.abspath(__file__))
    add = parser.add_argument
    add("--data", required=True, help="folder of aligned faces, one folder per person")
    add("--out", default="trained", help="folder for the results")
    add("--model", default=here, help="folder with config.json and weights.safetensors")
    add("--resume", nargs="?", const="", help="goes on from --out/checkpoint.pt, or from the file that is given")
    add("--epochs", type=int, default=training["epochs"])
    add("--max-steps", type=int, default=0, help="ends after so many steps; the schedule is that of all epochs")
    add("--batch-size", type=int, default=training["batchSize"], help="faces per process and step")
    add("--rate", type=float, default=training["learningRate"], help="learning rate")
    add("--scale", type=float, default=training["scale"], help="logits are scale x cosine")
    add("--margin-warmup", type=float, default=0.0, help="share of the steps over which the margin grows from 0")
    add("--sample-centres", type=float, default=training["sampledCentres"], metavar="SHARE",
        help="share of the class centres that a step compares with, others than its faces' at random (Partial FC)")
    add("--fresh-head", action="store_true", help="forgets the people of the run: the classes are those of --data")
    add("--train-all", action="store_true", help="trains the layers too that were frozen in the run")
    add("--no-mirror", action="store_true", help="no augmentation")
    add("--precision", choices=["auto", "float32", "float16", "bfloat16"], default="auto",
        help="auto: float16 with a gradient scaler on a GPU, float32 on a CPU")
    add("--checkpoint-every", type=int, default=1000, metavar="STEPS")
    add("--log-every", type=int, default=10, metavar="STEPS")
    add("--workers", type=int, default=2, help="processes per GPU that read faces")
    add("--seed", type=int, default=training["seed"])
    return parser.parse_args()


def margined(cosines, margin, strength):
    """The cosines to the target class with the margin: ArcFace (arXiv 1801.07698) or CosFace (arXiv 1801.09414)."""
    if margin["kind"] == "cosface":
        return cosines - margin["m3"] * strength
    m = margin["m"] * strength
    sine = (1 - cosines * cosines).clamp(min=1e-12).sqrt()
    turned = cosines * math.cos(m) - sine * math.sin(m)  # cos(theta + m)
    # Past theta = pi - m it would rise again.
    if margin["pastPi"] == "continued":
        turned = torch.where(cosines + math.cos(m) > 0, turned, cosines + math.cos(m) - 1)
    elif margin["pastPi"] == "dropped":
        turned = torch.where(cosines + math.cos(m) > 0, turned, cosines - m * math.sin(m))
    if margin["easy"]:
        turned = torch.where(cosines > 0, turned, cosines)
    return turned if margin["gradient"] == "exact" else cosines + (turned - cosines).detach()


class Learner(nn.Module):
    """The network and, on it, the class centres: faces and classes -> loss."""

    def __init__(self, network, centres, margin, scale, smoothing):
        super().__init__()
        self.network = network
        self.centres = nn.Parameter(centres)
        self.margin, self.scale, self.smoothing = margin, scale, smoothing

    def forward(self, faces, labels, strength, chosen=None):
        embeddings = self.network(faces).float()  # [B, D]
        with torch.autocast(faces.device.type, enabled=False):
            centres = self.centres if chosen is None else self.centres[chosen]
            cosines = F.normalize(embeddings) @ F.normalize(centres).T  # [B, K]
            rows = torch.arange(len(labels), device=labels.device)
            target = margined(cosines[rows, labels], self.margin, strength)
            logits = cosines.index_put((rows, labels), target) * self.scale
            return F.cross_entropy(logits, labels, label_smoothing=self.smoothing)


def rate_at(schedule, rate, step, total):
    """Learning rate of step 0 ... total - 1: linear warm-up, then as the schedule says."""
    warmup = math.floor(schedule["warmupFraction"] * total + 0.5)
    if step < warmup:
        return rate * (step + 1) / (warmup + 1)
    progress = min(1.0, (step - warmup) / max(1, total - 1 - warmup))
    if schedule["kind"] == "step":
        drops = math.floor(progress * (schedule["drops"] + 1) + 1e-9)
        return rate * schedule["factor"] ** min(schedule["drops"], drops)
    if schedule["kind"] == "cosine":
        part = (1 + math.cos(math.pi * progress)) / 2
    else:
        part = (1 - progress) ** schedule["power"]
    least = schedule["finalFraction"]
    return rate * (least + (1 - least) * part)


def make_optimiser(learner, training):
    """Weight decay on kernels and centres only; the centres and the earlier stages at rates of their own."""
    decayed, factors = set(training["decayed"]), training["rateFactors"]
    groups = {}
    for name, tensor in learner.network.tensors().items():
        if isinstance(tensor, nn.Parameter) and tensor.requires_grad:
            groups.setdefault((name in decayed, factors.get(name, 1.0)), []).append(tensor)
    groups.setdefault((True, training["headRateFactor"]), []).append(learner.centres)
    parameters = [
        {"params": tensors, "factor": factor, "weight_decay": training["weightDecay"] if decays else 0.0}
        for (decays, factor), tensors in groups.items()
    ]
    kind = training["optimiser"]
    if kind["kind"] == "sgd":
        nesterov = kind["nesterov"] and kind["momentum"] > 0
        return torch.optim.SGD(parameters, lr=0.0, momentum=kind["momentum"], nesterov=nesterov)
    return torch.optim.AdamW(parameters, lr=0.0, betas=(kind["beta1"], kind["beta2"]), eps=kind["epsilon"])


def choose_classes(labels, classes, share, seed, step):
    """Partial FC (arXiv 2203.15565): the classes of all faces of a step and others at random; None for all. Sorted."""
    if share >= 1:
        return None
    present = torch.unique(torch.tensor(labels))
    generator = torch.Generator().manual_seed(seed * 1_000_003 + step)
    order = torch.randperm(classes, generator=generator)
    others = order[~torch.isin(order, present)]
    return torch.cat([present, others[: max(0, math.ceil(share * classes) - len(present))]]).sort().values


@torch.no_grad()
def mean_centres(network, faces, numbers, device):
    """The mean direction of a person's faces, for people whom the run did not know."""
    total = 0
    for number in numbers[:32]:
        picture = torch.stack([faces[number, False][0], faces[number, True][0]]).to(device)
        total = total + F.normalize(network(picture)).sum(0)
    return F.normalize(total, dim=0).cpu()


def prepare(args, config, network, centres, device):
    """The faces with their classes, the names of the classes, and a centre for each."""
    found = find_faces(args.data)
    if not found:
        raise SystemExit(f"There are no faces in {args.data}. It takes one folder per person, with pictures in it.")
    known = [] if args.fresh_head else config["people"]
    people = known + sorted({person for _, person in found} - set(known))
    if len(people) < 2:
        raise SystemExit(f"There is only one person in {args.data}: training needs at least two.")
    number_of = {person: number for number, person in enumerate(people)}
    labels = [number_of[person] for _, person in found]
    faces = Faces([path for path, _ in found], labels, config["preprocessing"])
    rows = [] if args.fresh_head else list(centres)
    if len(people) > len(rows):
        numbers = {}
        for number, label in enumerate(labels):
            numbers.setdefault(label, []).append(number)
        network.eval()
        rows += [mean_centres(network, faces, numbers[label], device) for label in range(len(rows), len(people))]
    return faces, people, torch.stack(rows)


def gradient_scaler(enabled):
    if hasattr(torch.amp, "GradScaler"):
        return torch.amp.GradScaler("cuda", enabled=enabled)
    return torch.cuda.amp.GradScaler(enabled=enabled)  # before PyTorch 2.3


def save_checkpoint(path, step, learner, optimiser, scaler, people):
    state = {
        "step": step,
        "people": people,
        "learner": learner.state_dict(),
        "optimiser": optimiser.state_dict(),
        "scaler": scaler.state_dict(),
    }
    torch.save(state, path + ".part")
    os.replace(path + ".part", path)


def save_model(args, config, learner, people):
    tensors = {**learner.network.tensors(), "centres": F.normalize(learner.centres)}
    write_safetensors(os.path.join(args.out, "weights.safetensors"), tensors)
    with open(os.path.join(args.out, "config.json"), "w", encoding="utf-8") as file:
        # The threshold was measured with the weights of before.
        json.dump({**config, "people": people, "threshold": None}, file, ensure_ascii=False, indent=1)
    here = os.path.dirname(os.path.abspath(__file__))
    for name in ("model.py", "train.py", "data.py"):
        if os.path.abspath(args.out) != here:
            shutil.copy(os.path.join(here, name), args.out)


def main():
    pre = argparse.ArgumentParser(add_help=False)
    pre.add_argument("--model", default=os.path.dirname(os.path.abspath(__file__)))
    network, config, centres = load(pre.parse_known_args()[0].model)
    training = config["training"]
    args = arguments(training)

    rank, world = int(os.environ.get("RANK", 0)), int(os.environ.get("WORLD_SIZE", 1))
    gpu = torch.cuda.is_available()
    device = torch.device("cuda", int(os.environ.get("LOCAL_RANK", 0))) if gpu else torch.device("cpu")
    if gpu:
        torch.cuda.set_device(device)
    if world > 1:
        dist.init_process_group("nccl" if gpu else "gloo")
    precision = ("float16" if gpu else "float32") if args.precision == "auto" else args.precision
    scaler = gradient_scaler(gpu and precision == "float16")
    os.makedirs(args.out, exist_ok=True)

    network.to(device)
    faces, people, centres = prepare(args, config, network, centres, device)
    frozen = set() if args.train_all else set(training["frozen"])
    for name, tensor in network.tensors().items():
        if isinstance(tensor, nn.Parameter):
            tensor.requires_grad_(name not in frozen)
    learner = Learner(network, centres, training["margin"], args.scale, training["labelSmoothing"]).to(device)
    optimiser = make_optimiser(learner, training)
    mirror = training["mirror"] and not args.no_mirror
    batches = EpochBatches(len(faces), args.batch_size, args.seed, mirror, rank, world)
    if len(faces) // batches.steps // world < 2:
        raise SystemExit(f"{len(faces)} faces are too few for {world} processes: each needs two or more per step.")
    total = batches.steps * args.epochs

    step = 0
    if args.resume is not None:
        path = args.resume or os.path.join(args.out, "checkpoint.pt")
        state = torch.load(path, map_location=device)
        if state["people"] != people:
            raise SystemExit("The checkpoint is of other people than --data: give the data that it was made with.")
        learner.load_state_dict(state["learner"])
        optimiser.load_state_dict(state["optimiser"])
        scaler.load_state_dict(state["scaler"])
        step = state["step"]

    parallel = learner
    if world > 1:
        parallel = nn.parallel.DistributedDataParallel(learner, device_ids=[device.index] if gpu else None)
    learner.train()
    reader = torch.utils.data.DataLoader(faces, batch_sampler=batches, num_workers=args.workers, pin_memory=gpu)

    def mixed():
        if precision == "float32":
            return contextlib.nullcontext()
        return torch.autocast(device.type, dtype=getattr(torch, precision))

    last = min(total, args.max_steps) if args.max_steps else total
    checkpoint = os.path.join(args.out, "checkpoint.pt")
    began, seen = time.time(), 0
    while step < last:
        batches.epoch, batches.first = divmod(step, batches.steps)
        for pictures, labels in reader:
            # Dropout, where there is any, is the same after --resume.
            torch.manual_seed((args.seed * 1_000_003 + step) * world + rank)
            rate = rate_at(training["schedule"], args.rate, step, total)
            for group in optimiser.param_groups:
                group["lr"] = rate * group["factor"]
            strength = 1.0 if args.margin_warmup * total <= step else step / (args.margin_warmup * total)
            chosen = None
            if args.sample_centres < 1:
                together = [faces.labels[face] for face in batches.whole(step % batches.steps)]
                chosen = choose_classes(together, len(people), args.sample_centres, args.seed, step)
                labels = torch.searchsorted(chosen, labels)
                chosen = chosen.to(device)
            pictures, labels = pictures.to(device, non_blocking=True), labels.to(device, non_blocking=True)
            with mixed():
                loss = parallel(pictures, labels, strength, chosen)
            optimiser.zero_grad(set_to_none=True)
            scaler.scale(loss).backward()
            if training["clipNorm"] > 0:
                scaler.unscale_(optimiser)
                nn.utils.clip_grad_norm_(learner.parameters(), training["clipNorm"])
            scaler.step(optimiser)
            scaler.update()
            step += 1
            seen += len(pictures) * world
            if step == 1 or step % args.log_every == 0 or step == last:
                mean = loss.detach().clone()
                if world > 1:
                    dist.all_reduce(mean)
                    mean /= world
                if rank == 0:
                    speed = round(seen / (time.time() - began), 1)
                    line = {"step": step, "of": total, "loss": mean.item(), "rate": rate, "facesPerSecond": speed}
                    print(json.dumps(line), flush=True)
                if not math.isfinite(mean.item()):
                    raise SystemExit("The loss is no number any more: train again with a smaller --rate.")
            if rank == 0 and (step % args.checkpoint_every == 0 or step == last):
                save_checkpoint(checkpoint, step, learner, optimiser, scaler, people)
            if step == last:
                break
    if rank == 0:
        save_model(args, config, learner, people)
    if world > 1:
        dist.barrier()
        dist.destroy_process_group()


if __name__ == "__main__":
    main()
