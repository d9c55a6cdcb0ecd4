"""Parses lines of JSON, packs their texts, aggregates by user, drops a third, writes a summary."""
import json
import random
import zlib

random.seed(1)
words = ["word%d" % i for i in range(2000)]
phrases = [" ".join(words[random.randrange(2000)] for _ in range(14)) for _ in range(200)]


def line(number):
    length = int(random.paretovariate(1.2) * 2200) % 120000
    return json.dumps({
        "id": number,
        "user": "user%d" % random.randrange(800),
        "tags": [words[random.randrange(2000)] for _ in range(3)],
        "at": number * 17,
        "text": "".join(phrases[random.randrange(200)] for _ in range(4)) * (length // 400),
    })


lines = [line(number) for number in range(5500)]
parsed = [json.loads(text) for text in lines]
del lines
by_user = {}
archive = []
for row in parsed:
    user = by_user.setdefault(row["user"], {"rows": 0, "tags": {}, "bytes": 0, "last": ""})
    user["rows"] += 1
    user["bytes"] += len(row["text"])
    user["last"] = row["text"].upper()
    archive.append(zlib.compress(row["text"].encode(), 9))
    for tag in row["tags"]:
        user["tags"][tag] = user["tags"].get(tag, 0) + 1
parsed = [row for row in parsed if row["id"] % 3]
summary = json.dumps(sorted(by_user.items(), key=lambda item: -item[1]["bytes"]))
again = json.loads(summary)
print(len(by_user), len(parsed), len(summary), len(again), len(archive))
