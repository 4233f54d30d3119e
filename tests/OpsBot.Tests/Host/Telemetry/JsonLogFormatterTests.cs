using System.Diagnostics;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using OpsBot.Contracts.Telemetry;
using OpsBot.Host.Telemetry;
using OpsBot.Runtime;
using OpsBot.Runtime.Redaction;
using OpsBot.Tests.Support;

namespace OpsBot.Tests.Host.Telemetry;

public sealed partial class JsonLogFormatterTests
{
    private const string Secret = "hunter2-and-more-of-it";

    [Fact]
    public void Fields_keep_their_types_beside_the_message()
    {
        var line = Written(log => LogFailed(log, 17, "alert.reported", "a \"quoted\"\nreason"));

        line.GetProperty("time").GetString().ShouldBe("2026-01-05T03:00:00Z");
        line.GetProperty("level").GetString().ShouldBe("warning");
        line.GetProperty("event").GetInt32().ShouldBe(9001);
        line.GetProperty("message").GetString().ShouldBe("Message 17 (alert.reported) failed: a \"quoted\"\nreason");
        line.GetProperty("fields").GetRawText().ShouldBe("""{"Id":17,"Kind":"alert.reported","Reason":"a \"quoted\"\nreason"}""");
        line.TryGetProperty("traceId", out _).ShouldBeFalse();
    }

    [Fact]
    public void Secrets_are_taken_out_of_the_message_its_fields_and_the_exception()
    {
        var line = Written(log =>
        {
            LogFailed(log, 1, "kind", $"it said {Secret}");
            Thrown(log, new InvalidOperationException($"no entry for {Secret}"));
        });

        line.GetRawText().ShouldNotContain(Secret);
        line.GetRawText().ShouldContain("no entry for [redacted:");
    }

    [Fact]
    public void Only_a_span_of_our_own_names_the_trace()
    {
        // made before the listener: a source that is made later asks it before it stands in its field
        var ours = Instruments.Spans;
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name is "test.webserver" || source == ours,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.PropagationData,
        };
        ActivitySource.AddActivityListener(listener);
        using var others = new ActivitySource("test.webserver");
        using (others.StartActivity("a request"))
        {
            Written(log => LogFailed(log, 1, "kind", "reason")).TryGetProperty("traceId", out _).ShouldBeFalse("it may go by what a caller says");
        }

        using var own = TraceContext.Root("some", "work", ActivityKind.Internal);
        Written(log => LogFailed(log, 1, "kind", "reason")).GetProperty("traceId").GetString().ShouldBe(own!.TraceId.ToHexString());
    }

    /// <summary>The last line that is written, which must be one line.</summary>
    private static JsonElement Written(Action<ILogger> log)
    {
        var known = new KnownSecrets();
        known.Add(Secret);
        using var services = new ServiceCollection().AddSingleton(known).AddRuntime().BuildServiceProvider();
        using var text = new StringWriter();
        log(new ToFormatter(new JsonLogFormatter(new ManualClock(), services), text));
        var lines = text.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        lines.ShouldAllBe(line => !line.Contains(Secret, StringComparison.Ordinal));
        return JsonDocument.Parse(lines[^1]).RootElement;
    }

    [LoggerMessage(9001, LogLevel.Warning, "Message {Id} ({Kind}) failed: {Reason}")]
    private static partial void LogFailed(ILogger log, long id, string kind, string reason);

    [LoggerMessage(9002, LogLevel.Error, "It was thrown.")]
    private static partial void Thrown(ILogger log, Exception failure);

    private sealed class ToFormatter(JsonLogFormatter formatter, TextWriter to) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter1) =>
            formatter.Write(new LogEntry<TState>(logLevel, "category", eventId, state, exception, formatter1), null, to);
    }
}
