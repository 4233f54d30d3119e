using System.Data.Common;
using System.Globalization;
using FsCheck;
using FsCheck.Fluent;
using OpsBot.Contracts.Ports;
using OpsBot.Storage.Messages;
using OpsBot.Tests.Support;

namespace OpsBot.Tests.Storage.Messages;

/// <summary>What is claimed is what the rule says, and finding it does not cost by the rows that wait.</summary>
public sealed class ClaimsTests : IAsyncLifetime
{
    private const string Kind = "k0";
    private readonly StoreFixture _store = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => await _store.Reader.CountAsync(Token);

    public ValueTask DisposeAsync() => _store.DisposeAsync();

    [Fact]
    public void Whatever_the_table_holds_the_claim_takes_what_the_rule_says() => Holds(Tables(streams: 6, rows: 40), 150);

    /// <summary>So many rows wait that the oldest are not enough, and the streams are gone through.</summary>
    [Fact]
    public void The_same_holds_with_many_rows_waiting_in_few_streams() => Holds(Tables(streams: 4, rows: 400), 40);

    [Fact]
    public void The_oldest_and_the_streams_are_found_by_index_and_no_waiting_row_is_scanned()
    {
        TestEngine.SkipOnPostgres("SQLite's own words for a plan");
        foreach (var sql in new[] { ClaimQueries.AmongTheOldest, ClaimQueries.FirstOfEachStream, ClaimQueries.CountOldest })
        {
            var plan = Query($"explain query plan {sql}", row => row.GetString(3));

            plan.ShouldNotBeEmpty();
            // 'a' are rows in somebody's hands, 'm' as it is scanned, 'oldest', 's' and 'c' what the query itself has found
            plan.Where(step => step.StartsWith("SCAN", StringComparison.Ordinal))
                .Where(step => step is not ("SCAN m" or "SCAN oldest" or "SCAN s" or "SCAN c" or "SCAN a USING INDEX messages_leased"))
                .ShouldBeEmpty(string.Join('\n', plan));
            plan.Where(step => step.StartsWith("SEARCH m ", StringComparison.Ordinal))
                .ShouldAllBe(step => step == "SEARCH m USING INTEGER PRIMARY KEY (rowid=?)", string.Join('\n', plan));
            plan.Where(step => step.StartsWith("SEARCH w ", StringComparison.Ordinal) || step.StartsWith("SEARCH messages ", StringComparison.Ordinal))
                .ShouldAllBe(step => step.Contains("INDEX messages_source_due (kind=? AND source=? AND due_at>? AND due_at<?)", StringComparison.Ordinal), string.Join('\n', plan));
        }

        string.Join('\n', Query($"explain query plan {ClaimQueries.FirstOfEachStream}", row => row.GetString(3))).ShouldSatisfyAllConditions(
            plan => plan.ShouldContain("SEARCH n USING INDEX messages_waiting (kind=? AND stream>?)"),
            plan => plan.ShouldContain("SEARCH h USING INDEX messages_stream (stream=?)"),
            plan => plan.ShouldMatch(@"SEARCH l USING (COVERING )?INDEX messages_held_first \(stream=\?\)"));
    }

    [Fact]
    public void Senders_are_gone_through_by_the_index()
    {
        TestEngine.SkipOnPostgres("SQLite's own words for a plan");
        var plan = Query($"explain query plan {ClaimQueries.DueSources}", row => row.GetString(3));

        plan.Where(step => step.StartsWith("SCAN", StringComparison.Ordinal)).ShouldAllBe(step => step == "SCAN s" || step == "SCAN k", string.Join('\n', plan));
        // whole conditions: a part of one would go over all rows of a kind for each sender of it
        plan.ShouldContain(step => step.Contains("INDEX messages_source_due (kind=? AND source>?)", StringComparison.Ordinal), string.Join('\n', plan));
        plan.ShouldContain(step => step.Contains("INDEX messages_source_due (kind=? AND source=?)", StringComparison.Ordinal), string.Join('\n', plan));
        plan.ShouldContain(step => step.EndsWith("(kind>?)", StringComparison.Ordinal), string.Join('\n', plan));
    }

