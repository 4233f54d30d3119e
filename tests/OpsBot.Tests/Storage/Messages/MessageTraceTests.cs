using System.Diagnostics;
using OpsBot.Contracts.Telemetry;
using OpsBot.Storage.Messages;
using OpsBot.Tests.Support;

namespace OpsBot.Tests.Storage.Messages;

public sealed class MessageTraceTests : IAsyncLifetime
{
    private const string Trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

    private readonly StoreFixture _store = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public ValueTask DisposeAsync() => _store.DisposeAsync();

    [Fact]
    public async Task Rows_that_follow_go_on_with_the_trace_of_their_row_also_where_nobody_traces()
    {
        await HandleAsync(scope => scope.Follow(NewMessage.Of(new Note("two"), "stream-of-two")));

        (await CountAsync($"trace = '{Trace}'")).ShouldBe(2);
    }

    [Fact]
    public async Task Where_it_is_traced_they_hang_below_the_span_that_handled_their_row()
    {
        Activity? handling = null;
        // made before the listener: a source that is made later asks it before it stands in its field
        var ours = Instruments.Spans;
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source == ours,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            // Spans of tests that run beside this one are heard here too.
            ActivityStopped = span =>
            {
                if (span.TraceId.ToHexString() == Trace[3..35])
                {
                    handling = span;
                }
            },
        };
        ActivitySource.AddActivityListener(listener);

        await HandleAsync(scope => scope.Follow(NewMessage.Of(new Note("two"), Streams.Incident(7))));

        handling.ShouldNotBeNull();
        (handling.OperationName, handling.ParentSpanId.ToHexString()).ShouldBe(("handle test.note", Trace[36..52]));
        handling.GetTagItem("opsbot.outcome").ShouldBe("handled");
        handling.GetTagItem("opsbot.incident.id").ShouldBe(7L, "an alert learns its incident from what follows it");
        (await CountAsync($"trace = '{handling.Id}'")).ShouldBe(1);
    }

    [Fact]
    public async Task A_trace_that_is_none_begins_a_new_one()
    {
        // made before the listener: a source that is made later asks it before it stands in its field
        var ours = Instruments.Spans;
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source == ours,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
        };
        ActivitySource.AddActivityListener(listener);

        using var span = TraceContext.Continue("not a trace", "some", "work", ActivityKind.Consumer);

        span.ShouldNotBeNull().ParentId.ShouldBeNull();
        await Task.CompletedTask;
    }

    private async Task HandleAsync(Action<EffectScope> effect)
    {
        await _store.Intake.AcceptAsync(Note.Delivered("a", "one") with { Trace = Trace }, Token);
        var row = (await _store.ClaimAsync(Note.Kind)).ShouldHaveSingleItem();
        await _store.Handling.HandleAsync<Note>(
            row.Id, row.LeaseToken,
            (_, _) => Task.FromResult<Effect>(scope =>
            {
                effect(scope);
                return Task.CompletedTask;
            }),
            Token);
    }

    private Task<long> CountAsync(string where) => _store.ScalarAsync($"select count(*) from messages where {where}");
}
