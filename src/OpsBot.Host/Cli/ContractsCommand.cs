using System.CommandLine;
using OpsBot.Chat.Cards;
using OpsBot.Contracts.Apis;
using OpsBot.Signals.ApiDiff;

namespace OpsBot.Host.Cli;

internal static class ContractsCommand
{
    public static Command Create() => new(
        "contracts", "Descriptions of APIs: OpenAPI, JSON Schema, protobuf descriptors, GraphQL.\n\nExample: opsbot contracts diff old/openapi.yaml new/openapi.yaml")
    {
        Diff(),
    };

    private static Command Diff()
    {
        var old = new Argument<string>("old") { Description = "The description that callers rely on." };
        var next = new Argument<string>("new") { Description = "The description that is to take its place." };
        var format = new Option<string?>("--format") { Description = "openapi, json-schema, protobuf or graphql. Default: by what is in the files." };
        var json = CommonOptions.Json();
        var command = new Command(
            "diff", "Say what the new description breaks for callers of the old one. Exit status: 0 nothing surely, 1 something, 2 a file cannot be used.")
        {
            old, next, format, json,
        };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            try
            {
                ApiFormat? stated = parsed.GetValue(format) is { } name ? ApiFormats.Named(name) : null;
                var before = await ReadAsync(parsed.GetRequiredValue(old), stated, cancellationToken);
                // which of JSON Schema and others the second one is the first one says better than its own beginning
                var found = ApiComparison.Of(before, await ReadAsync(parsed.GetRequiredValue(next), stated ?? before.Format, cancellationToken));
                Write(found, parsed.GetValue(json));
                return found.Breaks ? ExitCode.Failed : ExitCode.Done;
            }
            catch (UnreadableApiException unreadable)
            {
                throw new UnusableInputException(unreadable.Message);
            }
        });
        return command;
    }

    private static async Task<ApiDescription> ReadAsync(string file, ApiFormat? format, CancellationToken cancellationToken)
    {
        try
        {
            await using var stream = File.OpenRead(file);
            using var bytes = new MemoryStream();
            var buffer = new byte[64 * 1024];
            // one more than is taken, so that what is too large is seen without being read
            for (int read; bytes.Length <= ApiReader.MaxBytes && (read = await stream.ReadAsync(buffer, cancellationToken)) > 0;)
            {
                bytes.Write(buffer, 0, read);
            }

            return ApiReader.Read(bytes.GetBuffer().AsMemory(0, (int)bytes.Length), format);
        }
        catch (UnreadableApiException unreadable)
        {
            throw new UnusableInputException($"{file}: {unreadable.Message}");
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new UnusableInputException($"'{file}' cannot be read: {failure.Message}");
        }
    }

    private static void Write(ApiComparison found, bool json)
    {
        if (json)
        {
            CommonOptions.WriteJson(new { found.Breaks, found.Changes, found.More });
            return;
        }

        foreach (var change in found.Changes)
        {
            var severity = change.Severity == ApiChangeSeverity.Breaking ? "breaks   " : "may break";
            Console.WriteLine(PlainText.Line($"{severity}  {change.Path}: {change.Did(change.Subject)}{(change.Hint is { } hint ? $" ({hint})" : "")}", 1_000).Value);
        }

        if (found.More > 0)
        {
            Console.WriteLine($"and {found.More} more");
        }

        if (found.Changes.Count == 0)
        {
            Console.Error.WriteLine("Nothing that a caller would notice.");
        }
    }
}
