# Runs the official Ruby client, which must be checked out. Needs the gems httpclient and msgpack.
require "json"
require "stringio"
require "zlib"
require "msgpack"
require "td-client"

$steps = 0

# Reports whether the block returns want or raises exactly want, a class of errors.
def step(name, want = nil)
  $steps += 1
  got = begin
    yield
  rescue StandardError => e
    e
  end
  ok = want.is_a?(Class) ? got.instance_of?(want) : want == got
  puts JSON.generate(step: name, ok: ok, want: want.inspect, got: ok ? "" : got.inspect)
  $stdout.flush
  got
end

def connect(key)
  options = { endpoint: ENV["ENDPOINT"], retry_post_requests: false, max_cumul_retry_delay: 0 }
  options[:verify] = ENV["CACERT"] if ENV["CACERT"].to_s != "" && ENV["UNTRUSTED"].nil?
  TreasureData::Client.new(key, options)
end

def finish
  puts JSON.generate(done: $steps)
  exit
end

client = connect(ENV["APIKEY"])
if ENV["UNTRUSTED"]
  step("status: untrusted certificate", true) do
    client.databases
    false
  rescue StandardError => e
    e.message.include?("certificate")
  end
  finish
end

E = TreasureData
db = "ruby_#{(Time.now.to_f * 1000).to_i}_#{$$}"

def records(count, *others)
  out = StringIO.new
  gzip = Zlib::GzipWriter.new(out)
  count.times { |i| gzip.write({ "time" => 1_400_000_000 + i, "n" => i, "s" => "s#{i}" }.to_msgpack) }
  others.each { |record| gzip.write(record.to_msgpack) }
  gzip.finish
  out.string
end

def wait(job)
  600.times do
    job.update_status!
    return job.status if job.finished?
    sleep 0.05
  end
  "does not end"
end

import = ->(table, data) { client.import(db, table, "msgpack.gz", StringIO.new(data), data.bytesize) }
count = ->(table) { client.table(db, table).count }

step("status: server_status", "ok") { client.server_status }
step("status: wrong key", E::AuthError) { connect("1/wrong").databases }
step("account: show", [1, true]) { [client.account.account_id.to_i, client.account.storage_size.is_a?(Integer)] }

step("databases: create", true) { client.create_database(db) }
step("databases: create again", E::AlreadyExistsError) { client.create_database(db) }
step("databases: list", true) { client.databases.any? { |d| d.name == "sample_datasets" && d.count.positive? } }
step("databases: missing", E::NotFoundError) { client.database("no_such_database") }

step("tables: create", true) { client.create_log_table(db, "log") }
step("tables: create another", true) { client.create_log_table(db, "other") }
step("tables: create again", E::AlreadyExistsError) { client.create_log_table(db, "log") }
step("tables: list", %w[log other]) { client.tables(db).map(&:name).sort }
step("tables: swap", true) { client.swap_table(db, "log", "other") }
step("tables: swap with a missing table", E::NotFoundError) { client.swap_table(db, "log", "nope") }
step("schema: update", true) { client.update_schema(db, "log", E::Schema.new([E::Schema::Field.new("n", "long"), E::Schema::Field.new("s", "string")])) }
step("schema: fields", [%w[n long], %w[s string]]) { client.table(db, "log").schema.fields.map { |f| [f.name, f.type] } }
step("tables: expire", 7) { client.update_expire(db, "log", 7) && client.table(db, "log").expire_days.to_i }
step("tables: delete", :log) { client.delete_table(db, "other") }
step("tables: delete again", E::NotFoundError) { client.delete_table(db, "other") }

step("import: records", true) { import.call("log", records(500)) && true }
step("import: count", 500) { count.call("log") }
step("import: missing table", E::NotFoundError) { import.call("nope", records(1)) }
step("import: tail", 3) { client.tail(db, "log", 3).size }

