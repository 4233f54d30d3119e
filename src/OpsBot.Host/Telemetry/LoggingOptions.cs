using OpsBot.Host.Configuration;

namespace OpsBot.Host.Telemetry;

/// <summary>How a log entry is written.</summary>
public enum LogFormat
{
    /// <summary>One line for people.</summary>
    Text,

    /// <summary>One JSON object a line, for programs that collect logs.</summary>
    Json,
}

/// <summary>How <c>serve</c> logs, on standard error.</summary>
/// <remarks>
/// <code>
/// logging:
///   format: json
/// </code>
/// </remarks>
public sealed class LoggingOptions
{
    /// <summary><c>text</c> or <c>json</c>. Default <c>text</c>.</summary>
    public LogFormat Format { get; set; } = LogFormat.Text;

    /// <summary>Logging is set up before anything can be asked of the options; what does not fit is said by the check of the whole configuration.</summary>
    internal static LoggingOptions Of(LoadedConfiguration configuration)
    {
        var options = new LoggingOptions();
        new OptionsBinder([], []).Bind(options, configuration.Root.Find("logging"), "logging");
        return options;
    }
}
