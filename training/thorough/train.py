"""Fine-tunes MiniLM-L6 (uncased, with an embedding of the case of each word) to label names; see README.md.

usage: train.py DATA BASE OUT.safetensors [--minutes M | --steps N] [--start CHECKPOINT] [--open SHARE] [--rate LR] …
"""
import argparse, os, random, time

os.environ.setdefault("HF_HUB_OFFLINE", "1")
import torch
import torch.distributed as dist
import torch.multiprocessing as mp
from tokenizers import Tokenizer
from transformers import BertModel
from safetensors.torch import load_file, save_file

LABELS = ["O", "B-PER", "I-PER", "B-LOC", "I-LOC", "B-ORG", "I-ORG"]
INDEX = {label: at for at, label in enumerate(LABELS)}
MOST_OF_A_WORD = 8  # pieces
# The share of each open corpus beside the others; tweets and papers are far from news.
SHARES = {"btc.a": .3, "btc.b": .3, "btc.e": .3, "btc.f": .5, "btc.h": .5, "wnut17.train": .5, "crossner-ai.all": .4,
          "crossner-science.all": .6, "crossner-music.all": .7, "crossner-literature.all": .7, "gum-court.all": .5,
          "gum-academic.all": .5}
HELD_OUT = 25  # every 25th annotated article is kept for choosing thresholds


def documents(path):
    found, document, sentence = [], [], []
    for line in open(path, encoding="utf-8"):
        line = line.rstrip("\n")
        if line.startswith("-DOCSTART-") or not line:
            if sentence: document.append(sentence); sentence = []
            if line and document: found.append(document); document = []
        else:
            word, label = line.split("\t")
            sentence.append((word, INDEX[label]))
    if sentence: document.append(sentence)
    if document: found.append(document)
    return found


def case(word):
    """The case of a word, 1 to 7; that of its later pieces is 8 more."""
    if word.islower(): return 1
    if word.isupper(): return 2 if len(word) > 1 else 3
    if word[0].isupper() and word[1:].islower(): return 4
    if any(c.isdigit() for c in word): return 5
    if any(c.isupper() for c in word): return 6
    return 7


class Names:
    """Names of the world put in the place of others, the same for the same within a document."""

    def __init__(self, path):
        self.regions = []
        for line in open(path, encoding="utf-8"):
            _, given, family, places = line.rstrip("\n").split("\t")
            self.regions.append((given.split(), family.split(), [place.replace("-", " - ").split() for place in places.split(";")]))

    def substitute(self, document, rng):
        given, family, places = rng.choice(self.regions)
        known = {}

        def word_for(word, words):
            if ("word", word) not in known: known["word", word] = rng.choice(words).replace("-", " - ").split()
            return known["word", word]

        result = []
        for sentence in document:
            out, at = [], 0
            while at < len(sentence):
                word, label = sentence[at]
                end = at + 1
                while end < len(sentence) and label in (1, 3) and sentence[end][1] == label + 1: end += 1
                words = [w for w, _ in sentence[at:end]]
                alphabetic = all(w.isalpha() and w[0].isupper() for w in words)
                if label == 1 and alphabetic and len(words) <= 3 and not words[-1].isupper():
                    new = [p for w in words[:-1] for p in word_for(w, given)] + word_for(words[-1], family)
                    out += [(w, 1 if i == 0 else 2) for i, w in enumerate(new)]
                elif label == 3 and alphabetic and len(words) <= 2 and not words[-1].isupper() and rng.random() < .5:
                    key = ("place", *words)
                    if key not in known: known[key] = rng.choice(places)
                    out += [(w, 3 if i == 0 else 4) for i, w in enumerate(known[key])]
                else:
                    out += sentence[at:end]
                at = end
            result.append(out)
        return result


def worth_reading(sentence):
    """False for sentences without a name and without a capital after the first word: the fast tagger is sure of them."""
    return any(label for _, label in sentence) or any(w[0].isupper() for w, _ in sentence[1:])


