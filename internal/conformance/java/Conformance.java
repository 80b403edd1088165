import com.treasuredata.client.TDClient;
import com.treasuredata.client.TDClientException;
import com.treasuredata.client.TDClientHttpConflictException;
import com.treasuredata.client.TDClientHttpException;
import com.treasuredata.client.TDClientHttpNotFoundException;
import com.treasuredata.client.TDClientHttpUnauthorizedException;
import com.treasuredata.client.TDClientSSLException;
import com.treasuredata.client.model.*;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.reflect.InvocationTargetException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Date;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.msgpack.core.MessagePack;
import org.msgpack.core.MessageUnpacker;
import org.msgpack.core.MessageBufferPacker;

/** Runs the official Java client td-client against a Treasure Data API. */
public class Conformance {
    static final String SAMPLE = "sample_datasets";
    static final URI endpoint = URI.create(System.getenv("ENDPOINT"));
    static final String unique = System.currentTimeMillis() % 10_000_000_000L + "_" + ProcessHandle.current().pid();
    static final String db = "java_" + unique;
    static TDClient client;
    static int count;

    static TDClient connect(String key) {
        return TDClient.newBuilder(false)
                .setEndpoint(endpoint.getHost()).setPort(endpoint.getPort()).setUseSSL(endpoint.getScheme().equals("https"))
                .setApiKey(key).setRetryLimit(0).build();
    }

    static String quote(Object value) {
        StringBuilder b = new StringBuilder("\"");
        for (char c : String.valueOf(value).toCharArray()) {
            if (c == '"' || c == '\\') {
                b.append('\\').append(c);
            } else if (c < ' ') {
                b.append(String.format("\\u%04x", (int) c));
            } else {
                b.append(c);
            }
        }
        return b.append('"').toString();
    }

    /**
     * Calls call and compares its result with want. If want is a class, the call must throw
     * exactly that exception; if it is a Status, an exception with that status.
     */
    static <T> T step(String name, Object want, Callable<T> call) {
        count++;
        Object got;
        T result = null;
        boolean ok;
        try {
            result = call.call();
            got = result;
            ok = !(want instanceof Class) && !(want instanceof Status) && Objects.equals(want, got);
        } catch (Exception e) {
            Throwable cause = e instanceof InvocationTargetException ? e.getCause() : e;
            got = cause;
            ok = want instanceof Class ? cause.getClass() == want
                    : want instanceof Status && cause instanceof TDClientHttpException && ((TDClientHttpException) cause).getStatusCode() == ((Status) want).code;
        }
        System.out.println("{\"step\":" + quote(name) + ",\"ok\":" + ok + ",\"want\":" + quote(want) + ",\"got\":" + quote(ok ? "" : got) + "}");
        return result;
    }

    static void does(String name, Action action) {
        step(name, "done", () -> {
            action.run();
            return "done";
        });
    }

    static void fails(String name, Object want, Action action) {
        step(name, want, () -> {
            action.run();
            return "no exception";
        });
    }

    interface Action {
        void run() throws Exception;
    }

    static final class Status {
        final int code;

        Status(int code) {
            this.code = code;
        }

        @Override
        public String toString() {
            return "status " + code;
        }
    }

