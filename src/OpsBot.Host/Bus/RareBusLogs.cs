using System.Collections.Concurrent;
using System.Globalization;
using Microsoft.Extensions.Options;

namespace OpsBot.Host.Bus;

/// <summary>
/// Hands out loggers of which MassTransit's write each sort of line seldom, and without its trace: when a broker goes away it has one for every message and
/// every connection that it tries. What it means is said by <see cref="BrokerWatch"/>, and of rows by whoever handles them.
/// </summary>
internal sealed class RareBusLogs(ILoggerFactory all, TimeProvider clock) : ILoggerFactory
{
    internal static readonly TimeSpan Every = TimeSpan.FromMinutes(10);

    private const string Category = "MassTransit";
    private const int MostSorts = 500;

    private readonly ConcurrentDictionary<string, Sort> _sorts = new(StringComparer.Ordinal);

    /// <summary>In the place of the factory that everybody asks for a logger.</summary>
    public static void Use(IServiceCollection services) => services.AddSingleton<ILoggerFactory>(provider => new RareBusLogs(
        new LoggerFactory(
            provider.GetServices<ILoggerProvider>(),
            provider.GetRequiredService<IOptionsMonitor<LoggerFilterOptions>>(),
            provider.GetRequiredService<IOptions<LoggerFactoryOptions>>(),
            provider.GetService<IExternalScopeProvider>()),
        provider.GetRequiredService<TimeProvider>()));

    public void AddProvider(ILoggerProvider provider) => all.AddProvider(provider);

    public ILogger CreateLogger(string categoryName) =>
        categoryName.StartsWith(Category, StringComparison.Ordinal) ? new Rare(all.CreateLogger(categoryName), this) : all.CreateLogger(categoryName);

    public void Dispose() => all.Dispose();

    /// <summary>How many of a sort were left out since the last that was written; null where this one is left out too.</summary>
    private int? Take(string sort)
    {
        // what a sort is comes from the library's own texts, which are few; were they not, they would share one
        var seen = _sorts.GetOrAdd(_sorts.Count < MostSorts ? sort : "", _ => new Sort());
        lock (seen)
        {
            if (seen.Written is { } written && clock.GetElapsedTime(written) < Every)
            {
                seen.LeftOut++;
                return null;
            }

            var leftOut = seen.LeftOut;
            (seen.Written, seen.LeftOut) = (clock.GetTimestamp(), 0);
            return leftOut;
        }
    }

    private sealed class Sort
    {
        public long? Written { get; set; }

        public int LeftOut { get; set; }
    }

    private sealed class Rare(ILogger log, RareBusLogs rare) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => log.BeginScope(state);

        public bool IsEnabled(LogLevel logLevel) => log.IsEnabled(logLevel);

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (!log.IsEnabled(logLevel) || rare.Take(SortOf(state) ?? formatter(state, exception)) is not { } leftOut)
            {
                return;
            }

            log.Log(logLevel, eventId, state, null, (it, _) => string.Create(
                CultureInfo.InvariantCulture,
                $"{formatter(it, exception)}{(exception is null ? "" : $": {exception.GetBaseException().Message}")}{(leftOut > 0 ? $" ({leftOut} more of this sort since the last)" : "")}"));
        }

        /// <summary>The text before its values are put in.</summary>
        private static string? SortOf<TState>(TState state) =>
            (state as IEnumerable<KeyValuePair<string, object?>>)?.FirstOrDefault(value => value.Key == "{OriginalFormat}").Value as string;
    }
}