def packed(document, most, pieces):
    """Packs sentences of a document into rows of pieces: (ids, cases, first piece of each word, labels)."""
    rows, row = [], None
    for sentence in document:
        ids, cases, first, labels = [], [], [], []
        for word, label in sentence:
            own, kind = pieces(word), case(word)
            if len(ids) + len(own) > 250: break
            first.append(len(ids)); labels.append(label)
            ids += own; cases += [kind] + [kind + 8] * (len(own) - 1)
        if row is None or len(row[0]) + len(ids) > most:
            row = ([101], [0], [], []); rows.append(row)
        start = len(row[0])
        row[0].extend(ids); row[1].extend(cases); row[2].extend(start + f for f in first); row[3].extend(labels)
    for row in rows: row[0].append(102); row[1].append(0)
    return [row for row in rows if row[2]]


class Tagger(torch.nn.Module):
    def __init__(self, base):
        super().__init__()
        self.bert = BertModel.from_pretrained(base, add_pooling_layer=False, local_files_only=True, attention_probs_dropout_prob=0.0,
                                              hidden_dropout_prob=0.05, attn_implementation="sdpa")
        self.case = torch.nn.Embedding(16, self.bert.config.hidden_size)
        torch.nn.init.normal_(self.case.weight, std=0.01)
        self.head = torch.nn.Linear(self.bert.config.hidden_size, len(LABELS))
        self.dropout = torch.nn.Dropout(0.1)

    def forward(self, ids, cases, mask):
        embedded = self.bert.embeddings.word_embeddings(ids) + self.case(cases)
        return self.head(self.dropout(self.bert(inputs_embeds=embedded, attention_mask=mask).last_hidden_state))


def batch(rows):
    longest = max(len(row[0]) for row in rows)
    ids, cases, mask = (torch.zeros(len(rows), longest, dtype=torch.long) for _ in range(3))
    labels = torch.full((len(rows), longest), -100)
    for at, (own, kinds, first, wanted) in enumerate(rows):
        ids[at, :len(own)] = torch.tensor(own); cases[at, :len(own)] = torch.tensor(kinds); mask[at, :len(own)] = 1
        labels[at, torch.tensor(first)] = torch.tensor(wanted)
    return ids, cases, mask, labels


def in_other_case(cases, rng):
    """Now and then a row in capitals, or with every word capitalised, as headlines are."""
    for row in cases:
        chance = rng.random()
        if chance < .04:
            row[(row > 0) & (row < 8) & (row != 7) & (row != 5)] = 2
            row[(row > 8) & (row != 15) & (row != 13)] = 10
        elif chance < .07:
            row[row == 1] = 4; row[row == 9] = 12


def epoch(folder, names, rng, share, size, pieces):
    """Yields the batches of one epoch: all annotated articles, and a share of the open corpora."""
    rows = []
    for file in sorted(os.listdir(folder)):
        name = file.removesuffix(".bio")
        if name == "annot.train" or name == "annot.more":
            articles = [d for at, d in enumerate(documents(f"{folder}/{file}")) if at % HELD_OUT]
        elif name.startswith("annot") or name in EVALUATION: continue
        else:
            articles = [d for d in documents(f"{folder}/{file}") if rng.random() < share * SHARES.get(name, 1)]
        for document in articles:
            document = [s for s in document if worth_reading(s) or rng.random() < .05]
            if rng.random() < .15: document = names.substitute(document, rng)
            rows += packed(document, 48 if rng.random() < .4 else 128, pieces)
    rng.shuffle(rows)
    batches = []
    for at in range(0, len(rows), 1500):
        part, current, local = sorted(rows[at:at + 1500], key=lambda row: len(row[0])), [], []
        for row in part:
            if current and (len(current) + 1) * len(row[0]) > size: local.append(current); current = []
            current.append(row)
        if current: local.append(current)
        rng.shuffle(local); batches += local
    return batches


EVALUATION = {"worldwide.dev", "finer-ord.val", "conll03.testb", "gum-news.dev", "gum-news.test", "uner-ewt.test"}