    /// <summary>One sender's flood is not in the way of another's alert.</summary>
    [Fact]
    public async Task Each_sender_gets_its_share_and_what_others_leave_of_theirs()
    {
        await SendAsync("flood", 500);
        await SendAsync("calm", 2);
        await SendAsync("other", 40);

        var first = await _store.ClaimAsync(Note.Kind, 30);

        first.Count.ShouldBe(30);
        Sources(first).ShouldBe(new Dictionary<string, int> { ["calm"] = 2, ["flood"] = 14, ["other"] = 14 }, ignoreOrder: true);
        // What is in hand counts: those with less come first.
        await SendAsync("late", 5);
        Sources(await _store.ClaimAsync(Note.Kind, 33)).ShouldBe(new Dictionary<string, int> { ["late"] = 1, ["flood"] = 1, ["other"] = 1 }, ignoreOrder: true);
    }

    private async Task SendAsync(string source, int count)
    {
        for (var number = 0; number < count; number++)
        {
            var key = string.Create(CultureInfo.InvariantCulture, $"{source}-{number}");
            await _store.Intake.AcceptAsync(new Delivery(source, key, [new(Note.Kind, key, "{}")]), Token);
        }
    }

    private Dictionary<string, int> Sources(IEnumerable<ClaimedMessage> rows)
    {
        var ids = string.Join(',', rows.Select(row => row.Id));
        return Query($"select source, count(*) from messages where id in ({ids}) group by source", row => (row.GetString(0), row.GetInt32(1)))
            .ToDictionary(row => row.Item1, row => row.Item2);
    }

    private void Holds(Gen<Table> tables, int times)
    {
        var all = 0;
        times /= TestEngine.IsPostgres && !LongRun.IsOn ? 4 : 1;
        Check.One(
            Config.QuickThrowOnFailure.WithMaxTest(times),
            Prop.ForAll(Arb.From(tables), table =>
            {
                Write(table.Rows);
                var claimed = _store.ClaimAsync(Kind, table.Most).GetAwaiter().GetResult();
                all += claimed.Count;
                claimed.Select(row => (row.Id, row.LeaseToken)).ShouldBe(Model.Claim(table, Host));
            }));
        all.ShouldBeGreaterThan(times / 2, "tables in which nothing can be claimed show little");
    }

    private long Now => _store.Clock.GetUtcNow().ToUnixTimeMilliseconds();

    private string Host => _store.Get<WorkerIdentity>().Host;

    private string Owner => _store.Get<WorkerIdentity>().Owner;

    private Gen<Table> Tables(int streams, int rows)
    {
        var row =
            from stream in Gen.Choose(0, streams - 1)
            from kind in Gen.Frequency((5, Gen.Constant(Kind)), (1, Gen.Constant("k1")))
            from due in Gen.Frequency((8, Gen.Choose(-50, 0)), (2, Gen.Choose(1, 5)))
            from attempts in Gen.Frequency((4, Gen.Constant(0)), (1, Gen.Choose(1, 3)))
            from abandoned in Gen.Frequency((7, Gen.Constant(0)), (2, Gen.Choose(1, 3)))
            from state in Gen.Frequency((rows, Gen.Constant(State.Waits)), (1, Gen.Constant(State.OnOwnBus)), (1, Gen.Constant(State.Held)), (1, Gen.Constant(State.HeldForLong)), (rows / 10, Gen.Constant(State.Handled)), (rows / 12, Gen.Constant(State.Dead)))
            from host in Gen.Frequency((8, Gen.Constant<string?>(null)), (1, Gen.Constant<string?>(Host)), (1, Gen.Constant<string?>("another")))
            select new Row($"s{stream}", kind, due, attempts, abandoned, state, host);
        return from all in Gen.ArrayOf(row, rows)
               from most in Gen.Choose(1, 12)
               select new Table(all, most);
    }

