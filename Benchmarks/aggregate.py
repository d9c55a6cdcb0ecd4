"""The program that Benchmarks/recorder measures: JSON is written, parsed and aggregated by user, seeded."""
import json
import random

random.seed(1)
rows = [
    {
        "id": number,
        "name": "user%d" % random.randrange(5000),
        "tags": ["t%d" % random.randrange(50) for _ in range(random.randrange(6))],
        "value": random.random(),
        "text": "x" * random.randrange(60),
    }
    for number in range(40000)
]
text = json.dumps(rows)
for _ in range(2):
    users = {}
    for row in json.loads(text):
        user = users.setdefault(row["name"], {"count": 0, "sum": 0.0, "tags": {}})
        user["count"] += 1
        user["sum"] += row["value"]
        for tag in row["tags"]:
            user["tags"][tag] = user["tags"].get(tag, 0) + 1
    print(max(users.items(), key=lambda item: item[1]["sum"])[0])
