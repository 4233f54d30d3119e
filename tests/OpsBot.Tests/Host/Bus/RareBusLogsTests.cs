using Microsoft.Extensions.Logging;
using OpsBot.Host.Bus;
using OpsBot.Tests.Support;

namespace OpsBot.Tests.Host.Bus;

public sealed class RareBusLogsTests : IDisposable
{
    private readonly ManualClock _clock = new();
    private readonly Kept _kept = new();
    private readonly RareBusLogs _logs;

    public RareBusLogsTests() => _logs = new RareBusLogs(LoggerFactory.Create(logging => logging.AddProvider(_kept)), _clock);

    public void Dispose() => _logs.Dispose();

    [Fact]
    public void A_sort_of_line_of_the_library_is_written_seldom_and_says_how_many_were_left_out()
    {
        for (var message = 0; message < 100; message++)
        {
            Say("MassTransit.Messages", message);
        }

        _clock.Advance(RareBusLogs.Every);
        Say("MassTransit", 100);

        _kept.Lines.ShouldBe(["S-FAULT 0: the broker is gone", "S-FAULT 100: the broker is gone (99 more of this sort since the last)"]);
    }

    [Fact]
    public void What_others_say_is_written_as_often_as_they_say_it()
    {
        Say("OpsBot.Host.Bus.Pump", 1);
        Say("OpsBot.Host.Bus.Pump", 2);

        _kept.Lines.ShouldBe(["S-FAULT 1", "S-FAULT 2"]);
    }

#pragma warning disable CA1848, CA2254 // written as the library writes it
    private void Say(string category, int message) =>
        _logs.CreateLogger(category).LogError(new InvalidOperationException("outer", new IOException("the broker is gone")), "S-FAULT {Message}", message);
#pragma warning restore CA1848, CA2254

    private sealed class Kept : ILoggerProvider, ILogger
    {
        public List<string> Lines { get; } = [];

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Lines.Add(formatter(state, exception));

        public void Dispose()
        {
            // nothing is held
        }
    }
}
