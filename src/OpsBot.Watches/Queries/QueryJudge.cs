using System.Globalization;
using System.Text.Json;
using OpsBot.Contracts;
using OpsBot.Contracts.Ports;
using OpsBot.Contracts.Watches;
using OpsBot.Watches.Ticks;

namespace OpsBot.Watches.Queries;

/// <summary>Holds the values of a query against its condition. Pure. Of several series all have to meet it; the worst one speaks for them.</summary>
internal static class QueryJudge
{
    public const string Violated = "violated";
    public const string NotReached = "not-reached";

    public static WatchJudgement Judge(Watch watch, QuerySpec spec, QueryState state, IReadOnlyList<MetricValue> values, DateTimeOffset now)
    {
        var condition = spec.Condition;
        var reading = watch.Reading;
        var held = false;
        if (values.Count > 0)
        {
            var worst = condition.Worst(values.Select(value => value.Value));
            held = condition.Holds(worst);
            state = Step(state, spec, condition, worst, held);
            reading = reading.With(now.ToUnixTimeMilliseconds(), worst) with { Text = Words(values, worst, condition, held), Value = worst };
        }

        return new WatchJudgement(
            JsonSerializer.Serialize(state, OpsBotJson.Options), reading, Problems(spec, state, reading, condition, now >= watch.Deadline && watch.Blind < watch.BlindAfter), [],
            Verdict(watch, spec, state, reading, condition, now));
    }

    private static QueryState Step(QueryState state, QuerySpec spec, Condition condition, double worst, bool held)
    {
        var counted = held != spec.Until ? 0 : state.InRow + 1;
        var good = held ? state.GoodInRow + 1 : 0;
        return new QueryState(
            counted, state.Seen + 1, state.Against + (held ? 0 : 1), condition.Worst(state.Worst is { } before ? [before, worst] : [worst]),
            // Over when it has held for as long as it takes to be called broken, so that a value that flutters is one problem and not many.
            !spec.Until && (state.IsBroken ? good < spec.For : counted >= spec.For), good);
    }

    private static List<WatchProblem> Problems(QuerySpec spec, QueryState state, WatchReading reading, Condition condition, bool isOver)
    {
        if (spec.Until)
            return isOver && state.InRow < spec.For ? [new WatchProblem(NotReached, $"{condition} was not reached in time; {reading.Text}")] : [];
        return state.IsBroken ? [new WatchProblem(Violated, Times($"{reading.Text}", spec.For))] : [];
    }

    private static WatchVerdict? Verdict(Watch watch, QuerySpec spec, QueryState state, WatchReading reading, Condition condition, DateTimeOffset now)
    {
        if (spec.Until && state.InRow >= spec.For)
            return new WatchVerdict(WatchOutcome.Good, Times($"reached: {reading.Text}", spec.For), now);
        if (now < watch.Deadline)
            return null;
        if (state.Seen == 0)
            return new WatchVerdict(WatchOutcome.Unknown, "the time is over, and no look ever saw anything", now);
        if (spec.Until && watch.Blind >= watch.BlindAfter)
            return TickFlow.Undecided(watch, watch.Blind, now);
        if (spec.Until)
            return new WatchVerdict(WatchOutcome.Bad, string.Create(CultureInfo.InvariantCulture, $"not reached: {reading.Text}; looked at {state.Seen} times"), now);
        // Looks that saw nothing prove nothing: what was blind for half of the time did not hold.
        var due = Math.Max(1, watch.Tick + 1);
        if (state.Against == 0)
        {
            return state.Seen * 2 < due
                ? new WatchVerdict(WatchOutcome.Unknown, string.Create(CultureInfo.InvariantCulture, $"it held at the {state.Seen} of {due} looks that saw anything, which is too few to tell"), now)
                : new WatchVerdict(WatchOutcome.Good, string.Create(CultureInfo.InvariantCulture, $"it held at all {state.Seen} looks; worst {Number(state.Worst)}, wanted {condition}"), now);
        }

        var brief = state.Against < spec.For && !state.IsBroken;
        return new WatchVerdict(
            brief ? WatchOutcome.Good : WatchOutcome.Bad,
            string.Create(CultureInfo.InvariantCulture, $"it did not hold at {state.Against} of {state.Seen} looks; worst {Number(state.Worst)}, wanted {condition}"), now);
    }

    private static string Words(IReadOnlyList<MetricValue> values, double worst, Condition condition, bool held)
    {
        var labels = values.Count > 1 ? values.First(value => value.Value.Equals(worst)).Labels : "";
        var of = labels.Length > 0 ? $" ({labels}, the worst of {values.Count})" : "";
        return $"{Number(worst)}{of}, {(held ? "as wanted" : "wanted")} {condition}";
    }

    private static string Times(string text, int times) => times == 1 ? text : string.Create(CultureInfo.InvariantCulture, $"{text}, for {times} intervals");

    private static string Number(double? value) => value?.ToString("0.######", CultureInfo.InvariantCulture) ?? "nothing";
}
