-- What the code before Alembic made of a new ledger, with one row or two in each table.
CREATE TABLE about (
    "key" VARCHAR(32) NOT NULL,
    value VARCHAR(200) NOT NULL,
    PRIMARY KEY ("key")
);
CREATE TABLE cursors (
    stream VARCHAR(200) NOT NULL,
    position BIGINT NOT NULL,
    moved_at FLOAT NOT NULL,
    PRIMARY KEY (stream)
);
CREATE TABLE rejects (
    digest VARCHAR(64) NOT NULL,
    seen_at FLOAT NOT NULL,
    error TEXT NOT NULL,
    event TEXT NOT NULL,
    PRIMARY KEY (digest)
);
CREATE TABLE scores (
    sha1 VARCHAR(40) NOT NULL,
    model VARCHAR(160) NOT NULL,
    medium VARCHAR(16) NOT NULL,
    views JSON NOT NULL,
    partial BOOLEAN NOT NULL,
    scored_at FLOAT NOT NULL,
    PRIMARY KEY (sha1, model)
);
CREATE TABLE uploads (
    log_id BIGINT NOT NULL,
    action VARCHAR(16) NOT NULL,
    title VARCHAR(320) NOT NULL,
    user VARCHAR(320) NOT NULL,
    by_bot BOOLEAN NOT NULL,
    sha1 VARCHAR(40),
    uploaded_at FLOAT NOT NULL,
    seen_at FLOAT NOT NULL,
    state VARCHAR(8) NOT NULL,
    attempts INTEGER NOT NULL,
    not_before FLOAT NOT NULL,
    lease VARCHAR(32),
    lease_until FLOAT,
    verdict VARCHAR(16),
    reason VARCHAR(64),
    detail TEXT,
    finished_at FLOAT,
    PRIMARY KEY (log_id)
);
CREATE INDEX uploads_by_turn ON uploads (state, log_id);
CREATE TABLE outbox (
    id INTEGER NOT NULL,
    log_id BIGINT NOT NULL,
    kind VARCHAR(16) NOT NULL,
    page VARCHAR(320) NOT NULL,
    entry JSON NOT NULL,
    created_at FLOAT NOT NULL,
    sent_at FLOAT,
    sent_as VARCHAR(16),
    PRIMARY KEY (id),
    UNIQUE (log_id, kind),
    FOREIGN KEY(log_id) REFERENCES uploads (log_id)
);
CREATE INDEX outbox_pending ON outbox (sent_at, id);
INSERT INTO about VALUES ('schema', '1');
INSERT INTO cursors VALUES ('http://127.0.0.1/stream', 1000, 1.5);
INSERT INTO rejects VALUES ('abc', 1.25, 'title is None', '{}');
INSERT INTO scores VALUES ('0000000000000000000000000000000000000001', 'model@1', 'image', '[]', 0, 2.5);
INSERT INTO uploads VALUES (
    1, 'upload', 'File:1.jpg', 'Uploader', 0, '0000000000000000000000000000000000000001', 1.0, 1.0,
    'scored', 1, 0.0, NULL, NULL, 'review', NULL, NULL, 2.5
);
INSERT INTO uploads VALUES (
    2, 'overwrite', 'File:2.jpg', 'Uploader', 1, '0000000000000000000000000000000000000002', 1.0, 1.0,
    'waiting', 2, 0.0, NULL, NULL, NULL, 'NetworkFault', 'reset', NULL
);
INSERT INTO outbox VALUES (7, 1, 'log-page', 'User:Bot/Log', '{"key": 1}', 2.5, NULL, NULL);
