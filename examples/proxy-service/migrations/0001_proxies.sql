-- SQLite and PostgreSQL both read this: only types and syntax that they share.
CREATE TABLE proxies (
    id TEXT PRIMARY KEY,
    project_id TEXT NOT NULL,
    domain TEXT NOT NULL CONSTRAINT proxies_domain UNIQUE,
    -- A JSON list of URLs.
    backends TEXT NOT NULL,
    note TEXT,
    -- Microseconds since 1970-01-01 UTC.
    created_at BIGINT NOT NULL
);

-- The order of lists.
CREATE INDEX proxies_order ON proxies (created_at, id);