    private void Write(IReadOnlyList<Row> rows)
    {
        using var connection = Open();
        using var transaction = connection.BeginTransaction();
        using var command = connection.CreateCommand();
        command.CommandText = TestEngine.IsPostgres ? "truncate messages restart identity" : "delete from messages; delete from sqlite_sequence";
        command.ExecuteNonQuery();
        command.CommandText =
            """
            insert into messages (kind, stream, body, source, host, created_at, due_at, attempts, abandoned, lease_token, leased_by, lease_until, published_at, handled_at, dead_at)
            values (@kind, @stream, '{}', 'test', @host, 0, @due, @attempts, @abandoned, @token, @owner, @until, @published, @handled, @dead)
            """;
        foreach (var row in rows)
        {
            command.Parameters.Clear();
            var isHeld = row.State is State.OnOwnBus or State.Held or State.HeldForLong;
            foreach (var (name, value) in new (string, object?)[]
            {
                ("@kind", row.Kind), ("@stream", row.Stream), ("@host", row.Host), ("@due", Now + row.Due), ("@attempts", row.Attempts),
                ("@abandoned", row.Abandoned), ("@token", isHeld ? 1 : 0),
                ("@owner", row.State switch { State.OnOwnBus => Owner, State.Held or State.HeldForLong => "somebody", _ => null }), ("@until", isHeld ? Now + 1000 : null),
                ("@published", row.State switch { State.OnOwnBus or State.Held => Now - (30_000 * row.Abandoned) + 1, State.HeldForLong => Now - (30_000 * row.Abandoned), _ => null }),
                ("@handled", row.State == State.Handled ? 1 : null), ("@dead", row.State == State.Dead ? 1 : null),
            })
                Add(command, name, value);
            command.ExecuteNonQuery();
        }

        transaction.Commit();
    }

    private List<T> Query<T>(string sql, Func<DbDataReader, T> read)
    {
        using var connection = Open();
        using var command = connection.CreateCommand();
#pragma warning disable CA2100 // the project's own text
        command.CommandText = sql;
#pragma warning restore CA2100
        foreach (var name in new[] { "@kind", "@source", "@host", "@now", "@since", "@window", "@limit", "@harmless", "@suspicion" })
            Add(command, name, 1);
        using var reader = command.ExecuteReader();
        var rows = new List<T>();
        while (reader.Read())
            rows.Add(read(reader));
        return rows;
    }

    private static void Add(DbCommand command, string name, object? value)
    {
        var parameter = command.CreateParameter();
        (parameter.ParameterName, parameter.Value) = (name, value switch { null => DBNull.Value, int number => (long)number, _ => value });
        command.Parameters.Add(parameter);
    }

    private DbConnection Open() => TestEngine.Open(_store.Folder);

    private enum State
    {
        Waits,
        OnOwnBus,
        Held,

        /// <summary>For longer than a row that brings the process down could be.</summary>
        HeldForLong,
        Handled,
        Dead,
    }

    /// <param name="Due">Milliseconds from now.</param>
    private sealed record Row(string Stream, string Kind, int Due, int Attempts, int Abandoned, State State, string? Host)
    {
        public bool IsPending => State is State.Waits or State.OnOwnBus or State.Held or State.HeldForLong;

        public bool IsSuspect => Abandoned > 1;

        public bool IsLeased => State is State.OnOwnBus or State.Held or State.HeldForLong;
    }

    /// <param name="Rows">In the order of their ids, which begin with 1.</param>
    private sealed record Table(Row[] Rows, int Most)
    {
        public override string ToString() => string.Create(
            CultureInfo.InvariantCulture, $"most {Most}:\n{string.Join('\n', Rows.Select((row, at) => $"{at + 1} {row}"))}");
    }

    /// <summary>The rule, word for word, over all pairs of rows.</summary>
    private static class Model
    {
        public static List<(long Id, long Token)> Claim(Table table, string host)
        {
            var rows = table.Rows.Select((row, at) => (Id: at + 1L, Row: row)).ToList();
            var limit = table.Most - rows.Count(one => one.Row.State == State.OnOwnBus && one.Row.Kind == Kind);
            var isSuspectInHand = rows.Exists(one => one.Row.Kind == Kind && one.Row.IsSuspect && one.Row.State is (State.OnOwnBus or State.Held));
            var first = rows
                .Where(one => one.Row.Kind == Kind && one.Row.State == State.Waits && one.Row.Due <= 0 && (one.Row.Host is null || one.Row.Host == host))
                .Where(one => !rows.Exists(other => other.Row.Stream == one.Row.Stream && other.Id != one.Id && other.Row.IsPending
                    && (other.Row.IsLeased || (other.Id < one.Id && (other.Row.Due <= 0 || other.Row.Attempts > 0)))))
                .Where(one => !one.Row.IsSuspect || !isSuspectInHand)
                .OrderBy(one => one.Row.Due).ThenBy(one => one.Id)
                .Take(Math.Max(0, limit)).ToList();
            var alone = first.Find(one => one.Row.IsSuspect).Id;
            return [.. first.Where(one => !one.Row.IsSuspect || one.Id == alone).Select(one => (one.Id, 1L))];
        }
    }
}
