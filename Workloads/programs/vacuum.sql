-- A table is built, indexed, thinned out, grown again and vacuumed, with a page cache that holds it.
PRAGMA cache_size = -160000;
PRAGMA journal_mode = MEMORY;
CREATE TABLE visit(id INTEGER PRIMARY KEY, host TEXT, path TEXT, at INTEGER, body BLOB);
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 120000)
  INSERT INTO visit
  SELECT i, 'host' || (i * 7919 % 5003), '/page/' || (i * 104729 % 99991), i * 13,
    zeroblob(200 + i * 31 % 700)
  FROM n;
CREATE INDEX visit_host ON visit(host, at);
CREATE INDEX visit_path ON visit(path);
DELETE FROM visit WHERE id % 3 = 0;
UPDATE visit SET body = zeroblob(100 + id % 2000) WHERE id % 5 = 0;
VACUUM;
SELECT host, count(*), sum(length(body)) FROM visit GROUP BY host ORDER BY 3 DESC LIMIT 10;
SELECT count(DISTINCT path) FROM visit;
DROP TABLE visit;
VACUUM;
