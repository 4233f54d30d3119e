using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using OpsBot.Actions.Audit;
using OpsBot.Chat.Cards;
using OpsBot.Contracts.Actions;
using OpsBot.Contracts.Ports;
using OpsBot.Host.Configuration;

namespace OpsBot.Host.Cli;

internal static class AuditCommand
{
    private const int PageSize = 1000;

    public static Command Create() => new(
        "audit",
        "Read the audit and prove that nobody changed it.\n\nExamples: opsbot audit verify · opsbot audit verify --head 57:9f3c… · opsbot audit list --of INC-3 · opsbot audit export --since 7d")
    {
        Verify(), List(), Export(),
    };

    private static Command Verify()
    {
        var head = new Option<string?>("--head") { Description = "A head noted earlier, SEQ:MAC as this verb prints it: the audit must still have that row." };
        var (config, data, json) = (CommonOptions.Config(), CommonOptions.Data(), CommonOptions.Json());
        var command = new Command("verify", "Find any altered, removed, reordered, inserted or cut off row. Exit status 0 whole, 1 not.") { head, config, data, json };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var noted = parsed.GetValue(head) is { } text ? Head(text) : null;
            await using var services = parsed.OpenStore(config, data);
            var anchors = services.GetRequiredService<AuditAnchors>();
            var (heads, unreadable) = anchors.Read();
            var finding = await services.GetRequiredService<AuditVerifier>().VerifyAsync(noted is null ? heads : [.. heads, noted], cancellationToken);
            if (unreadable > 0)
            {
                await Console.Error.WriteLineAsync($"{unreadable} lines of '{anchors.File}' cannot be read; a crash may leave one half written.");
            }

            if (parsed.GetValue(json))
            {
                CommonOptions.WriteJson(new { finding.Holds, finding.BadSeq, finding.Reason, finding.Head, Anchors = heads.Count, UnreadableAnchors = unreadable });
            }
            else if (finding.Holds)
            {
                Console.WriteLine(finding.Head is { } last ? $"whole: {last.Seq} rows, {heads.Count} anchors\nhead {last.Seq}:{last.Mac}" : "whole: no rows yet");
            }
            else
            {
                Console.WriteLine($"NOT whole: row {finding.BadSeq}: {finding.Reason}");
            }

            return finding.Holds ? ExitCode.Done : ExitCode.Failed;
        });
        return command;
    }

    private static Command List()
    {
        var subject = new Option<string?>("--of") { Description = "Only rows of this: INC-3, PROP-7, RUN-12." };
        var limit = new Option<int>("--limit") { Description = "At most this many. Default 50.", DefaultValueFactory = _ => 50 };
        var (config, data, json) = (CommonOptions.Config(), CommonOptions.Data(), CommonOptions.Json());
        var command = new Command("list", "List who did what, newest first.") { subject, limit, config, data, json };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            if (parsed.GetValue(limit) < 1)
            {
                throw new UnusableInputException($"--limit {parsed.GetValue(limit)} is not a number of rows; write 1 or more.");
            }

            await using var services = parsed.OpenStore(config, data);
            var rows = await services.GetRequiredService<IAuditReader>().NewestAsync(parsed.GetValue(subject), parsed.GetValue(limit), cancellationToken);
            if (parsed.GetValue(json))
            {
                CommonOptions.WriteJson(rows.Select(Shown));
                return ExitCode.Done;
            }

            foreach (var row in rows)
            {
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                    $"{row.Seq,6}  {row.At:yyyy-MM-dd HH:mm:ss}Z  {PlainText.Line(row.Kind, 30),-14} {PlainText.Line(row.Actor, 60),-14} {PlainText.Line(row.Subject, 60),-12} {PlainText.Line(row.Body, 300)}"));
            }

            return ExitCode.Done;
        });
        return command;
    }

    private static Command Export()
    {
        var since = new Option<string?>("--since") { Description = "Only rows from then on: 2026-11-01, 2026-11-01T12:00:00Z or 7d." };
        var (config, data, json) = (CommonOptions.Config(), CommonOptions.Data(), CommonOptions.Json());
        var command = new Command("export", "Write the audit to standard output, one JSON object a line, oldest first.") { since, config, data, json };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            await using var services = parsed.OpenStore(config, data);
            var from = parsed.GetValue(since) is { } text ? Time(text, services.GetRequiredService<TimeProvider>().GetUtcNow()) : DateTimeOffset.MinValue;
            var reader = services.GetRequiredService<IAuditReader>();
            for (var after = 0L; ;)
            {
                var page = await reader.PageAsync(after, PageSize, cancellationToken);
                foreach (var row in page.Where(row => row.At >= from))
                {
                    CommonOptions.WriteJson(Shown(row));
                }

                // numbers that go back are somebody's work; 'verify' says so, and this must still end
                if (page.Count < PageSize || page[^1].Seq <= after)
                {
                    return ExitCode.Done;
                }

                after = page[^1].Seq;
            }
        });
        return command;
    }

    private static object Shown(AuditRow row) => new { row.Seq, row.At, row.Kind, row.Actor, row.Subject, Details = Details(row.Body), row.Mac };

    /// <summary>An altered body may be anything: then it is shown as the text that it is.</summary>
    private static JsonNode? Details(string body)
    {
        try
        {
            return JsonNode.Parse(body);
        }
        catch (JsonException)
        {
            return JsonValue.Create(body);
        }
    }

    private static AuditHead Head(string text)
    {
        var parts = text.Split(':');
        return parts.Length == 2 && long.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var seq) && seq > 0
            && parts[1].Length == 64 && parts[1].All(char.IsAsciiHexDigit)
            ? new AuditHead(seq, parts[1].ToLowerInvariant(), default)
            : throw new UnusableInputException($"--head '{text}' is not a head; write it as 'opsbot audit verify' prints it: 57: and 64 hexadecimal digits.");
    }

    private static DateTimeOffset Time(string text, DateTimeOffset now) =>
        Durations.TryParse(text, out var ago) ? now - ago
        : DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at) ? at
        : throw new UnusableInputException($"--since '{text}' is not a time; write 2026-11-01, 2026-11-01T12:00:00Z or 7d.");
}
