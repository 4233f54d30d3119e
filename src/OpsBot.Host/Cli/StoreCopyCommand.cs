using System.CommandLine;
using OpsBot.Chat.Cards;
using OpsBot.Runtime.Secrets;
using OpsBot.Storage.Copy;

namespace OpsBot.Host.Cli;

/// <summary><c>store copy</c>: from the SQLite file of a data folder to PostgreSQL.</summary>
internal static class StoreCopyCommand
{
    public static Command Create()
    {
        var from = new Option<string?>("--from") { Description = "The SQLite file. Default: opsbot.db of the data folder." };
        var to = new Option<string?>("--to")
        {
            Description = "Connection string of an empty database. Others on this machine can read arguments: for one with a password use --to-file, or the default, store.postgres of the configuration.",
        };
        var toFile = new Option<string?>("--to-file") { Description = "File with the connection string." };
        var dryRun = new Option<bool>("--dry-run") { Description = "Count what would be copied and say what is in the way. Changes nothing on either side." };
        var abandon = new Option<bool>("--abandon") { Description = "Give up a copy that has not ended: the SQLite store may be used again. Make the database anew before another try." };
        var (config, data, json) = (CommonOptions.Config(), CommonOptions.Data(), CommonOptions.Json());
        var command = new Command(
            "copy",
            "Move a SQLite store to an empty PostgreSQL database: everything, compared row by row in the end. OpsBot must be stopped. The SQLite store cannot be used\n"
            + "once the copy has begun; what was interrupted goes on where it was when this is run again.\n\n"
            + "Examples: opsbot store copy --dry-run · opsbot store copy --from data/opsbot.db --to-file /run/secrets/opsbot-store")
        {
            from, to, toFile, dryRun, abandon, config, data, json,
        };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var file = parsed.GetValue(from) ?? parsed.SqliteFile(data);
            if (parsed.GetValue(abandon))
            {
                await Console.Error.WriteLineAsync(await StoreCopy.AbandonAsync(file) ? "Given up: this store may be used again." : "No copy of this store has begun.");
                return ExitCode.Done;
            }

            await using var services = parsed.Services(config, data);
            var target = Target(parsed, to, toFile, parsed.LoadConfiguration(config).Configuration["store:postgres"]);
            var copy = services.GetRequiredService<StoreCopy>();
            return parsed.GetValue(dryRun)
                ? Show(await copy.PlanAsync(file, target, cancellationToken), parsed.GetValue(json))
                : Show(
                    await copy.RunAsync(
                        file,
                        target ?? throw new UnusableInputException("Copy to where? Set store.postgres, which 'opsbot serve' needs then anyway, or give --to-file FILE with the connection string."),
                        Console.Error.WriteLine,
                        cancellationToken),
                    parsed.GetValue(json));
        });
        return command;
    }

    /// <summary>The connection string, from where it is given; null for nowhere.</summary>
    private static string? Target(ParseResult parsed, Option<string?> to, Option<string?> toFile, string? configured)
    {
        if (parsed.GetValue(to) is { Length: > 0 } given)
        {
            return parsed.GetValue(toFile) is null ? given : throw new UnusableInputException("Give --to or --to-file, not both.");
        }

        if (parsed.GetValue(toFile) is { } file)
        {
            var (text, problem) = SecretFile.Read(file);
            return text?.Trim() ?? throw new UnusableInputException($"--to-file: {problem}.");
        }

        return configured is { Length: > 0 } ? configured : null;
    }

    private static int Show(CopyPlan plan, bool asJson)
    {
        if (asJson)
        {
            CommonOptions.WriteJson(plan);
            return plan.Problems.Count == 0 ? ExitCode.Done : ExitCode.Failed;
        }

        Console.WriteLine($"{plan.Rows.Values.Sum()} rows of {plan.Rows.Count(table => table.Value > 0)} tables would go from {PlainText.Line(plan.From, 500)} to {PlainText.Line(plan.To ?? "(no database named)", 500)}");
        WriteRows(plan.Rows);
        Say(plan.Resumes, "An interrupted copy of this store is there: it would go on where it was.");
        Say(plan.Schema < plan.NewestSchema, $"The source is at migration {plan.Schema}: it would be brought to {plan.NewestSchema} first.");
        Say(plan.Held > 0, $"{plan.Held} rows are in somebody's hands: they are given back first, and handled on the other side.");
        Say(plan.Replaced > 0, $"{plan.Replaced} rows hold U+0000, which PostgreSQL cannot keep: U+FFFD would stand in its place.");
        WriteBound(plan.Bound);
        foreach (var problem in plan.Problems)
        {
            Console.WriteLine($"BAD  {PlainText.Line(problem, 1000)}");
        }

        Console.WriteLine("Nothing was changed.");
        return plan.Problems.Count == 0 ? ExitCode.Done : ExitCode.Failed;
    }

    private static int Show(CopyOutcome done, bool asJson)
    {
        if (asJson)
        {
            CommonOptions.WriteJson(done);
            return ExitCode.Done;
        }

        Console.WriteLine(done.WasDone
            ? $"This copy to {PlainText.Line(done.To, 500)} was done before; nothing to do."
            : $"{done.Rows.Values.Sum()} rows of {done.Rows.Count(table => table.Value > 0)} tables are in {PlainText.Line(done.To, 500)}, each table compared with {PlainText.Line(done.From, 500)}.");
        foreach (var (table, rows) in done.Replaced)
        {
            Console.WriteLine($"In {rows} rows of {table} U+FFFD stands for characters that PostgreSQL cannot keep.");
        }

        WriteBound(done.Bound);
        Console.WriteLine("Next: set store.postgres, keep the data folder (audit.key, host, runs are there), 'opsbot audit verify', 'opsbot serve'. The SQLite store stays as it is, out of use.");
        return ExitCode.Done;
    }

    private static void WriteRows(IReadOnlyDictionary<string, long> rows)
    {
        foreach (var (table, count) in rows.Where(table => table.Value > 0))
        {
            Console.WriteLine($"{count,12}  {table}");
        }
    }

    private static void WriteBound(IReadOnlyDictionary<string, long> bound)
    {
        foreach (var (host, rows) in bound)
        {
            Console.WriteLine($"{rows} unhandled rows are bound to the data folder that is named {PlainText.Line(host, 200)}: only a host that is started with that folder handles them.");
        }
    }

    private static void Say(bool holds, string text)
    {
        if (holds)
        {
            Console.WriteLine(text);
        }
    }
}
