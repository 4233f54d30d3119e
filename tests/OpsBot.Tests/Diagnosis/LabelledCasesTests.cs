using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using OpsBot.Contracts.Diagnoses;
using OpsBot.Diagnosis;
using OpsBot.Evidence.Bundle;

namespace OpsBot.Tests.Diagnosis;

/// <summary>Labelled incidents that are not part of this repository, where a machine has them.</summary>
public class LabelledCasesTests
{
    [Theory]
    [InlineData("nezha", 0.6)]
    [InlineData("petshop", 0.8)]
    [InlineData("changerca", 0.7)]
    [InlineData("rootcausebench", 0.6)]
    [InlineData("rcd_sockshop", 0.95)]
    [Trait("Category", "Long")]
    public async Task Of_the_labelled_incidents_at_least_so_many_are_right_at_once(string suite, double share)
    {
        var root = Environment.GetEnvironmentVariable("OPSBOT_CASES");
        Assert.SkipWhen(string.IsNullOrEmpty(root), "OPSBOT_CASES is not set: the labelled incidents are not on this machine");
        var cases = Directory.GetDirectories(Path.Combine(root!, "cases", "rca", suite));
        await using var provider = new ServiceCollection().AddLogging().AddDiagnosis().BuildServiceProvider();
        var diagnostician = provider.GetRequiredService<IDiagnostician>();
        var right = 0;
        foreach (var folder in cases)
        {
            var bundle = IncidentBundle.Open(folder);
            var report = await diagnostician.DiagnoseAsync(
                bundle.Incident, bundle.Window, bundle.Baseline, bundle.Sources, TestContext.Current.CancellationToken);
            right += IsRight(report, JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(folder, "truth.json"))).RootElement) ? 1 : 0;
        }

        ((double)right / cases.Length).ShouldBeGreaterThanOrEqualTo(share);
    }

    private static bool IsRight(DiagnosisReport report, JsonElement truth)
    {
        if (truth.GetProperty("none").GetBoolean())
        {
            return report.Causes.All(cause => cause.Change is null) && (report.Abstained || truth.TryGetProperty("decoys", out _));
        }

        return report.Causes.Count > 0 && truth.GetProperty("causes").EnumerateArray().Any(label =>
            label.TryGetProperty("change", out var change)
                ? report.Causes[0].Change is { } named && (named == change.GetString() || Carried(report, named, change.GetString()!))
                : report.Causes[0].Service == label.GetProperty("service").GetString());
    }

    /// <summary>A deploy stands for the commit that it carried.</summary>
    private static bool Carried(DiagnosisReport report, string deploy, string commit) => report.Evidence.Any(item =>
        item.Source == EvidenceSourceKind.Changes && item.Excerpt.Contains(deploy, StringComparison.Ordinal) && item.Excerpt.Contains(commit, StringComparison.Ordinal));
}
