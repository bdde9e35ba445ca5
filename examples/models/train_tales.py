#!/usr/bin/env python3
"""Train the small story-telling model: a byte-level BPE vocabulary, then a Llama-family decoder, in plain PyTorch.

usage: train_tales.py TEXT_DIR OUT_DIR [--minutes 60] [--vocab 4096] [--dim 256 --layers 6 --heads 4 --kv 2 --ffn 768]
Writes a Hugging Face style folder: config.json, generation_config.json, tokenizer.json, tokenizer_config.json,
model.safetensors (F16), and train_log.txt with the held-out loss. Uses a GPU where there is one.
"""

import argparse, collections, glob, heapq, json, math, os, random, struct, time
import numpy as np, regex, torch, torch.nn as nn, torch.nn.functional as F

ap = argparse.ArgumentParser()
ap.add_argument("text")
ap.add_argument("out")
for n, d in (
    ("minutes", 60),
    ("vocab", 4096),
    ("dim", 256),
    ("layers", 6),
    ("heads", 4),
    ("kv", 2),
    ("ffn", 768),
    ("seq", 256),
    ("batch", 24),
    ("lr", 0.002),
    ("threads", 2),
):
    ap.add_argument("--" + n, type=type(d), default=d)
A = ap.parse_args()
os.makedirs(A.out, exist_ok=True)
torch.set_num_threads(A.threads)
torch.manual_seed(1)
random.seed(1)
SPLIT = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
)
SPECIAL = ["<|endoftext|>", "<|system|>", "<|user|>", "<|assistant|>", "<|end|>", "<|pad|>"]
log = open(f"{A.out}/train_log.txt", "w")


def say(*a):
    print(*a, flush=True)
    print(*a, file=log, flush=True)


def byte_chars():
    bs = list(range(33, 127)) + list(range(161, 173)) + list(range(174, 256))
    cs = bs[:]
    n = 0
    for b in range(256):
        if b not in bs:
            bs.append(b)
            cs.append(256 + n)
            n += 1
    return dict(zip(bs, map(chr, cs)))


B2C = byte_chars()


def train_bpe(texts, vocab_size):
    words = collections.Counter()
    for t in texts:
        words.update(regex.findall(SPLIT, t))
    seqs = [[B2C[b] for b in w.encode()] for w in words]
    cnt = list(words.values())
    pairs = collections.Counter()
    where = collections.defaultdict(set)
    for i, s in enumerate(seqs):
        for p in zip(s, s[1:]):
            pairs[p] += cnt[i]
            where[p].add(i)
    heap = [(-c, p) for p, c in pairs.items()]
    heapq.heapify(heap)
    toks = sorted(B2C.values())
    have = set(toks)
    merges = []
    while len(toks) < vocab_size - len(SPECIAL) and heap:
        c, p = heapq.heappop(heap)
        if pairs.get(p, 0) != -c or c == 0:
            continue
        new = p[0] + p[1]
        merges.append(p)
        if new not in have:
            have.add(new)
            toks.append(new)
        touched = set()
        for i in list(where[p]):
            s = seqs[i]
            out = []
            j = 0
            for q in zip(s, s[1:]):
                pairs[q] -= cnt[i]
                touched.add(q)
                where[q].discard(i)
            while j < len(s):
                if j + 1 < len(s) and s[j] == p[0] and s[j + 1] == p[1]:
                    out.append(new)
                    j += 2
                else:
                    out.append(s[j])
                    j += 1
            seqs[i] = out
            for q in zip(out, out[1:]):
                pairs[q] += cnt[i]
                touched.add(q)
                where[q].add(i)
        for q in touched:
            if pairs[q] > 0:
                heapq.heappush(heap, (-pairs[q], q))
    return toks, merges