def worker(rank, options):
    torch.set_num_threads(options.threads)
    if options.processes > 1:
        dist.init_process_group("gloo", init_method=f"tcp://127.0.0.1:{options.port}", rank=rank, world_size=options.processes)
    tokenizer = Tokenizer.from_file(options.base + "/tokenizer.json"); tokenizer.no_padding(); tokenizer.no_truncation()
    known = {}

    def pieces(word):
        if word not in known: known[word] = tokenizer.encode(word, add_special_tokens=False).ids[:MOST_OF_A_WORD] or [100]
        return known[word]

    torch.manual_seed(1)
    model = Tagger(options.base); model.train()
    if options.start: model.load_state_dict(load_file(options.start))
    model.bert.embeddings.word_embeddings.weight.requires_grad_(False)
    torch.manual_seed(1 + rank)
    own = [p for n, p in model.named_parameters() if n.startswith(("head.", "case."))]
    body = [p for n, p in model.named_parameters() if p.requires_grad and not n.startswith(("head.", "case."))]
    optimizer = torch.optim.AdamW([{"params": body}, {"params": own}], lr=options.rate, weight_decay=0.01)
    trained, names, rng = own + body, Names(os.path.dirname(os.path.abspath(__file__)) + "/world-names.tsv"), random.Random(options.seed)
    augment = random.Random(100 * options.seed + rank)
    began = kept = time.time(); step = seen = number = 0; loss_sum = 0.0; batches = []
    while True:
        if number + options.processes > len(batches):
            batches = epoch(options.data, names, rng, options.open, options.size, pieces)
            number = options.skip * options.processes if step == 0 else 0
            if rank == 0: print("batches", len(batches), "pieces", sum(len(r[0]) for b in batches for r in b), "at %.0f s" % (time.time() - began), flush=True)
        done = step / options.steps if options.steps else (time.time() - began) / (60 * options.minutes)
        if options.processes > 1:
            both = torch.tensor([done]); dist.all_reduce(both); done = both.item() / options.processes
        if done >= 1: break
        rate = options.rate * min(1, (step + 1) / 60) * max(0.02, 1 - done)
        optimizer.param_groups[0]["lr"] = rate; optimizer.param_groups[1]["lr"] = rate * 8
        ids, cases, mask, labels = batch(batches[number + rank])
        in_other_case(cases, augment)
        loss = torch.nn.functional.cross_entropy(model(ids, cases, mask).view(-1, len(LABELS)), labels.view(-1), ignore_index=-100)
        optimizer.zero_grad(); loss.backward()
        if options.processes > 1:
            flat = torch.cat([p.grad.view(-1) for p in trained]); dist.all_reduce(flat); flat /= options.processes
            at = 0
            for p in trained: p.grad.copy_(flat[at:at + p.numel()].view_as(p)); at += p.numel()
        torch.nn.utils.clip_grad_norm_(trained, 1.0); optimizer.step()
        step += 1; number += options.processes; seen += int(mask.sum()) * options.processes; loss_sum += loss.item()
        if rank == 0 and step % 20 == 0:
            print("step", step, "done %.3f" % done, "loss %.4f" % (loss_sum / 20), "pieces/s %.0f" % (seen / (time.time() - began)), "pieces", seen, flush=True); loss_sum = 0.0
        if rank == 0 and time.time() - kept > 480: save(model, options.out + ".part"); kept = time.time()
    if rank == 0: save(model, options.out); print("steps", step, flush=True)


def save(model, path):
    save_file({name: value.detach().contiguous() for name, value in model.state_dict().items()}, path)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("data"); parser.add_argument("base"); parser.add_argument("out")
    parser.add_argument("--minutes", type=float, default=60); parser.add_argument("--steps", type=int)
    parser.add_argument("--start", help="a checkpoint to go on from")
    parser.add_argument("--skip", type=int, default=0, help="steps of the first epoch that the checkpoint has taken"); parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--open", type=float, default=.4); parser.add_argument("--rate", type=float, default=8e-5)
    parser.add_argument("--size", type=int, default=1200); parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--threads", type=int, default=1); parser.add_argument("--port", type=int, default=29511)
    options = parser.parse_args()
    if options.processes > 1: mp.spawn(worker, (options,), options.processes)
    else: worker(0, options)