%w[hive presto trino].each do |type|
  job = step("jobs: submit #{type}", E::Job) { client.query(db, "SELECT count(*) AS cnt, max(s) AS s FROM log", nil, 1, 2, type: type.to_sym) }
  step("jobs: status of #{type}", "success") { wait(job) }
  step("jobs: rows of #{type}", [[500, "s99"]]) { job.result }
  step("jobs: schema of #{type}", %w[cnt s]) { client.job(job.job_id).hive_result_schema.map(&:first) }
end
step("jobs: failed statement", "error") { wait(client.query(db, "SELECT * FROM nope", nil, nil, nil, type: :trino)) }
step("jobs: missing database", E::NotFoundError) { client.query("no_such_database", "SELECT 1", nil, nil, nil, type: :trino) }
step("jobs: missing job", E::NotFoundError) { client.job("999999999") }
step("jobs: list", 2) { client.jobs(0, 1).size }

session = "#{db}_session"
step("bulk import: create") { client.create_bulk_import(session, db, "log") }
step("bulk import: create again", E::AlreadyExistsError) { client.create_bulk_import(session, db, "log") }
data = records(5, { "n" => 1 })
step("bulk import: upload") { client.bulk_import_upload_part(session, "one", StringIO.new(data), data.bytesize) }
step("bulk import: parts", ["one"]) { client.list_bulk_import_parts(session) }
step("bulk import: freeze") { client.freeze_bulk_import(session) }
step("bulk import: perform", "success") { wait(client.perform_bulk_import(session)) }
step("bulk import: show", ["ready", 5, 1]) { s = client.bulk_import(session); [s.status.to_s, s.valid_records, s.error_records] }
step("bulk import: error records", 1) { n = 0; client.bulk_import_error_records(session) { n += 1 }; n }
step("bulk import: commit") { client.commit_bulk_import(session) }
step("bulk import: count", 505) { count.call("log") }
step("bulk import: delete") { client.delete_bulk_import(session) }

schedule = "#{db}_schedule"
options = { cron: "0 0 * * *", query: "SELECT 1", database: db, type: "trino", timezone: "UTC" }
step("schedules: create", true) { client.create_schedule(schedule, options).is_a?(Time) }
step("schedules: create again", E::AlreadyExistsError) { client.create_schedule(schedule, options) }
step("schedules: list", true) { client.schedules.any? { |s| s.name == schedule && s.next_time } }
step("schedules: run", 2) { client.run_schedule(schedule, 1_472_688_000, 2).size }
step("schedules: history", 2) { client.history(schedule, 0, 10).size }
step("schedules: delete", ["0 0 * * *", "SELECT 1"]) { client.delete_schedule(schedule) }

step("results: create", true) { client.create_result(db, "mysql://user:secret@host/db/t") }
step("results: create again", E::AlreadyExistsError) { client.create_result(db, "mysql://host/db/t") }
step("results: list", "mysql://user:***@host/db/t") { client.results.find { |r| r.name == db }&.url }
step("results: delete", true) { client.delete_result(db) }

step("users: authenticate", true) { TreasureData::Client.authenticate("sandbox@example.com", ENV["APIKEY"], endpoint: ENV["ENDPOINT"], verify: ENV["CACERT"]).apikey.to_s != "" }
step("users: add", true) { client.add_user(db, nil, "#{db}@example.com", "secret-12345") }
step("users: change the address", true) { client.change_email(db, "#{db}.2@example.com") }
step("users: change the password", true) { client.change_password(db, "other-12345") }
step("users: add a key", true) { client.add_apikey(db) }
step("users: list keys", 1) { client.list_apikeys(db).size }
step("users: remove", true) { client.remove_user(db) }
step("users: remove again", E::NotFoundError) { client.remove_user(db) }

step("databases: delete", true) { client.delete_database(db) }
step("databases: delete again", E::NotFoundError) { client.delete_database(db) }
finish
