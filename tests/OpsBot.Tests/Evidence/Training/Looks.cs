using OpsBot.Contracts.Ports;
using OpsBot.Runtime.Redaction;

namespace OpsBot.Tests.Evidence.Training;

/// <summary>Looks at a source again and again, each time with a source made anew, as after a restart.</summary>
internal sealed class Looks(Func<ICurveSource> source)
{
    public string? Cursor { get; set; }

    public CurveReading Last { get; private set; } = new([], [], null, CurveReadingState.NoData);

    /// <summary>Step and value of one metric in the points that are new: <c>"10:2.5 20:2.4"</c>.</summary>
    public async Task<string> Next(string metric)
    {
        Last = await source().ReadAsync(Cursor, TestContext.Current.CancellationToken);
        Cursor = Last.Cursor;
        return string.Join(' ', Last.Points.Where(point => point.Values.ContainsKey(metric)).Select(point => FormattableString.Invariant($"{point.Step}:{point.Values[metric]}")));
    }

    /// <summary>All that is there, over as many looks as it takes.</summary>
    public async Task<string> All(string metric)
    {
        var seen = new List<string>();
        do
        {
            seen.Add(await Next(metric));
            seen.Count.ShouldBeLessThan(1_000);
        }
        while (Last.More);
        return string.Join(' ', seen.Where(text => text.Length > 0));
    }

    public sealed class Plain : IRedactor
    {
        public string Redact(string text) => text.Replace("hunter2", "[redacted]", StringComparison.Ordinal);
    }
}