    static byte[] packed(Object[]... records) {
        try {
            MessageBufferPacker packer = MessagePack.newDefaultBufferPacker();
            for (Object[] record : records) {
                packer.packMapHeader(record.length / 2);
                for (Object value : record) {
                    if (value instanceof String) {
                        packer.packString((String) value);
                    } else {
                        packer.packLong(((Number) value).longValue());
                    }
                }
            }
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            try (GZIPOutputStream zip = new GZIPOutputStream(out)) {
                zip.write(packer.toByteArray());
            }
            return out.toByteArray();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static Object[][] numbers(int n, long time) {
        Object[][] list = new Object[n][];
        for (int i = 0; i < n; i++) {
            list[i] = new Object[] {"time", time + i, "n", i};
        }
        return list;
    }

    static File file(byte[] data) throws IOException {
        File f = File.createTempFile("part", ".msgpack.gz");
        f.deleteOnExit();
        Files.write(f.toPath(), data);
        return f;
    }

    static TDJob wait(String id) throws InterruptedException {
        for (;;) {
            TDJobSummary summary = client.jobStatus(id);
            if (summary.getStatus().isFinished()) {
                return client.jobInfo(id);
            }
            Thread.sleep(100);
        }
    }

    static TDJob presto(String sql) throws InterruptedException {
        return wait(client.submit(TDJobRequest.newPrestoQuery(db, sql)));
    }

    static String status(TDJob job) {
        return job.getStatus().toString();
    }

    static String text(String id, TDResultFormat format) {
        return client.jobResult(id, format, in -> read(in).trim());
    }

    static String read(InputStream in) {
        try {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static String rows(String id, TDResultFormat format) {
        return client.jobResult(id, format, in -> unpack(in, format == TDResultFormat.MESSAGE_PACK_GZ));
    }

    static String unpack(InputStream in, boolean gzip) {
        try (MessageUnpacker u = MessagePack.newDefaultUnpacker(gzip ? new GZIPInputStream(in) : in)) {
            List<String> rows = new ArrayList<>();
            while (u.hasNext()) {
                rows.add(u.unpackValue().toJson());
            }
            return String.join("\n", rows);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static String value(String sql) throws InterruptedException {
        return text(presto(sql).getJobId(), TDResultFormat.JSON);
    }

    static List<String> columns(String table) {
        return client.showTable(db, table).getSchema().stream().map(c -> c.getName() + ":" + c.getType()).collect(Collectors.toList());
    }

    /** Reports whether the client has a method; older versions do not have all. */
    static boolean has(String method) {
        return Arrays.stream(TDClient.class.getMethods()).anyMatch(m -> m.getName().equals(method));
    }

    static Object call(String method, String argument) throws Exception {
        return TDClient.class.getMethod(method, String.class).invoke(client, argument);
    }

    public static void main(String[] args) throws Exception {
        client = connect(System.getenv("APIKEY"));
        if (System.getenv("UNTRUSTED") != null) {
            fails("status: untrusted certificate", TDClientSSLException.class, () -> client.listDatabaseNames());
        } else {
            checkStatus();
            checkDatabases();
            checkTables();
            checkImports();
            checkJobs();
            checkResults();
            checkExports();
            checkBulkImports();
            checkSavedQueries();
            checkConnectors();
            does("databases: delete", () -> client.deleteDatabase(db));
            fails("databases: delete again", TDClientHttpNotFoundException.class, () -> client.deleteDatabase(db));
            does("databases: delete if it exists", () -> client.deleteDatabaseIfExists(db));
        }
        System.out.println("{\"done\":" + count + "}");
        System.exit(0);
    }

    static void checkStatus() {
        TDClient stranger = connect("1/unknown");
        step("status: server_status", true, () -> client.serverStatus().contains("ok"));
        fails("status: list with an unknown key", TDClientHttpUnauthorizedException.class, () -> stranger.listDatabaseNames());
        fails("status: issue with an unknown key", TDClientHttpUnauthorizedException.class, () -> stranger.submit(TDJobRequest.newPrestoQuery(SAMPLE, "SELECT 1")));
        fails("status: create with an unknown key", TDClientHttpUnauthorizedException.class, () -> stranger.createDatabase(db));
        fails("status: import with an unknown key", TDClientHttpUnauthorizedException.class, () -> stranger.importBytes(SAMPLE, "nasdaq", packed()));
        step("users: validate the key", true, () -> client.validateApiKey().isAdministrator());
        step("users: show the user", "sandbox@example.com", () -> client.getUser().getEmail());
        step("users: list", true, () -> client.listUsers().getUsers().stream().anyMatch(u -> u.getEmail().equals("sandbox@example.com")));
        step("users: authenticate", true, () -> client.authenticate("sandbox@example.com", System.getenv("APIKEY")).listDatabaseNames().contains(SAMPLE));
    }

    static void checkDatabases() throws Exception {
        step("databases: list names", true, () -> client.listDatabaseNames().contains(SAMPLE));
        step("databases: count of samples", 13352L, () -> client.listDatabases().stream().filter(d -> d.getName().equals(SAMPLE)).findFirst().get().getCount());
        does("databases: create", () -> client.createDatabase(db));
        fails("databases: create again", TDClientHttpConflictException.class, () -> client.createDatabase(db));
        does("databases: create if it does not exist", () -> client.createDatabaseIfNotExists(db));
        step("databases: permission", "administrator", () -> client.listDatabases().stream().filter(d -> d.getName().equals(db)).findFirst().get().getPermission());
        fails("databases: invalid name", TDClientException.class, () -> client.createDatabase("Invalid-Name"));
        fails("databases: one letter", TDClientException.class, () -> client.createDatabase("x"));
        step("databases: exists", true, () -> client.existsDatabase(db));
        if (has("showDatabase")) {
            step("databases: show", db, () -> ((TDDatabase) call("showDatabase", db)).getName());
            fails("databases: show a missing one", TDClientHttpNotFoundException.class, () -> call("showDatabase", "no_such_database"));
            step("databases: missing", false, () -> client.existsDatabase("no_such_database"));
        }
    }

    static void checkTables() {
        does("tables: create", () -> client.createTable(db, "t_t"));
        fails("tables: create again", TDClientHttpConflictException.class, () -> client.createTable(db, "t_t"));
        does("tables: create with an idempotent key", () -> client.createTable(db, "t_key", "key1-" + unique));
        does("tables: create with the same key", () -> client.createTable(db, "t_key", "key1-" + unique));
        fails("tables: create with another key", TDClientHttpConflictException.class, () -> client.createTable(db, "t_key", "key2-" + unique));
        does("tables: create if it does not exist", () -> client.createTableIfNotExists(db, "t_t"));
        fails("tables: create in a missing database", TDClientHttpNotFoundException.class, () -> client.createTable("no_such_database", "t_t"));
        step("tables: list", List.of("t_key log 0 []", "t_t log 0 []"), () -> client.listTables(db).stream()
                .map(t -> t.getName() + " " + t.getType().getTypeName() + " " + t.getRowCount() + " " + t.getColumns()).sorted().collect(Collectors.toList()));
        step("tables: exists", true, () -> client.existsTable(db, "t_t"));
        step("tables: missing", false, () -> client.existsTable(db, "nope"));
        step("tables: rows of nasdaq", 8352L, () -> client.showTable(SAMPLE, "nasdaq").getRowCount());
        fails("tables: show a missing one", TDClientHttpNotFoundException.class, () -> client.showTable(db, "nope"));
        fails("tables: list of a missing database", TDClientHttpNotFoundException.class, () -> client.listTables("no_such_database"));

        does("schema: update", () -> client.updateTableSchema(db, "t_t", List.of(
                new TDColumn("a", TDColumnType.STRING), new TDColumn("b", TDColumnType.LONG),
                new TDColumn("c", TDColumnType.newArrayType(TDColumnType.LONG)), new TDColumn("m", TDColumnType.newMapType(TDColumnType.STRING, TDColumnType.LONG)))));
        step("schema: reads back", List.of("a:string", "b:long", "c:array<long>", "m:map<string,long>"), () -> columns("t_t"));
        does("schema: append", () -> client.appendTableSchema(db, "t_t", List.of(new TDColumn("d", TDColumnType.DOUBLE))));
        step("schema: appended", List.of("a:string", "b:long", "c:array<long>", "m:map<string,long>", "d:double"), () -> columns("t_t"));
        does("schema: a duplicate that is ignored", () -> client.updateTableSchema(db, "t_t", List.of(
                new TDColumn("a", TDColumnType.STRING), new TDColumn("a", TDColumnType.STRING)), true));
        fails("schema: missing table", TDClientHttpNotFoundException.class, () -> client.updateTableSchema(db, "nope", List.of(new TDColumn("a", TDColumnType.STRING))));

        does("tables: create to swap", () -> client.createTable(db, "t_swap"));
        does("tables: fill", () -> client.importBytes(db, "t_swap", packed(numbers(3, 1))));
        does("tables: swap", () -> client.swapTables(db, "t_t", "t_swap"));
        step("tables: count after swap", 3L, () -> client.showTable(db, "t_t").getRowCount());
        does("tables: swap back", () -> client.swapTables(db, "t_t", "t_swap"));
        fails("tables: swap with a missing one", TDClientHttpNotFoundException.class, () -> client.swapTables(db, "t_t", "nope"));
        does("tables: rename", () -> client.renameTable(db, "t_swap", "t_renamed"));
        step("tables: renamed", 3L, () -> client.showTable(db, "t_renamed").getRowCount());
        fails("tables: rename to an existing one", TDClientHttpConflictException.class, () -> client.renameTable(db, "t_renamed", "t_key"));
        does("tables: rename with overwrite", () -> client.renameTable(db, "t_renamed", "t_key", true));
        step("tables: replaced", List.of("t_key", "t_t"), () -> client.listTables(db).stream().map(TDTable::getName).sorted().collect(Collectors.toList()));
        step("tables: count of the replacement", 3L, () -> client.showTable(db, "t_key").getRowCount());
        fails("tables: rename a missing one", TDClientHttpNotFoundException.class, () -> client.renameTable(db, "nope", "nope2"));
        does("tables: delete", () -> client.deleteTable(db, "t_key"));
        fails("tables: delete again", TDClientHttpNotFoundException.class, () -> client.deleteTable(db, "t_key"));
        does("tables: delete if it exists", () -> client.deleteTableIfExists(db, "t_key"));
    }

    static void checkImports() {
        does("import: create table", () -> client.createTable(db, "t_import"));
        byte[] data = packed(numbers(500, 1_400_000_000));
        step("import: bytes", "t_import", () -> client.importBytes(db, "t_import", data).getTableName());
        step("import: count", 500L, () -> client.showTable(db, "t_import").getRowCount());
        step("import: file", db, () -> client.importFile(db, "t_import", file(data)).getDatabaseName());
        step("import: with a unique ID", "java-import-1", () -> client.importBytes(db, "t_import", data, "java-import-1").getUniqueId());
        step("import: the same ID again", "java-import-1", () -> client.importFile(db, "t_import", file(data), "java-import-1").getUniqueId());
        step("import: it is added once", 1500L, () -> client.showTable(db, "t_import").getRowCount());
        does("import: empty gzip file", () -> client.importBytes(db, "t_import", packed()));
        fails("import: missing table", TDClientHttpNotFoundException.class, () -> client.importBytes(db, "nope", data));
        fails("import: damaged data", new Status(422), () -> client.importBytes(db, "t_import", "garbage".getBytes(StandardCharsets.UTF_8)));
        step("import: sum", "[" + 3 * 499 * 250 + "]", () -> value("SELECT sum(n) FROM t_import"));
        step("import: schema is detected", List.of("n:long"), () -> columns("t_import"));
    }

    static void checkJobs() throws Exception {
        TDJob[] jobs = {
            wait(client.submit(TDJobRequest.newHiveQuery(SAMPLE, "SELECT count(1) FROM nasdaq"))),
            wait(client.submit(TDJobRequest.newPrestoQuery(SAMPLE, "SELECT count(1) FROM nasdaq"))),
        };
        for (TDJob job : jobs) {
            String type = job.getType().getType();
            String column = type.equals("hive") ? "_c0" : "_col0";
            step("jobs: " + type + " succeeds", "SUCCESS", () -> status(job));
            step("jobs: " + type + " rows", "[8352]", () -> text(job.getJobId(), TDResultFormat.JSON));
            step("jobs: " + type + " schema", "[[\"" + column + "\", \"bigint\"]]", () -> job.getResultSchema().get());
            step("jobs: " + type + " records", 1L, () -> job.getNumRecords());
            step("jobs: " + type + " result size", true, () -> job.getResultSize() > 0);
            step("jobs: " + type + " times", true, () -> job.getStartAt().compareTo(job.getEndAt()) <= 0 && !job.getStartAt().isEmpty());
            step("jobs: " + type + " database", SAMPLE, () -> job.getDatabase());
        }
        for (TDJob.Priority priority : TDJob.Priority.values()) {
            step("jobs: priority " + priority.toInt(), "SUCCESS", () -> status(wait(client.submit(new TDJobRequestBuilder()
                    .setDatabase(SAMPLE).setType(TDJob.Type.PRESTO).setQuery("SELECT 1").setPriority(priority).createTDJobRequest()))));
        }
        TDJobRequestBuilder keyed = new TDJobRequestBuilder().setDatabase(SAMPLE).setType(TDJob.Type.PRESTO)
                .setQuery("SELECT 1").setRetryLimit(1).setDomainKey("java-" + unique);
        step("jobs: domain_key", "SUCCESS", () -> status(wait(client.submit(keyed.createTDJobRequest()))));
        fails("jobs: the same domain_key", TDClientHttpConflictException.class, () -> client.submit(keyed.createTDJobRequest()));
        step("jobs: status by domain_key", "SUCCESS", () -> client.jobStatusByDomainKey("java-" + unique).getStatus().toString());
        fails("jobs: status by an unknown domain_key", TDClientHttpNotFoundException.class, () -> client.jobStatusByDomainKey("nope-" + unique));
        step("jobs: engine_version", "SUCCESS", () -> status(wait(client.submit(new TDJobRequestBuilder()
                .setDatabase(SAMPLE).setType(TDJob.Type.HIVE).setQuery("SELECT 1").setEngineVersion("stable").createTDJobRequest()))));
        step("jobs: scheduled_time", "[1400000000]", () -> text(wait(client.submit(new TDJobRequestBuilder().setDatabase(SAMPLE).setType(TDJob.Type.PRESTO)
                .setQuery("SELECT TD_SCHEDULED_TIME()").setScheduledTime(1_400_000_000L).createTDJobRequest())).getJobId(), TDResultFormat.JSON));
        fails("jobs: missing database", TDClientHttpNotFoundException.class, () -> client.submit(TDJobRequest.newPrestoQuery("no_such_database", "SELECT 1")));
        fails("jobs: unsupported type", new Status(422), () -> client.submit(TDJobRequest.newPigQuery(SAMPLE, "x")));
        TDJob syntax = presto("SELECT FROM WHERE");
        step("jobs: syntax error", "ERROR", () -> status(syntax));
        step("jobs: cause of the syntax error", true, () -> (syntax.getCmdOut() + syntax.getStdErr()).contains("mismatched input"));
        TDJob unknown = presto("SELECT * FROM nope");
        step("jobs: unknown table", true, () -> status(unknown).equals("ERROR") && (unknown.getCmdOut() + unknown.getStdErr()).contains("does not exist"));

        String slow = client.submit(TDJobRequest.newPrestoQuery(SAMPLE, "SELECT count(*) FROM nasdaq a CROSS JOIN nasdaq b CROSS JOIN nasdaq c WHERE a.time + b.time + c.time = 1"));
        step("jobs: a long one runs", "RUNNING", () -> {
            while (client.jobStatus(slow).getStatus() == TDJob.Status.QUEUED) {
                Thread.sleep(50);
            }
            return client.jobStatus(slow).getStatus().toString();
        });
        does("jobs: kill", () -> client.killJob(slow));
        step("jobs: killed", "KILLED", () -> status(wait(slow)));
        does("jobs: kill again", () -> client.killJob(slow));
        fails("jobs: kill a missing one", TDClientHttpNotFoundException.class, () -> client.killJob("987654321"));
        step("jobs: list a range", 3, () -> client.listJobs(0, 2).getJobs().size());
        step("jobs: list", true, () -> client.listJobs().getJobs().stream().anyMatch(j -> j.getJobId().equals(slow)));
        fails("jobs: missing", TDClientHttpNotFoundException.class, () -> client.jobInfo("987654321"));
        fails("jobs: ID that is not a number", TDClientHttpNotFoundException.class, () -> client.jobStatus("xxxxxx"));
        step("jobs: insert", "SUCCESS", () -> status(presto("INSERT INTO t_t (time, a) SELECT time, CAST(n AS varchar) FROM t_import WHERE n < 2")));
    }

    static void checkResults() throws Exception {
        String id = presto("SELECT 1 AS i, 1.5e0 AS d, 'a,\"b' AS s, true AS b, CAST(NULL AS varchar) AS n, ARRAY[1,2] AS a, MAP(ARRAY['k'], ARRAY[1]) AS m, "
                + "TIMESTAMP '2020-01-02 03:04:05.000' AS t, CAST('1.20' AS decimal(5,2)) AS c").getJobId();
        String want = "[1,1.5,\"a,\\\"b\",true,null,[1,2],{\"k\":1},\"2020-01-02 03:04:05.000\",\"1.20\"]";
        step("results: msgpack", want, () -> rows(id, TDResultFormat.MESSAGE_PACK));
        step("results: msgpack.gz", want, () -> rows(id, TDResultFormat.MESSAGE_PACK_GZ));
        step("results: json", want, () -> text(id, TDResultFormat.JSON));
        step("results: csv", "1,1.5,\"a,\"\"b\",true,,\"[1,2]\",\"{\"\"k\"\":1}\",2020-01-02 03:04:05.000,1.20", () -> text(id, TDResultFormat.CSV));
        step("results: tsv", 9, () -> text(id, TDResultFormat.TSV).split("\t").length);
        String many = wait(client.submit(TDJobRequest.newPrestoQuery(SAMPLE, "SELECT * FROM nasdaq"))).getJobId();
        step("results: many rows", 8352, () -> rows(many, TDResultFormat.MESSAGE_PACK_GZ).split("\n").length);
        String failed = presto("SELECT nope").getJobId();
        fails("results: failed job", TDClientHttpNotFoundException.class, () -> text(failed, TDResultFormat.JSON));
        fails("results: missing job", TDClientHttpNotFoundException.class, () -> text("987654321", TDResultFormat.JSON));
    }

    static void checkExports() throws Exception {
        String target = "td://@/" + db + "/t_export?mode=append";
        step("export: query with a result URL", "SUCCESS", () -> status(wait(client.submit(TDJobRequest.newPrestoQuery(SAMPLE, "SELECT time, symbol FROM nasdaq LIMIT 9", target)))));
        step("export: rows", 9L, () -> client.showTable(db, "t_export").getRowCount());
        String source = presto("SELECT 1400000000 AS time, 2 AS n").getJobId();
        step("export: result of a job", "SUCCESS", () -> status(wait(client.submitResultExportJob(TDExportResultJobRequest.builder().jobId(source).resultOutput(target).build()))));
        step("export: rows after it", 10L, () -> client.showTable(db, "t_export").getRowCount());
        step("export: unreachable target", "ERROR", () -> status(wait(client.submit(TDJobRequest.newPrestoQuery(SAMPLE, "SELECT 1", "mysql://u:p@host/db/t")))));
        step("export: table without S3", "ERROR", () -> status(wait(client.submitExportJob(TDExportJobRequest.builder().database(db).table("t_import")
                .from(new Date(0)).to(new Date()).fileFormat(TDExportFileFormatType.JSONL_GZ).accessKeyId("k").secretAccessKey("s").bucketName("b").filePrefix("p").build()))));
        fails("export: missing table", TDClientHttpNotFoundException.class, () -> client.submitExportJob(TDExportJobRequest.builder().database(db).table("nope")
                .from(new Date(0)).to(new Date()).fileFormat(TDExportFileFormatType.JSONL_GZ).accessKeyId("k").secretAccessKey("s").bucketName("b").filePrefix("p").build()));
        fails("stores: look up a missing connection", TDClientHttpNotFoundException.class, () -> client.lookupConnection("nope"));
    }

    static void checkBulkImports() throws Exception {
        String session = "java_ses_" + unique;
        does("bulk: create table", () -> client.createTable(db, "t_bulk"));
        does("bulk: create", () -> client.createBulkImportSession(session, db, "t_bulk"));
        fails("bulk: create again", TDClientHttpConflictException.class, () -> client.createBulkImportSession(session, db, "t_bulk"));
        does("bulk: upload", () -> client.uploadBulkImportPart(session, "p1", file(packed(numbers(10, 1_400_000_000)))));
        does("bulk: upload a bad record", () -> client.uploadBulkImportPart(session, "p2", file(packed(new Object[] {"n", 99}))));
        step("bulk: list parts", List.of("p1", "p2"), () -> client.listBulkImportParts(session));
        does("bulk: freeze", () -> client.freezeBulkImportSession(session));
        fails("bulk: upload while frozen", new Status(422), () -> client.uploadBulkImportPart(session, "p3", file(packed())));
        step("bulk: is frozen", true, () -> client.getBulkImportSession(session).isUploadFrozen());
        does("bulk: unfreeze", () -> client.unfreezeBulkImportSession(session));
        does("bulk: freeze again", () -> client.freezeBulkImportSession(session));
        does("bulk: freeze a frozen one", () -> client.freezeBulkImportSession(session));
        does("bulk: perform", () -> client.performBulkImportSession(session));
        step("bulk: its job", "SUCCESS", () -> status(wait(client.getBulkImportSession(session).getJobId())));
        step("bulk: counts", "READY 10 1 2 0", () -> {
            TDBulkImportSession s = client.getBulkImportSession(session);
            return s.getStatus() + " " + s.getValidRecords() + " " + s.getErrorRecords() + " " + s.getValidParts() + " " + s.getErrorParts();
        });
        step("bulk: error records", "{\"n\":99}", () -> client.<String>getBulkImportErrorRecords(session, in -> unpack(in, true)));
        does("bulk: commit", () -> client.commitBulkImportSession(session));
        step("bulk: committed", "COMMITTED", () -> {
            while (client.getBulkImportSession(session).getStatus() == TDBulkImportSession.ImportStatus.COMMITTING) {
                Thread.sleep(50);
            }
            return client.getBulkImportSession(session).getStatus().toString();
        });
        fails("bulk: perform after commit", new Status(422), () -> client.performBulkImportSession(session));
        step("bulk: rows", "[10,45]", () -> value("SELECT count(*), sum(n) FROM t_bulk"));
        step("bulk: list", true, () -> client.listBulkImportSessions().stream().anyMatch(s -> s.getName().equals(session)));
        does("bulk: delete", () -> client.deleteBulkImportSession(session));
        fails("bulk: missing", TDClientHttpNotFoundException.class, () -> client.getBulkImportSession(session));
    }

    static void checkSavedQueries() throws Exception {
        String name = "java_query_" + unique;
        TDSaveQueryRequest request = TDSavedQuery.newBuilder(name, TDJob.Type.PRESTO, SAMPLE, "SELECT 1", "Asia/Tokyo").setCron("0 3 * * *").setDelay(60).setPriority(-1).build();
        step("schedules: create", "0 3 * * * Asia/Tokyo 60 -1 SELECT 1 presto", () -> {
            TDSavedQuery q = client.saveQuery(request);
            return q.getCron() + " " + q.getTimezone() + " " + q.getDelay() + " " + q.getPriority() + " " + q.getQuery() + " " + q.getType().getType();
        });
        fails("schedules: create again", TDClientHttpConflictException.class, () -> client.saveQuery(request));
        fails("schedules: invalid cron", new Status(422), () -> client.saveQuery(
                TDSavedQuery.newBuilder(name + "x", TDJob.Type.PRESTO, SAMPLE, "SELECT 1", "UTC").setCron("nonsense").build()));
        step("schedules: list", true, () -> client.listSavedQueries().stream().anyMatch(q -> q.getName().equals(name)));
        step("schedules: update", "0 4 * * * SELECT 2", () -> {
            TDSavedQuery q = client.updateSavedQuery(name, TDSavedQuery.newUpdateRequestBuilder().setCron("0 4 * * *").setQuery("SELECT 2").build());
            return q.getCron() + " " + q.getQuery();
        });
        step("schedules: run", "SUCCESS", () -> status(wait(client.startSavedQuery(name, new Date(1_400_000_000_000L)))));
        step("schedules: run with a request", "SUCCESS", () -> status(wait(client.startSavedQuery(
                TDSavedQueryStartRequest.builder().name(name).scheduledTime(new Date(1_400_000_000_000L)).domainKey("java-run-" + unique).build()))));
        fails("schedules: run with the same domain_key", TDClientHttpConflictException.class, () -> client.startSavedQuery(
                TDSavedQueryStartRequest.builder().name(name).scheduledTime(new Date(1_400_000_000_000L)).domainKey("java-run-" + unique).build()));
        step("schedules: history", 2, () -> client.getSavedQueryHistory(name).getHistory().size());
        step("schedules: history of a range", 1, () -> client.getSavedQueryHistory(name, 0L, 1L).getHistory().size());
        step("schedules: delete", name, () -> client.deleteSavedQuery(name).getName());
        fails("schedules: delete again", TDClientHttpNotFoundException.class, () -> client.deleteSavedQuery(name));
    }

    static void checkConnectors() {
        fails("connectors: run a missing one", TDClientHttpNotFoundException.class, () -> client.startBulkLoadSession("nope_" + unique));
    }
}
