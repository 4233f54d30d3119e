using System.Buffers;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;
using OpsBot.Contracts;
using OpsBot.Contracts.Telemetry;
using OpsBot.Runtime.Redaction;

namespace OpsBot.Host.Telemetry;

/// <summary>One JSON object a line: time, level, event id, category, message, its fields, and the trace in which it was logged.</summary>
internal sealed class JsonLogFormatter(TimeProvider clock, IServiceProvider services) : ConsoleFormatter(FormatterName)
{
    public const string FormatterName = "opsbot-json";

    private const string Template = "{OriginalFormat}";

    private static readonly JsonWriterOptions Writing = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    // asked for late: what makes the redactor may want to log itself
    private readonly Lazy<IRedactor?> _redactor = new(services.GetService<IRedactor>);

    public override void Write<TState>(in LogEntry<TState> logEntry, IExternalScopeProvider? scopeProvider, TextWriter textWriter)
    {
        var line = new ArrayBufferWriter<byte>(512);
        using (var json = new Utf8JsonWriter(line, Writing))
        {
            json.WriteStartObject();
            json.WriteString("time", OpsBotJson.Format(clock.GetUtcNow()));
            json.WriteString("level", Word(logEntry.LogLevel));
            json.WriteNumber("event", logEntry.EventId.Id);
            json.WriteString("category", logEntry.Category);
            json.WriteString("message", Shown(logEntry.Formatter(logEntry.State, logEntry.Exception)));
            WriteFields(json, logEntry.State as IReadOnlyList<KeyValuePair<string, object?>> ?? []);
            WriteTrace(json);
            if (logEntry.Exception is { } failure)
            {
                json.WriteString("exception", Shown(failure.ToString()));
            }

            json.WriteEndObject();
        }

        textWriter.Write(Encoding.UTF8.GetString(line.WrittenSpan));
        textWriter.Write('\n');
    }

    private static string Word(LogLevel level) => level switch
    {
        LogLevel.Trace => "trace",
        LogLevel.Debug => "debug",
        LogLevel.Information => "info",
        LogLevel.Warning => "warning",
        LogLevel.Error => "error",
        _ => "critical",
    };

    private void WriteFields(Utf8JsonWriter json, IReadOnlyList<KeyValuePair<string, object?>> fields)
    {
        var isOpen = false;
        foreach (var (name, value) in fields)
        {
            if (name == Template)
            {
                continue;
            }

            if (!isOpen)
            {
                json.WriteStartObject("fields");
                isOpen = true;
            }

            switch (value)
            {
                case long or int or short or byte:
                    json.WriteNumber(name, Convert.ToInt64(value, CultureInfo.InvariantCulture));
                    break;
                case bool flag:
                    json.WriteBoolean(name, flag);
                    break;
                case null:
                    json.WriteNull(name);
                    break;
                default:
                    json.WriteString(name, Shown(Convert.ToString(value, CultureInfo.InvariantCulture) ?? ""));
                    break;
            }
        }

        if (isOpen)
        {
            json.WriteEndObject();
        }
    }

    /// <summary>Only spans of our own: those of the web server may go by what a caller says.</summary>
    private static void WriteTrace(Utf8JsonWriter json)
    {
        if (Activity.Current is { } span && span.Source == Instruments.Spans)
        {
            json.WriteString("traceId", span.TraceId.ToHexString());
            json.WriteString("spanId", span.SpanId.ToHexString());
        }
    }

    private string Shown(string text) => _redactor.Value?.Redact(text) ?? text;
}
