CREATE TABLE IF NOT EXISTS dlr (
  smsc TEXT NOT NULL,
  ts TEXT NOT NULL,
  destination TEXT,
  source TEXT,
  service TEXT,
  url TEXT,
  mask INTEGER,
  status INTEGER,
  boxc TEXT
);
CREATE INDEX IF NOT EXISTS dlr_by_message ON dlr (smsc, ts);
