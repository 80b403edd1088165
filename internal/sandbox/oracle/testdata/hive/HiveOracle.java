import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.hive.conf.HiveConf;
import org.apache.hadoop.hive.metastore.api.FieldSchema;
import org.apache.hadoop.hive.ql.Driver;
import org.apache.hadoop.hive.ql.processors.CommandProcessorResponse;
import org.apache.hadoop.hive.ql.session.SessionState;

/**
 * Answers HiveQL statements with Apache Hive in this process, on local files and a metastore in memory.
 *
 * Each line of standard input is a statement as a JSON text. For each, one line is written to standard output: an object
 * with the types "t" and the rows "r", whose values are texts as Hive's command line prints them, or with the error "e".
 */
public class HiveOracle {
  public static void main(String[] args) throws Exception {
    if (HiveOracle.class.getClassLoader() instanceof URLClassLoader) {
      answer();
      return;
    }
    // Hive 2 requires a URLClassLoader, which the application's loader of Java 9 and later is not.
    List<URL> urls = new ArrayList<>();
    for (String entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
      urls.add(new File(entry).toURI().toURL());
    }
    URLClassLoader loader = new URLClassLoader(urls.toArray(new URL[0]), ClassLoader.getPlatformClassLoader());
    Thread.currentThread().setContextClassLoader(loader);
    loader.loadClass("HiveOracle").getMethod("main", String[].class).invoke(null, (Object) args);
  }

  private static void answer() throws Exception {
    PrintStream out = new PrintStream(new FileOutputStream(FileDescriptor.out), true, "UTF-8");
    System.setOut(System.err);
    HiveConf conf = configure();
    SessionState session = new SessionState(conf);
    session.in = new ByteArrayInputStream(new byte[0]);
    session.setIsSilent(true);
    SessionState.start(session);
    ObjectMapper json = new ObjectMapper();
    BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line; (line = in.readLine()) != null; ) {
      ByteArrayOutputStream messages = new ByteArrayOutputStream();
      session.out = session.err = session.info = new PrintStream(messages, true, "UTF-8");
      out.println(json.writeValueAsString(run(json.readValue(line, String.class))));
    }
    Runtime.getRuntime().halt(0); // Hive's threads do not end by themselves
  }

  private static HiveConf configure() throws Exception {
    Path dir = Path.of(System.getProperty("java.io.tmpdir"));
    Path scratch = Files.createDirectories(dir.resolve("scratch"));
    Files.setPosixFilePermissions(scratch, PosixFilePermissions.fromString("rwx-wx-wx")); // Hive checks this
    HiveConf conf = new HiveConf(SessionState.class);
    String[][] settings = {
      {"javax.jdo.option.ConnectionURL", "jdbc:derby:memory:metastore;create=true"},
      {"datanucleus.schema.autoCreateAll", "true"},
      {"hive.metastore.schema.verification", "false"},
      {"hive.metastore.warehouse.dir", dir.resolve("warehouse").toUri().toString()},
      {"hive.exec.scratchdir", scratch.toUri().toString()},
      {"hive.exec.local.scratchdir", dir.resolve("local").toString()},
      {"hive.downloaded.resources.dir", dir.resolve("resources").toString()},
      {"hive.querylog.location", dir.resolve("log").toString()},
      {"hadoop.tmp.dir", dir.resolve("hadoop").toString()},
      {"fs.defaultFS", "file:///"},
      {"mapreduce.framework.name", "local"},
      {"mapreduce.job.reduces", "1"},
      {"mapreduce.client.progress.pollinterval", "50"},
      {"mapreduce.client.completion.pollinterval", "50"},
      {"hive.exec.counters.pull.interval", "50"},
      {"hive.execution.engine", "mr"},
      {"hive.exec.submitviachild", "false"},
      {"hive.exec.submit.local.task.via.child", "false"},
      {"hive.stats.autogather", "false"},
      {"hive.support.concurrency", "false"},
      {"hive.mapred.mode", "nonstrict"},
      {"hive.strict.checks.cartesian.product", "false"},
      {"hive.support.sql11.reserved.keywords", "false"},
    };
    for (String[] setting : settings) {
      conf.set(setting[0], setting[1]);
    }
    return conf;
  }

  private static Map<String, Object> run(String sql) {
    Map<String, Object> result = new LinkedHashMap<>();
    Driver driver = new Driver(SessionState.get().getConf());
    driver.setTryCount(Integer.MAX_VALUE);
    try {
      CommandProcessorResponse response = driver.run(sql);
      if (response.getResponseCode() != 0) {
        result.put("e", String.valueOf(response.getErrorMessage()));
        return result;
      }
      List<String> types = new ArrayList<>();
      if (driver.getSchema() != null && driver.getSchema().getFieldSchemas() != null) {
        for (FieldSchema field : driver.getSchema().getFieldSchemas()) {
          types.add(field.getType());
        }
      }
      List<String[]> rows = new ArrayList<>();
      for (List<String> page = new ArrayList<>(); driver.getResults(page); page.clear()) {
        for (Object row : page) {
          rows.add(row.toString().split("\t", -1));
        }
      }
      result.put("t", types);
      result.put("r", rows);
    } catch (Throwable e) { // an error of a function reaches the reader of the rows
      result.clear();
      Throwable cause = e;
      while (cause.getCause() != null) {
        cause = cause.getCause();
      }
      result.put("e", String.valueOf(cause));
    } finally {
      driver.close();
      driver.destroy();
    }
    return result;
  }
}