def encoder(toks, merges):
    ids = {t: i for i, t in enumerate(toks)}
    rank = {m: i for i, m in enumerate(merges)}
    cache = {}

    def word(w):
        if w in cache:
            return cache[w]
        s = [B2C[b] for b in w.encode()]
        while len(s) > 1:
            r, j = min((rank.get(p, 1 << 30), k) for k, p in enumerate(zip(s, s[1:])))
            if r == 1 << 30:
                break
            s[j : j + 2] = [s[j] + s[j + 1]]
        cache[w] = [ids[x] for x in s]
        return cache[w]

    return lambda t: [i for w in regex.findall(SPLIT, t) for i in word(w)]


class Block(nn.Module):
    def __init__(s):
        super().__init__()
        d, h, k = A.dim, A.heads, A.kv
        s.hd = d // h
        s.n1 = nn.Parameter(torch.ones(d))
        s.n2 = nn.Parameter(torch.ones(d))
        s.q = nn.Linear(d, h * s.hd, bias=False)
        s.k = nn.Linear(d, k * s.hd, bias=False)
        s.v = nn.Linear(d, k * s.hd, bias=False)
        s.o = nn.Linear(h * s.hd, d, bias=False)
        s.g = nn.Linear(d, A.ffn, bias=False)
        s.u = nn.Linear(d, A.ffn, bias=False)
        s.d = nn.Linear(A.ffn, d, bias=False)

    def forward(s, x, cos, sin, mask):
        b, t, _ = x.shape
        y = rms(x, s.n1)
        f = lambda z, n: z.view(b, t, n, s.hd).transpose(1, 2)
        q, k, v = f(s.q(y), A.heads), f(s.k(y), A.kv), f(s.v(y), A.kv)
        q, k = rope(q, cos, sin), rope(k, cos, sin)
        r = A.heads // A.kv
        k = k.repeat_interleave(r, 1)
        v = v.repeat_interleave(r, 1)
        w = (q @ k.transpose(-1, -2) / math.sqrt(s.hd) + mask).softmax(-1)
        x = x + s.o((w @ v).transpose(1, 2).reshape(b, t, -1))
        y = rms(x, s.n2)
        return x + s.d(F.silu(s.g(y)) * s.u(y))


def rms(x, w):
    return x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + 1e-5) * w


def rope(x, c, s):
    a, b = x.chunk(2, -1)
    return torch.cat((a * c - b * s, b * c + a * s), -1)


class Model(nn.Module):
    def __init__(s, V):
        super().__init__()
        s.e = nn.Embedding(V, A.dim)
        s.b = nn.ModuleList(Block() for _ in range(A.layers))
        s.n = nn.Parameter(torch.ones(A.dim))
        for n, p in s.named_parameters():
            if p.dim() == 2:
                nn.init.normal_(p, std=0.02 / (math.sqrt(2 * A.layers) if n.endswith(("o.weight", "d.weight")) else 1))

    def forward(s, i):
        t = i.shape[1]
        hd = A.dim // A.heads
        dev = i.device
        f = torch.outer(
            torch.arange(t, device=dev).float(), 10000 ** (-torch.arange(0, hd, 2, device=dev).float() / hd)
        )
        x = s.e(i)
        mask = torch.full((t, t), float("-inf"), device=dev).triu(1)
        for b in s.b:
            x = b(x, f.cos(), f.sin(), mask)
        return rms(x, s.n) @ s.e.weight.t()


texts = [open(f, encoding="utf8").read() for f in sorted(glob.glob(f"{A.text}/*.txt"))]
say("texts", len(texts), "bytes", sum(len(t.encode()) for t in texts))
toks, merges = train_bpe(texts, A.vocab)
enc = encoder(toks, merges)
V = len(toks) + len(SPECIAL)
eot = len(toks)
say("vocab", V, "merges", len(merges))
docs = []
for t in texts:  # a document is a stretch of paragraphs between blank lines, joined up to about 4000 characters
    buf = ""
    for part in t.split("\n\n"):
        buf = (buf + "\n\n" + part) if buf else part
        if len(buf) > 4000:
            docs.append(buf)
            buf = ""
    if buf:
        docs.append(buf)
