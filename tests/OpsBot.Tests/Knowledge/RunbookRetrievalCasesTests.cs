using System.Text.Json;
using OpsBot.Knowledge;
using OpsBot.Knowledge.Runbooks;

namespace OpsBot.Tests.Knowledge;

/// <summary>Measured on labelled cases outside of the repository; skipped where they are not.</summary>
public class RunbookRetrievalCasesTests
{
    [Theory]
    [InlineData("plain", 0.92)]
    [InlineData("hard", 0.83)]
    public async Task Enough_alerts_find_their_runbook_first(string suite, double least)
    {
        var cases = Environment.GetEnvironmentVariable("OPSBOT_CASES");
        Assert.SkipWhen(string.IsNullOrEmpty(cases), "OPSBOT_CASES is not set: the labelled runbook cases are not on this machine");
        var folder = Path.Combine(cases!, "cases", "runbooks", suite, "kubernetes");
        var (runbooks, _) = RunbookFolder.Read(Path.Combine(folder, "runbooks"), new RunbookOptions(), TestContext.Current.CancellationToken);
        var index = new RunbookIndex(runbooks, new RunbookOptions().Floor);
        var truth = File.ReadLines(Path.Combine(folder, "queries.jsonl")).Select(l => JsonDocument.Parse(l).RootElement)
            .ToDictionary(q => q.GetProperty("id").GetString()!, q => q.GetProperty("relevant").EnumerateArray().Select(r => r.GetString()!).ToHashSet());

        using var queries = File.OpenText(Path.Combine(folder, "queries.jsonl"));
        var hits = 0;
        await foreach (var line in RunbookQueryFile.AnswerAsync(new Finder(index), queries, TestContext.Current.CancellationToken))
        {
            var answer = JsonDocument.Parse(line).RootElement;
            var first = answer.GetProperty("ranking").EnumerateArray().Select(r => r.GetString()!).FirstOrDefault();
            hits += first is not null && truth[answer.GetProperty("id").GetString()!].Contains(first) ? 1 : 0;
        }

        ((double)hits / truth.Count).ShouldBeGreaterThanOrEqualTo(least);
    }

    private sealed class Finder(RunbookIndex index) : IRunbookFinder
    {
        public IReadOnlyList<OpsBot.Contracts.Diagnoses.RunbookMatch> Find(RunbookQuery query, int limit) => index.Find(query, limit);
    }
}
