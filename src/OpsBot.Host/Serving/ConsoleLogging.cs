using Microsoft.Extensions.Logging.Console;
using OpsBot.Host.Telemetry;

namespace OpsBot.Host.Serving;

internal static class ConsoleLogging
{
    /// <summary>One line an entry on standard error; standard output belongs to answers.</summary>
    public static ILoggingBuilder AddOpsBotConsole(this ILoggingBuilder logging, bool quiet, LogFormat format = LogFormat.Text)
    {
        logging.SetMinimumLevel(quiet ? LogLevel.Warning : LogLevel.Information);
        logging.AddFilter("MassTransit", LogLevel.Warning);
        logging.AddFilter("Microsoft", LogLevel.Warning);
        logging.AddFilter("Microsoft.Hosting.Lifetime", quiet ? LogLevel.Warning : LogLevel.Information);
        if (format == LogFormat.Json)
        {
            logging.AddConsole(console => console.FormatterName = JsonLogFormatter.FormatterName).AddConsoleFormatter<JsonLogFormatter, ConsoleFormatterOptions>();
        }
        else
        {
            AddText(logging);
        }

        logging.Services.Configure<ConsoleLoggerOptions>(options => options.LogToStandardErrorThreshold = LogLevel.Trace);
        return logging;
    }

    private static void AddText(ILoggingBuilder logging) =>
        logging.AddSimpleConsole(console =>
        {
            console.SingleLine = true;
            console.UseUtcTimestamp = true;
            console.TimestampFormat = "yyyy-MM-dd'T'HH:mm:ss.fff'Z' ";
            console.ColorBehavior = Console.IsErrorRedirected ? LoggerColorBehavior.Disabled : LoggerColorBehavior.Default;
        });

    /// <summary>
    /// Whoever starts the host catches what keeps it from starting and says so in a sentence; that the host and Kestrel log the same with
    /// their traces would bury it. Once started, they are the only ones who tell.
    /// </summary>
    /// <param name="started">True from the moment the host is up.</param>
    public static ILoggingBuilder LeaveFailedStartsToTheCaller(this ILoggingBuilder logging, Func<bool> started)
    {
        foreach (var category in (string[])["Microsoft.Extensions.Hosting.Internal.Host", "Microsoft.AspNetCore.Server.Kestrel"])
        {
            logging.AddFilter(category, level => level >= LogLevel.Warning && started());
        }

        return logging;
    }
}
