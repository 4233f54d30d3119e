using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.Options;
using OpsBot.Contracts;
using OpsBot.Evidence;
using OpsBot.Evidence.Files;
using OpsBot.Runtime.Redaction;

namespace OpsBot.Benchmarks.LogTemplates;

/// <summary>Reads a log file of 100 MB once and prints lines a second and the peak resident memory of the process: <c>-- log-folder [MB]</c>.</summary>
internal static class LogFolderBenchmark
{
    private static readonly DateTimeOffset Start = new(2026, 3, 1, 10, 0, 0, TimeSpan.Zero);

    public static async Task RunAsync(int megabytes)
    {
        var folder = Directory.CreateTempSubdirectory("opsbot-bench").FullName;
        try
        {
            var lines = Write(Path.Combine(folder, "app.log"), megabytes * 1_000_000L);
            var source = new LogFolderSource(
                new LogFolderOptions { Path = folder }, new Redactor(new KnownSecrets(), Options.Create(new RedactionOptions())), TimeProvider.System);
            var facts = new IncidentFacts("bench", "bench", Start, "bench", null, null, "bench", new Dictionary<string, string>());
            var request = new EvidenceRequest(
                facts, new TimeWindow(Start, Start.AddHours(24)), null, EvidenceBounds.Default with { Deadline = TimeSpan.FromMinutes(5) });
            for (var round = 1; round <= 3; round++)
            {
                var watch = Stopwatch.StartNew();
                var seen = await source.CollectAsync(request, CancellationToken.None);
                using var self = Process.GetCurrentProcess();
                Console.WriteLine(string.Create(
                    CultureInfo.InvariantCulture,
                    $"{seen.Logs[0].Lines} of {lines} lines in {watch.Elapsed.TotalSeconds:0.00} s: {seen.Logs[0].Lines / watch.Elapsed.TotalSeconds:0} lines/s, {seen.Logs[0].Templates.Count} templates, peak {self.PeakWorkingSet64 / 1e6:0} MB resident"));
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static long Write(string path, long bytes)
    {
        using var writer = new StreamWriter(path);
        long written = 0, count = 0;
        while (written < bytes)
        {
            foreach (var line in LogLines.Make(10_000, seed: (int)(count % 1000)))
            {
                var text = string.Create(CultureInfo.InvariantCulture, $"{Start.AddMilliseconds(count * 50):yyyy-MM-dd'T'HH:mm:ss.fff'Z'} INFO {line}\n");
                writer.Write(text);
                written += text.Length;
                count++;
            }
        }

        return count;
    }
}
