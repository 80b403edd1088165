// Runs the official Node client td against a Treasure Data API.

'use strict';

const fs = require('fs');
const os = require('os');
const path = require('path');
const zlib = require('zlib');
const { isDeepStrictEqual } = require('util');
const { TDClient } = require('td');

const endpoint = new URL(process.env.ENDPOINT);
const unique = `${Date.now() % 1e10}_${process.pid}`;
let count = 0;

// step calls f and compares its result with want. A string that starts with "error " is
// part of the message of the error that f must throw, and want may be a predicate.
async function step(name, want, f) {
  count++;
  let got;
  try {
    got = await Promise.race([f(), expire()]);
  } catch (e) {
    got = `error ${e.message}`;
  }
  let ok;
  if (typeof want === 'function') {
    ok = !isError(got) && Boolean(want(got));
  } else if (isError(want)) {
    ok = isError(got) && got.includes(want.slice(6));
  } else {
    ok = isDeepStrictEqual(got, want);
  }
  console.log(JSON.stringify({ step: name, ok, want: String(typeof want === 'function' ? want : JSON.stringify(want)), got: ok ? '' : JSON.stringify(got) }));
  return got;
}

const isError = (v) => typeof v === 'string' && v.startsWith('error ');
const expire = () => new Promise((_, reject) => setTimeout(() => reject(new Error('timeout')), 60000).unref());
const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

function connect(key) {
  const options = { host: endpoint.host };
  if (endpoint.protocol === 'http:') options.protocol = 'http';
  return new TDClient(key, options);
}

const client = connect(process.env.APIKEY);
const stranger = connect('1/unknown');

// call calls a method that ends with a callback.
const callOf = (c) => (method, ...args) => new Promise((resolve, reject) => {
  c[method](...args, (err, result) => (err ? reject(err) : resolve(result)));
});
const call = callOf(client);

async function wait(id) {
  for (;;) {
    const job = await call('showJob', id);
    if (!['queued', 'running', 'booting'].includes(job.status)) return job;
    await sleep(100);
  }
}

async function query(method, db, sql, options = {}) {
  return wait((await call(method, db, sql, options)).job_id);
}

const rows = async (db, sql) => {
  const job = await query('prestoQuery', db, sql);
  const text = await call('jobResult', job.job_id, 'json');
  return text.trim().split('\n').map((line) => JSON.parse(line));
};

// msgpack encodes a flat record of integers and short strings.
function msgpack(record) {
  const entries = Object.entries(record);
  const text = (s) => Buffer.concat([Buffer.from([0xa0 | Buffer.byteLength(s)]), Buffer.from(s)]);
  const value = (v) => {
    if (typeof v === 'string') return text(v);
    const b = Buffer.alloc(5);
    b[0] = 0xce;
    b.writeUInt32BE(v, 1);
    return b;
  };
  return Buffer.concat([Buffer.from([0x80 | entries.length]), ...entries.flatMap(([k, v]) => [text(k), value(v)])]);
}

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'conformance-'));

function file(name, ...records) {
  const target = path.join(folder, name);
  fs.writeFileSync(target, zlib.gzipSync(Buffer.concat(records.map(msgpack))));
  return { size: fs.statSync(target).size, stream: () => fs.createReadStream(target) };
}

// The client does not parse the response of an import.
const load = async (db, table, f, ...id) => JSON.parse(await call('import', db, table, 'msgpack.gz', f.stream(), f.size, ...id));

