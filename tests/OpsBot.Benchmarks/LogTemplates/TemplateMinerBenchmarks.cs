using BenchmarkDotNet.Attributes;
using OpsBot.Contracts;
using OpsBot.Signals.LogTemplates;

namespace OpsBot.Benchmarks.LogTemplates;

/// <summary>Lines a second of the miner and of the digest on one core; every line is different.</summary>
[MemoryDiagnoser]
[ShortRunJob]
public class TemplateMinerBenchmarks
{
    private const int Count = 100_000;
    private static readonly DateTimeOffset Start = new(2026, 3, 1, 10, 0, 0, TimeSpan.Zero);
    private string[] _lines = [];

    [GlobalSetup]
    public void Setup() => _lines = [.. LogLines.Make(Count, seed: 1)];

    [Benchmark(OperationsPerInvoke = Count)]
    public int Mine()
    {
        var miner = new TemplateMiner();
        foreach (var line in _lines) miner.Add(line);
        return miner.Count;
    }

    [Benchmark(OperationsPerInvoke = Count)]
    public LogDigest Digest()
    {
        var builder = new LogDigestBuilder(new TimeWindow(Start, Start.AddHours(1)));
        var time = Start.ToUnixTimeMilliseconds();
        foreach (var line in _lines) builder.Add(new LogLine(time += 30, "cart", "cart-1", null, line, null), "bench.log", 1);
        return builder.Build();
    }
}