random.shuffle(docs)
nv = max(1, len(docs) // 50)
val, tr = docs[:nv], docs[nv:]
flat = lambda ds: torch.tensor(
    np.array([i for d in ds for i in [eot] + enc(d.strip())], dtype=np.int32).astype(np.int64)
)
vt, tt = flat(val), flat(tr)
say(
    "train tokens",
    len(tt),
    "held-out tokens",
    len(vt),
    "bytes/token",
    round(sum(len(d.encode()) for d in val) / len(vt), 3),
)

sp = [
    {
        "id": eot + i,
        "content": s,
        "single_word": False,
        "lstrip": False,
        "rstrip": False,
        "normalized": False,
        "special": True,
    }
    for i, s in enumerate(SPECIAL)
]
json.dump(
    {
        "version": "1.0",
        "truncation": None,
        "padding": None,
        "added_tokens": sp,
        "normalizer": None,
        "pre_tokenizer": {
            "type": "Sequence",
            "pretokenizers": [
                {"type": "Split", "pattern": {"Regex": SPLIT}, "behavior": "Isolated", "invert": False},
                {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": False, "use_regex": False},
            ],
        },
        "post_processor": {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": False, "use_regex": False},
        "decoder": {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": False, "use_regex": False},
        "model": {
            "type": "BPE",
            "dropout": None,
            "unk_token": None,
            "continuing_subword_prefix": "",
            "end_of_word_suffix": "",
            "fuse_unk": False,
            "byte_fallback": False,
            "vocab": {t: i for i, t in enumerate(toks)},
            "merges": [" ".join(m) for m in merges],
        },
    },
    open(f"{A.out}/tokenizer.json", "w"),
    ensure_ascii=False,
)
tmpl = "{% for m in messages %}<|{{ m['role'] }}|>\n{{ m['content'] }}<|end|>\n{% endfor %}{% if add_generation_prompt %}<|assistant|>\n{% endif %}"
json.dump(
    {
        "tokenizer_class": "PreTrainedTokenizerFast",
        "bos_token": SPECIAL[0],
        "eos_token": SPECIAL[0],
        "pad_token": "<|pad|>",
        "model_max_length": 1024,
        "chat_template": tmpl,
    },
    open(f"{A.out}/tokenizer_config.json", "w"),
    indent=1,
)
json.dump(
    {
        "architectures": ["LlamaForCausalLM"],
        "model_type": "llama",
        "hidden_size": A.dim,
        "intermediate_size": A.ffn,
        "num_hidden_layers": A.layers,
        "num_attention_heads": A.heads,
        "num_key_value_heads": A.kv,
        "head_dim": A.dim // A.heads,
        "vocab_size": V,
        "max_position_embeddings": 1024,
        "rms_norm_eps": 1e-5,
        "rope_theta": 10000.0,
        "hidden_act": "silu",
        "attention_bias": False,
        "mlp_bias": False,
        "tie_word_embeddings": True,
        "bos_token_id": eot,
        "eos_token_id": eot,
        "torch_dtype": "float16",
    },
    open(f"{A.out}/config.json", "w"),
    indent=1,
)
json.dump(
    {"bos_token_id": eot, "eos_token_id": eot, "do_sample": True, "temperature": 0.7, "top_p": 0.9},
    open(f"{A.out}/generation_config.json", "w"),
    indent=1,
)

dev = "cuda" if torch.cuda.is_available() else "cpu"
m = Model(V).to(dev)
tt, vt = tt.to(dev), vt.to(dev)
say("parameters", sum(p.numel() for p in m.parameters()), "device", dev)
opt = torch.optim.AdamW(
    [
        {"params": [p for p in m.parameters() if p.dim() == 2], "weight_decay": 0.1},
        {"params": [p for p in m.parameters() if p.dim() == 1], "weight_decay": 0.0},
    ],
    lr=A.lr,
    betas=(0.9, 0.95),
)


def held_out(n=40):
    m.eval()
    tot = c = 0
    with torch.no_grad():
        for j in range(0, min(len(vt) - A.seq - 1, n * A.seq * 8), A.seq * 8):
            x = torch.stack(
                [
                    vt[j + k * A.seq : j + k * A.seq + A.seq + 1]
                    for k in range(8)
                    if j + k * A.seq + A.seq + 1 <= len(vt)
                ]
            )
            if len(x) == 0:
                break
            tot += F.cross_entropy(m(x[:, :-1]).flatten(0, 1), x[:, 1:].flatten()).item()
            c += 1
    m.train()
    return tot / max(c, 1)


def save():
    hdr, blobs, off = {}, [], 0
    sd = m.state_dict()
    names = {"e.weight": "model.embed_tokens.weight", "n": "model.norm.weight"}
    for i in range(A.layers):
        for a, b in (
            ("n1", "input_layernorm.weight"),
            ("n2", "post_attention_layernorm.weight"),
            ("q.weight", "self_attn.q_proj.weight"),
            ("k.weight", "self_attn.k_proj.weight"),
            ("v.weight", "self_attn.v_proj.weight"),
            ("o.weight", "self_attn.o_proj.weight"),
            ("g.weight", "mlp.gate_proj.weight"),
            ("u.weight", "mlp.up_proj.weight"),
            ("d.weight", "mlp.down_proj.weight"),
        ):
            names[f"b.{i}.{a}"] = f"model.layers.{i}.{b}"
    for k, t in sd.items():
        z = t.detach().cpu().to(torch.float16).contiguous().numpy().tobytes()
        hdr[names[k]] = {"dtype": "F16", "shape": list(t.shape), "data_offsets": [off, off + len(z)]}
        off += len(z)
        blobs.append(z)
    hj = json.dumps(hdr).encode()
    hj += b" " * (-len(hj) % 8)
    tmp = f"{A.out}/model.safetensors.tmp"
    open(tmp, "wb").write(struct.pack("<Q", len(hj)) + hj + b"".join(blobs))
    os.replace(tmp, f"{A.out}/model.safetensors")


t0 = time.time()
step = 0
last = t0
limit = A.minutes * 60
while time.time() - t0 < limit:
    frac = (time.time() - t0) / limit
    lr = A.lr * min(1, (step + 1) / 100) * (0.05 + 0.95 * 0.5 * (1 + math.cos(math.pi * frac)))
    for g in opt.param_groups:
        g["lr"] = lr
    ix = torch.randint(0, len(tt) - A.seq - 1, (A.batch,))
    x = torch.stack([tt[i : i + A.seq + 1] for i in ix])
    loss = F.cross_entropy(m(x[:, :-1]).flatten(0, 1), x[:, 1:].flatten())
    opt.zero_grad()
    loss.backward()
    nn.utils.clip_grad_norm_(m.parameters(), 1.0)
    opt.step()
    step += 1
    if step % 20 == 0 and time.time() - last > 60:
        last = time.time()
        say(f"step {step} tokens {step*A.batch*A.seq} loss {loss.item():.3f} lr {lr:.5f} minutes {(last-t0)/60:.1f}")
    if step % 500 == 0:
        say(f"held-out loss {held_out():.4f}")
        save()
save()
say(f"done: steps {step} tokens {step*A.batch*A.seq} held-out loss {held_out(200):.4f} nats/token")
m.eval()
ids = [eot] + enc("Once upon a time")
with torch.no_grad():
    for _ in range(120):
        p = (m(torch.tensor([ids[-A.seq :]], device=dev))[0, -1] / 0.7).softmax(-1)
        v, i = p.sort(descending=True)
        v[v.cumsum(0) - v > 0.9] = 0
        ids.append(int(i[torch.multinomial(v / v.sum(), 1)]))
C2B = {c: b for b, c in B2C.items()}
say(bytes(C2B[c] for i in ids if i < eot for c in toks[i]).decode("utf8", "replace"))