async function main() {
  const db = `js_${unique}`;
  const sample = 'sample_datasets';
  const other = callOf(stranger);

  await step('status: server_status', 'ok', async () => (await call('serverStatus')).status);
  await step('status: list with an unknown key', 'error Authorization', () => other('listDatabases'));
  await step('status: issue with an unknown key', 'error Authorization', () => other('prestoQuery', sample, 'SELECT 1'));
  await step('status: create with an unknown key', 'error Authorization', () => other('createDatabase', db));
  await step('status: import with an unknown key', 'error 401', () => {
    const f = file('unknown', { time: 1 });
    return other('import', sample, 'nasdaq', 'msgpack.gz', f.stream(), f.size);
  });
  await step('status: tail with an unknown key', 'error 401', () => other('tail', sample, 'nasdaq', 1));

  await step('databases: list has samples', 13352, async () => (await call('listDatabases')).databases.find((d) => d.name === sample).count);
  await step('databases: create', db, async () => (await call('createDatabase', db)).database);
  await step('databases: create again', 'error already exists', () => call('createDatabase', db));
  await step('databases: invalid name', 'error lower-case', () => call('createDatabase', 'Invalid-Name'));
  await step('databases: one letter', 'error 3 to 256', () => call('createDatabase', 'x'));
  await step('databases: permission', 'administrator', async () => (await call('listDatabases')).databases.find((d) => d.name === db).permission);

  const tables = async () => Object.fromEntries((await call('listTables', db)).tables.map((t) => [t.name, t]));
  await step('tables: create', { database: db, table: 't_t', type: 'log' }, () => call('createLogTable', db, 't_t'));
  await step('tables: create again', 'error already exists', () => call('createLogTable', db, 't_t'));
  await step('tables: create in a missing database', "error Couldn't find UserDatabase", () => call('createLogTable', 'no_such_database', 't_t'));
  await step('tables: create an item table', "error Table type must be 'log'", () => call('createItemTable', db, 't_item'));
  await step('tables: list', ['log', 0, '[]', null], async () => {
    const t = (await tables()).t_t;
    return [t.type, t.count, t.schema, t.expire_days];
  });
  await step('tables: list of a missing database', "error Couldn't find UserDatabase", () => call('listTables', 'no_such_database'));
  await step('tables: rows of nasdaq', 8352, async () => (await call('listTables', sample)).tables.find((t) => t.name === 'nasdaq').count);

  await step('import: msgpack.gz', db, async () => (await load(db, 't_t', file('a', { time: 1400000000, n: 1 }, { time: 1400000001, n: 2 }))).database);
  await step('import: count', 2, async () => (await tables()).t_t.count);
  const once = file('b', { time: 1400000002, n: 3 });
  await step('import: with a unique ID', 't_t', async () => (await load(db, 't_t', once, 'js-import-1')).table);
  await step('import: the same ID again', 't_t', async () => (await load(db, 't_t', once, 'js-import-1')).table);
  await step('import: it is added once', 3, async () => (await tables()).t_t.count);
  await step('import: missing table', 'error 404', () => load(db, 'nope', once));
  await step('import: empty gzip file', 't_t', async () => (await load(db, 't_t', file('empty'))).table);
  await step('import: tail', true, async () => (await call('tail', db, 't_t', 1)).length > 0);
  await step('import: tail of a missing table', 'error 404', () => call('tail', db, 'nope', 1));
  await step('import: sum', [[6]], () => rows(db, 'SELECT sum(n) FROM t_t'));

  await step('schema: update', 't_t', async () => (await call('updateSchema', db, 't_t', { schema: JSON.stringify([['n', 'long'], ['s', 'string'], ['a', 'array<long>']]) })).table);
  await step('schema: reads back', [['n', 'long'], ['s', 'string'], ['a', 'array<long>']], async () => JSON.parse((await tables()).t_t.schema));
  await step('schema: unknown type', 'error invalid', () => call('updateSchema', db, 't_t', { schema: JSON.stringify([['n', 'nonsense']]) }));

  await step('tables: create to swap', 'log', async () => (await call('createLogTable', db, 't_swap')).type);
  await step('tables: swap', db, async () => (await call('swapTable', db, 't_t', 't_swap')).database);
  await step('tables: counts after swap', [0, 3], async () => [(await tables()).t_t.count, (await tables()).t_swap.count]);
  await step('tables: swap back', 't_t', async () => (await call('swapTable', db, 't_t', 't_swap')).table1);
  await step('tables: swap with a missing one', "error Couldn't find UserTableReference", () => call('swapTable', db, 't_t', 'nope'));
  await step('tables: delete returns the type', { database: db, table: 't_swap', type: 'log' }, () => call('deleteTable', db, 't_swap'));
  await step('tables: delete again', "error Couldn't find UserTableReference", () => call('deleteTable', db, 't_swap'));

  for (const [method, type, column] of [['hiveQuery', 'hive', '_c0'], ['prestoQuery', 'presto', '_col0'], ['trinoQuery', 'trino', '_col0']]) {
    const job = await step(`jobs: ${type} succeeds`, (j) => j.status === 'success', () => query(method, sample, 'SELECT count(1) FROM nasdaq'));
    await step(`jobs: ${type} figures`, [type, 1, `[["${column}", "bigint"]]`, true], async () => [job.type, job.num_records, job.hive_result_schema, job.result_size > 0]);
    await step(`jobs: ${type} rows`, '8352', async () => (await call('jobResult', job.job_id)).trim());
  }
  await step('jobs: priority', 2, async () => (await query('prestoQuery', sample, 'SELECT 1', { priority: 2 })).priority);
  await step('jobs: domain_key', 'success', async () => (await query('prestoQuery', sample, 'SELECT 1', { domain_key: `js-${unique}` })).status);
  await step('jobs: the same domain_key', 'error already taken', () => call('prestoQuery', sample, 'SELECT 1', { domain_key: `js-${unique}` }));
  await step('jobs: missing database', "error Couldn't find UserDatabase", () => call('prestoQuery', 'no_such_database', 'SELECT 1'));
  await step('jobs: syntax error', true, async () => (await query('prestoQuery', sample, 'SELECT FROM WHERE')).debug.stderr.includes('mismatched input'));
  await step('jobs: unknown table', 'error', async () => (await query('hiveQuery', sample, 'SELECT * FROM nope')).status);
  const slow = await call('prestoQuery', sample, 'SELECT count(*) FROM nasdaq a CROSS JOIN nasdaq b CROSS JOIN nasdaq c WHERE a.time + b.time + c.time = 1');
  await step('jobs: a long one runs', 'running', async () => {
    for (;;) {
      const { status } = await call('showJob', slow.job_id);
      if (status !== 'queued') return status;
      await sleep(50);
    }
  });
  await step('jobs: kill', 'running', async () => (await call('kill', slow.job_id)).former_status);
  await step('jobs: killed', 'killed', async () => (await wait(slow.job_id)).status);
  await step('jobs: kill again', 'killed', async () => (await call('kill', slow.job_id)).former_status);
  await step('jobs: list', 3, async () => (await call('listJobs', 0, 2)).jobs.length);
  await step('jobs: list by status', ['killed'], async () => [...new Set((await call('listJobs', 0, 10, 'killed')).jobs.map((j) => j.status))]);
  await step('jobs: missing', "error Couldn't find Job", () => call('showJob', '987654321'));

  const values = await query('prestoQuery', sample, "SELECT 1 AS i, 1.5e0 AS d, 'a' AS s, true AS b, CAST(NULL AS varchar) AS n, ARRAY[1,2] AS a, MAP(ARRAY['k'], ARRAY[1]) AS m");
  await step('results: json', [1, 1.5, 'a', true, null, [1, 2], { k: 1 }], async () => JSON.parse(await call('jobResult', values.job_id, 'json')));
  await step('results: csv', '1,1.5,a,true,,"[1,2]","{""k"":1}"', async () => (await call('jobResult', values.job_id, 'csv')).trim());
  await step('results: tsv', 7, async () => (await call('jobResult', values.job_id)).split('\t').length);
  await step('results: msgpack', true, async () => (await call('jobResult', values.job_id, 'msgpack')).length > 0);
  await step('results: unknown format', 'error 406', () => call('jobResult', values.job_id, 'xml'));
  await step('results: missing job', 'error 404', () => call('jobResult', '987654321', 'csv'));

  await step('export: result URL', 'success', async () => (await query('prestoQuery', sample, 'SELECT time, symbol FROM nasdaq LIMIT 7', { result: `td://@/${db}/t_export?mode=append` })).status);
  await step('export: rows', 7, async () => (await tables()).t_export.count);
  await step('export: table without S3', 'error', async () => (await wait((await call('export', db, 't_t', 's3', { bucket: 'b', access_key_id: 'k', secret_access_key: 's', file_format: 'jsonl.gz' })).job_id)).status);

  const session = `js_ses_${unique}`;
  await step('bulk: create', session, async () => (await call('createBulkImport', session, db, 't_t')).bulk_import);
  await step('bulk: create again', 'error already exists', () => call('createBulkImport', session, db, 't_t'));
  await step('bulk: upload', true, async () => Boolean(await call('bulkImportUploadPart', session, 'p1', file('p1', { time: 1400000000, n: 10 }, { n: 11 }).stream())));
  await step('bulk: upload another part', true, async () => Boolean(await call('bulkImportUploadPart', session, 'p2', once.stream())));
  await step('bulk: list parts', ['p1', 'p2'], async () => (await call('listBulkImportParts', session)).parts);
  await step('bulk: delete a part', session, async () => (await call('bulkImportDeletePart', session, 'p2')).bulk_import);
  await step('bulk: perform', 'success', async () => (await wait(String((await call('performBulkImport', session)).job_id))).status);
  await step('bulk: show', ['ready', 1, 1], async () => {
    const s = await call('showBulkImport', session);
    return [s.status, s.valid_records, s.error_records];
  });
  await step('bulk: commit', session, async () => (await call('commitBulkImport', session)).bulk_import);
  await step('bulk: committed', 'committed', async () => (await call('showBulkImport', session)).status);
  await step('bulk: count', 4, async () => (await tables()).t_t.count);
  await step('bulk: list', true, async () => (await call('listBulkImports')).bulk_imports.some((s) => s.name === session));
  await step('bulk: delete', session, async () => (await call('deleteBulkImport', session)).bulk_import);
  await step('bulk: missing', "error Couldn't find BulkImport", () => call('showBulkImport', session));

  const sched = `js_sched_${unique}`;
  const plan = () => ({ cron: '0 3 * * *', query: 'SELECT 1', database: sample, timezone: 'UTC', delay: 0 });
  const find = async () => (await call('listSchedules')).schedules.find((s) => s.name === sched);
  await step('schedules: create', sched, async () => (await call('createSchedule', sched, plan())).name);
  await step('schedules: create again', 'error already exists', () => call('createSchedule', sched, plan()));
  await step('schedules: invalid cron', 'error Cron is invalid', () => call('createSchedule', `${sched}x`, { ...plan(), cron: 'nonsense' }));
  await step('schedules: list', ['0 3 * * *', 'hive', 'UTC', 0], async () => {
    const s = await find();
    return [s.cron, s.type, s.timezone, s.delay];
  });
  await step('schedules: update', '0 4 * * *', async () => {
    await call('updateSchedule', sched, { cron: '0 4 * * *' });
    return (await find()).cron;
  });
  await step('schedules: run twice', 2, async () => (await call('runSchedule', sched, '1400000000', 2)).jobs.length);
  await step('schedules: history', 2, async () => (await call('history', sched, 0, 20)).history.length);
  await step('schedules: delete', '0 4 * * *', async () => (await call('deleteSchedule', sched)).cron);
  await step('schedules: delete again', "error Couldn't find Schedule", () => call('deleteSchedule', sched));

  const store = `js_store_${unique}`;
  await step('stores: create', store, async () => (await call('createResult', store, 'mysql://host/db/t')).result);
  await step('stores: create again', 'error must be unique', () => call('createResult', store, 'mysql://host/db/t'));
  await step('stores: list', 'mysql://host/db/t', async () => (await call('listResult')).results.find((r) => r.name === store).url);
  await step('stores: delete', store, async () => (await call('deleteResult', store, '')).result);
  await step('stores: delete again', "error Couldn't find Result", () => call('deleteResult', store, ''));

  await step('databases: delete', db, async () => (await call('deleteDatabase', db)).database);
  await step('databases: delete again', "error Couldn't find UserDatabase", () => call('deleteDatabase', db));
}

async function checkUntrusted() {
  await step('status: untrusted certificate', 'error ', () => call('serverStatus'));
}

(process.env.UNTRUSTED ? checkUntrusted() : main()).then(() => {
  console.log(JSON.stringify({ done: count }));
}).finally(() => fs.rmSync(folder, { recursive: true }));
