import java.net.URI;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Objects;
import java.util.Properties;
import java.util.concurrent.Callable;

/** Runs the JDBC driver, which must be checked out, because no registry has it. */
public class Conformance {
    static final URI endpoint = URI.create(System.getenv("ENDPOINT"));
    static int count;

    static Connection connect(String type, String key) throws SQLException {
        Properties properties = new Properties();
        properties.setProperty("apikey", key);
        return DriverManager.getConnection("jdbc:td://" + endpoint.getHost() + ":" + endpoint.getPort() + "/sample_datasets;useSSL=false;type=" + type, properties);
    }

    static String quote(Object value) {
        return '"' + String.valueOf(value).replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n").replace("\t", "\\t").replace("\r", "\\r") + '"';
    }

    /** Reports whether call returns want, or throws an exception that contains want. */
    static void step(String name, Object want, boolean fails, Callable<Object> call) {
        count++;
        Object got;
        boolean ok;
        try {
            got = call.call();
            ok = !fails && Objects.equals(want, got);
        } catch (Exception e) {
            got = e;
            StringBuilder messages = new StringBuilder();
            for (Throwable t = e; t != null; t = t.getCause()) {
                messages.append(t.getMessage()).append('\n');
            }
            ok = fails && messages.toString().contains((String) want);
            got = e + ": " + messages;
        }
        System.out.println("{\"step\":" + quote(name) + ",\"ok\":" + ok + ",\"want\":" + quote(want) + ",\"got\":" + quote(ok ? "" : got) + "}");
    }

    /** Returns the rows of a query as text. */
    static String rows(Statement statement, String sql) throws SQLException {
        StringBuilder text = new StringBuilder();
        try (ResultSet result = statement.executeQuery(sql)) {
            int columns = result.getMetaData().getColumnCount();
            while (result.next()) {
                for (int i = 1; i <= columns; i++) {
                    text.append(result.getString(i)).append(i < columns ? "," : ";");
                }
            }
        }
        return text.toString();
    }

    public static void main(String[] args) throws Exception {
        Class.forName("com.treasuredata.jdbc.TreasureDataDriver");
        for (String type : new String[] {"presto", "hive"}) {
            try (Connection connection = connect(type, System.getenv("APIKEY")); Statement statement = connection.createStatement()) {
                checkQueries(type, statement);
                checkMetaData(type, connection);
            }
        }
        System.out.println("{\"done\":" + count + "}");
        System.exit(0); // the driver does not end its threads
    }

    static void checkQueries(String type, Statement statement) {
        String text = type.equals("hive") ? "string" : "varchar";
        step(type + ": count", "8352;", false, () -> rows(statement, "SELECT count(*) FROM nasdaq"));
        step(type + ": values", "7,1.5,a,b;", false, () -> rows(statement,
                "SELECT CAST(7 AS bigint), CAST(1.5 AS double), CAST('a,b' AS " + text + ")"));
        step(type + ": boolean", true, false, () -> {
            try (ResultSet result = statement.executeQuery("SELECT true")) {
                return result.next() && result.getBoolean(1);
            }
        });
        step(type + ": null", "null;", false, () -> rows(statement, "SELECT CAST(NULL AS bigint)"));
        step(type + ": no rows", "", false, () -> rows(statement, "SELECT symbol FROM nasdaq WHERE 1 = 0"));
        step(type + ": several rows", "1;2;3;", false, () -> rows(statement,
                "SELECT CAST(n AS bigint) FROM (SELECT 1 AS n UNION ALL SELECT 2 UNION ALL SELECT 3) t ORDER BY 1"));
        step(type + ": Unicode", "ü日本;", false, () -> rows(statement, "SELECT 'ü日本' AS s"));
        step(type + ": columns", "symbol varchar, n bigint", false, () -> {
            try (ResultSet result = statement.executeQuery("SELECT symbol, count(*) AS n FROM nasdaq GROUP BY symbol LIMIT 1")) {
                result.next();
                ResultSetMetaData data = result.getMetaData();
                String first = data.getColumnTypeName(1).replace("string", "varchar");
                return data.getColumnName(1) + " " + first + ", " + data.getColumnName(2) + " " + data.getColumnTypeName(2);
            }
        });
        step(type + ": getters", "8352 8352 8352", false, () -> {
            try (ResultSet result = statement.executeQuery("SELECT count(*) AS n FROM nasdaq")) {
                result.next();
                return result.getLong("n") + " " + result.getInt(1) + " " + result.getString(1);
            }
        });
        step(type + ": missing table", "", true, () -> rows(statement, "SELECT a FROM no_such_table"));
    }

    static void checkMetaData(String type, Connection connection) {
        step(type + ": tables", "nasdaq www_access", false, () -> {
            StringBuilder names = new StringBuilder();
            try (ResultSet result = connection.getMetaData().getTables(null, "sample_datasets", "%", null)) {
                while (result.next()) {
                    names.append(names.length() > 0 ? " " : "").append(result.getString("TABLE_NAME"));
                }
            }
            return names.toString();
        });
    }
}
