-- The tables gammu-smsd works on (structure 17: gammu 1.38.5 and later), and beside them our own.
-- Source: gammu's manual, "SMSD Database Structure". Own columns and tables are marked; smsd never names them.

CREATE TABLE gammu (Version INTEGER NOT NULL PRIMARY KEY);
INSERT INTO gammu (Version) VALUES (17);

CREATE TABLE inbox (
  ID INTEGER PRIMARY KEY AUTOINCREMENT,
  StoredAt REAL NOT NULL DEFAULT ((julianday('now') - 2440587.5) * 86400.0), -- own
  ReceivingDateTime TEXT NOT NULL,
  Text TEXT NOT NULL,
  SenderNumber TEXT NOT NULL DEFAULT '',
  Coding TEXT NOT NULL DEFAULT 'Default_No_Compression',
  UDH TEXT NOT NULL,
  SMSCNumber TEXT NOT NULL DEFAULT '',
  Class INTEGER NOT NULL DEFAULT -1,
  TextDecoded TEXT NOT NULL DEFAULT '',
  RecipientID TEXT NOT NULL,
  Status INTEGER NOT NULL DEFAULT -1
);

CREATE TABLE outbox (
  ID INTEGER PRIMARY KEY AUTOINCREMENT,
  InsertIntoDB TEXT NOT NULL DEFAULT (datetime('now')),
  SendingDateTime TEXT NOT NULL DEFAULT '2000-01-01 00:00:00',
  SendBefore TEXT NOT NULL DEFAULT '23:59:59',
  SendAfter TEXT NOT NULL DEFAULT '00:00:00',
  Text TEXT,
  DestinationNumber TEXT NOT NULL,
  Coding TEXT NOT NULL,
  UDH TEXT,
  Class INTEGER DEFAULT -1,
  TextDecoded TEXT NOT NULL DEFAULT '',
  MultiPart TEXT NOT NULL,
  RelativeValidity INTEGER DEFAULT -1,
  SenderID TEXT,
  -- smsd moves it on when it takes a message up, and again when sending failed: until then it is this very value.
  SendingTimeOut TEXT NOT NULL DEFAULT '2000-01-01 00:00:00',
  DeliveryReport TEXT DEFAULT 'yes',
  CreatorID TEXT NOT NULL,
  Retries INTEGER DEFAULT 0,
  Priority INTEGER DEFAULT 0,
  Status TEXT NOT NULL DEFAULT 'Reserved',
  StatusCode INTEGER NOT NULL DEFAULT -1
);

CREATE TABLE outbox_multipart (
  ID INTEGER NOT NULL,
  SequencePosition INTEGER NOT NULL,
  Text TEXT,
  Coding TEXT NOT NULL,
  UDH TEXT,
  Class INTEGER DEFAULT -1,
  TextDecoded TEXT,
  Status TEXT NOT NULL DEFAULT 'Reserved',
  StatusCode INTEGER NOT NULL DEFAULT -1,
  PRIMARY KEY (ID, SequencePosition)
);

CREATE TABLE phones (
  IMEI TEXT PRIMARY KEY NOT NULL,
  ID TEXT NOT NULL,
  InsertIntoDB TEXT NOT NULL DEFAULT (datetime('now')),
  TimeOut TEXT NOT NULL DEFAULT (datetime('now')),
  Send TEXT NOT NULL DEFAULT 'no',
  Receive TEXT NOT NULL DEFAULT 'no',
  IMSI TEXT NOT NULL,
  NetCode TEXT DEFAULT 'ERROR',
  NetName TEXT DEFAULT 'ERROR',
  Client TEXT NOT NULL,
  Battery INTEGER NOT NULL DEFAULT -1,
  Signal INTEGER NOT NULL DEFAULT -1,
  Sent INTEGER NOT NULL DEFAULT 0,
  Received INTEGER NOT NULL DEFAULT 0
);

CREATE TABLE sentitems (
  ID INTEGER NOT NULL,
  SequencePosition INTEGER NOT NULL,
  InsertIntoDB TEXT NOT NULL,
  SendingDateTime TEXT NOT NULL,
  DeliveryDateTime TEXT,
  Text TEXT NOT NULL,
  DestinationNumber TEXT NOT NULL,
  Coding TEXT NOT NULL,
  UDH TEXT NOT NULL,
  SMSCNumber TEXT NOT NULL DEFAULT '',
  Class INTEGER NOT NULL DEFAULT -1,
  TextDecoded TEXT NOT NULL DEFAULT '',
  SenderID TEXT NOT NULL,
  Status TEXT NOT NULL,
  StatusError INTEGER NOT NULL DEFAULT -1,
  TPMR INTEGER NOT NULL DEFAULT -1,
  RelativeValidity INTEGER NOT NULL DEFAULT -1,
  CreatorID TEXT NOT NULL,
  StatusCode INTEGER NOT NULL DEFAULT -1,
  PRIMARY KEY (ID, SequencePosition)
);
CREATE INDEX sentitems_tpmr ON sentitems (TPMR);

-- Own: what was handed to smsd, by our reference. `fate` is set when a message was taken back.
CREATE TABLE handed (
  reference TEXT PRIMARY KEY,
  outbox_id INTEGER NOT NULL,
  parts INTEGER NOT NULL,
  fate TEXT,
  reported INTEGER NOT NULL DEFAULT 0,
  at REAL NOT NULL DEFAULT ((julianday('now') - 2440587.5) * 86400.0)
);
CREATE INDEX handed_outbox ON handed (outbox_id);

-- Own: parts that were delivered to the assistant already, as keyed hashes.
CREATE TABLE delivered (
  identity TEXT PRIMARY KEY,
  at REAL NOT NULL DEFAULT ((julianday('now') - 2440587.5) * 86400.0)
) WITHOUT ROWID;

-- Own: one row. `pulse` grows whenever smsd writes; `concatenation` numbers messages of several parts.
CREATE TABLE modem (
  only INTEGER PRIMARY KEY CHECK (only = 1),
  state TEXT NOT NULL,
  pulse INTEGER NOT NULL DEFAULT 0,
  connections INTEGER NOT NULL DEFAULT 0,
  concatenation INTEGER NOT NULL DEFAULT 0
);
INSERT INTO modem (only, state) VALUES (1, 'away');

CREATE TRIGGER pulse_of_phone AFTER UPDATE ON phones BEGIN UPDATE modem SET pulse = pulse + 1; END;
CREATE TRIGGER pulse_of_outbox AFTER UPDATE ON outbox BEGIN UPDATE modem SET pulse = pulse + 1; END;
CREATE TRIGGER pulse_of_inbox AFTER INSERT ON inbox BEGIN UPDATE modem SET pulse = pulse + 1; END;
CREATE TRIGGER connection AFTER INSERT ON phones
BEGIN UPDATE modem SET pulse = pulse + 1, connections = connections + 1; END;
