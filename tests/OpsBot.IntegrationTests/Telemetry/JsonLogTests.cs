using System.Text.Json;
using OpsBot.IntegrationTests.Support;
using Shouldly;
using Xunit;

namespace OpsBot.IntegrationTests.Telemetry;

/// <summary>What <c>serve</c> writes on standard error where programs read it.</summary>
public sealed class JsonLogTests : IDisposable
{
    private readonly DataFolder _folder = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Each_line_is_an_object_with_the_fields_of_the_entry_and_the_trace_of_the_event()
    {
        var config = _folder.Write("opsbot.yaml", $"{AlertSender.Senders}\nlogging: {{ format: json }}\n");
        await using var opsbot = await OpsBotProcess.ServeAsync(_folder, config, Cancel);
        using var sender = new AlertSender();

        await sender.PostAsync(await opsbot.Webhooks, "", Cancel);

        var lines = await OpsBotProgram.UntilAsync(
            () => Task.FromResult(Lines(opsbot) is var all && all.Any(line => line.GetProperty("event").GetInt32() == 3001) ? all : null), "the quarantine to be logged", Cancel);
        var quarantined = lines.Single(line => line.GetProperty("event").GetInt32() == 3001);
        quarantined.GetProperty("level").GetString().ShouldBe("warning");
        quarantined.GetProperty("time").GetDateTimeOffset().ShouldBeGreaterThan(new DateTimeOffset(2020, 1, 1, 0, 0, 0, TimeSpan.Zero));
        quarantined.GetProperty("category").GetString().ShouldBe("OpsBot.Ingress.Webhooks.DeliveryTaker");
        quarantined.GetProperty("message").GetString()!.ShouldStartWith("A cloudevents delivery is in the quarantine: ");
        quarantined.GetProperty("fields").GetProperty("Source").GetString().ShouldBe("cloudevents");
        quarantined.GetProperty("traceId").GetString()!.Length.ShouldBe(32);
        quarantined.GetProperty("spanId").GetString()!.Length.ShouldBe(16);
        lines.ShouldContain(line => line.GetProperty("message").GetString()!.StartsWith("Webhooks on http://127.0.0.1:", StringComparison.Ordinal));
    }

    /// <exception cref="JsonException">A line is none.</exception>
    private static List<JsonElement> Lines(OpsBotProcess opsbot) =>
        [.. opsbot.Errors.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement)];
}
