using System.Globalization;
using System.Text.Json;
using OpsBot.Runtime.Text;
using OpsBot.Signals.LogTemplates;

namespace OpsBot.Evidence.Files;

/// <summary>Reads a log record that is a JSON object, by the names that common libraries use, one level of nesting deep.</summary>
internal static class JsonLogRecord
{
    /// <summary>Null where the line is no JSON object, or one without a message.</summary>
    public static LogLine? Read(ReadOnlySpan<byte> line, LogTimestamp timestamp)
    {
        var reader = new Utf8JsonReader(JsonEscapes.Mended(line) ?? line, new JsonReaderOptions { MaxDepth = 64, CommentHandling = JsonCommentHandling.Disallow });
        var fields = new Fields(timestamp);
        try
        {
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject) return null;
            ReadObject(ref reader, "", fields);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // cut off: what was read before is still worth having
        }

        return fields.ToLine();
    }

    private static void ReadObject(ref Utf8JsonReader reader, string prefix, Fields fields)
    {
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = prefix + reader.GetString();
            reader.Read();
            if (reader.TokenType == JsonTokenType.StartObject && prefix.Length == 0) ReadObject(ref reader, name + ".", fields);
            else if (reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray) reader.Skip();
            else if (reader.TokenType == JsonTokenType.String) fields.Take(name, reader.GetString()!, null);
            else if (reader.TokenType == JsonTokenType.Number && reader.TryGetDouble(out var number)) fields.Take(name, null, number);
        }
    }

    private sealed class Fields(LogTimestamp timestamp)
    {
        private long? _time;
        private string? _level;
        private string? _message;
        private string? _service;
        private string? _instance;
        private string? _trace;
        private string? _error;
        private string? _stack;

        public void Take(string name, string? text, double? number)
        {
            switch (name.ToLowerInvariant())
            {
                case "time" or "timestamp" or "@timestamp" or "ts" or "t" or "datetime" or "date" or "eventtime" or "asctime" or "@t":
                    _time ??= Time(text, number);
                    break;
                case "level" or "severity" or "lvl" or "loglevel" or "log.level" or "levelname" or "severity_text" or "severitytext" or "@l":
                    _level ??= text is not null ? LogLevels.Normalise(text) ?? text.ToUpperInvariant() : Level(number);
                    break;
                case "message" or "msg" or "log" or "text" or "event" or "body" or "short_message" or "@m" or "@mt":
                    if (_message is null || name is "message" or "msg") _message = text ?? _message;
                    break;
                case "service" or "service.name" or "service_name" or "servicename" or "app" or "application" or "kubernetes.container_name" or "resource.service.name":
                    _service ??= text;
                    break;
                case "instance" or "pod" or "pod_name" or "kubernetes.pod_name" or "host" or "hostname" or "host.name" or "container_id" or "instance_id":
                    _instance ??= text;
                    break;
                case "trace" or "traceid" or "trace_id" or "trace.id" or "dd.trace_id":
                    _trace ??= text;
                    break;
                case "error" or "err" or "error.message" or "err.message" or "exception" or "exception.message" or "@x":
                    _error ??= text;
                    break;
                case "stack" or "stack_trace" or "stacktrace" or "err.stack" or "error.stack_trace" or "exc_info" or "exception.stacktrace":
                    _stack ??= text;
                    break;
            }
        }

        public LogLine? ToLine()
        {
            var message = _message?.TrimEnd('\n', '\r') ?? _error;
            if (message is null) return null;
            if (_error is not null && !message.Contains(_error, StringComparison.Ordinal)) message = $"{message}: {_error}";
            if (_stack is not null) message = $"{message}\n{_stack}";
            return new LogLine(_time, _service, _instance, _level ?? LogLevels.Guess(message), message, _trace);
        }

        private long? Time(string? text, double? number)
        {
            if (number is { } n) return LogTimestamp.TryEpoch(n, out var epoch) ? epoch : null;
            if (timestamp.TryParse(text, out var ms, out _)) return ms;
            return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var digits) && LogTimestamp.TryEpoch(digits, out ms) ? ms : null;
        }

        /// <summary>Bunyan's and pino's numbers.</summary>
        private static string? Level(double? number) => number switch
        {
            >= 60 and < 100 => "FATAL",
            >= 50 => "ERROR",
            >= 40 => "WARN",
            >= 30 => "INFO",
            >= 20 => "DEBUG",
            >= 10 => "TRACE",
            _ => null,
        };
    }
}
