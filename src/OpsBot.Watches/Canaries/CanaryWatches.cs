using System.IO.Enumeration;
using Microsoft.Extensions.Logging;
using OpsBot.Contracts.Events;
using OpsBot.Contracts.Watches;
using OpsBot.Storage.Messages;
using OpsBot.Storage.Watches;
using OpsBot.Watches.Declared;
using OpsBot.Watches.Desk;

namespace OpsBot.Watches.Canaries;

/// <summary>Begins the watches of canaries with their deploys, and has them look for the last time when these are over. All in the caller's transaction.</summary>
public sealed partial class CanaryWatches(DeclaredWatches declared, ILogger<CanaryWatches> log)
{
    private const int Most = 10;
    private const string Version = "version";

    private readonly ILogger _log = log;

    /// <summary>A change was reported.</summary>
    public async Task TakeAsync(DeployReported change, EffectScope scope)
    {
        var subject = Subject(change);
        if (CanaryWords.IsOver(change))
        {
            await EndAsync(await WatchTable.RunningOfAsync(scope.Transaction, [subject]), scope);
        }
        else if (change.Status is ChangeStatus.Started or ChangeStatus.Succeeded or ChangeStatus.Created)
        {
            foreach (var one in declared.All.Where(one => one.Canary is not null && one.Start.Deploy is { } wanted && Matches(wanted, one, change)).Take(Most))
            {
                // a rollout tells of each of its steps
                if (await WatchTable.NewestOfAsync(scope.Transaction, one.Name, [subject]) is not null)
                    continue;
                var answer = await declared.BeginAsync(one, CanaryWords.Of(change), subject, scope);
                if (!answer.Accepted)
                    LogNotBegun(one.Name, answer.Text);
                else
                    await EndAsync((await WatchTable.RunningOfDeclaredAsync(scope.Transaction, one.Name)).Where(earlier => IsReplaced(earlier, answer.Watch!)), scope);
            }
        }
    }

    /// <summary>The declared canary of a service, or one that is called so.</summary>
    public WatchDeclaration? Find(string serviceOrName) =>
        declared.All.FirstOrDefault(one => one.Canary is not null && (serviceOrName.Equals(one.Service, StringComparison.OrdinalIgnoreCase) || serviceOrName.Equals(one.Name, StringComparison.OrdinalIgnoreCase)));

    /// <exception cref="FormatException">A word that it needs is not there, or must not stand where it needs it.</exception>
    internal static Watch Make(WatchTerms terms, CanaryOptions options, IReadOnlyDictionary<string, string?> words, DateTimeOffset now)
    {
        var window = FormattableString.Invariant($"{Math.Max(1, Math.Round(terms.Interval.TotalSeconds))}s");
        string Fill(string text) => Placeholders.Fill(text, words, CanaryWords.All).Replace("{window}", window, StringComparison.Ordinal);
        var spec = new CanarySpec(
            options.Source, Fill(options.Canary), Fill(options.Baseline), Fill(options.Traffic), [.. options.Metrics.Select(metric => metric.ToSpec(Fill))],
            options.Alpha, options.LeastIntervals, options.LeastTraffic, now + options.WarmUp,
            words.Where(pair => CanaryWords.All.Contains(pair.Key) && pair.Value is { Length: > 0 and <= 200 }).ToDictionary(pair => pair.Key, pair => pair.Value!, StringComparer.Ordinal));
        return terms.Begin(CanaryKind.Name, spec, $"canary of {terms.Service}", now);
    }

    /// <summary>Looks for the last time at its next tick.</summary>
    private static async Task EndAsync(IEnumerable<Watch> watches, EffectScope scope)
    {
        foreach (var watch in watches.Where(watch => watch.Kind == CanaryKind.Name && watch.Deadline > scope.Now + watch.Interval))
            await WatchTable.SaveAsync(scope.Transaction, watch, watch with { Deadline = scope.Now });
    }

    /// <summary>Where another version is deployed in the same place, what was there has nothing to be compared with any more: its baseline would be both.</summary>
    private static bool IsReplaced(Watch earlier, Watch by)
    {
        if (earlier.Id == by.Id || earlier.Kind != CanaryKind.Name)
            return false;
        var (before, after) = (CanaryKind.Read(earlier).Words, CanaryKind.Read(by).Words);
        return before.GetValueOrDefault(Version) is { } old && after.GetValueOrDefault(Version) is { } @new && old != @new
            && CanaryWords.Place.All(word => before.GetValueOrDefault(word) == after.GetValueOrDefault(word));
    }

    private static string Subject(DeployReported change) => $"{change.Source}:{change.ChangeKey}";

    private static bool Matches(DeployEventOptions wanted, WatchDeclaration one, DeployReported change) =>
        (wanted.All || CanaryWords.IsCanary(change))
        && (wanted.Services.Count > 0 ? Any(wanted.Services, change.Service) : one.Service is null || one.Service.Equals(change.Service, StringComparison.OrdinalIgnoreCase))
        && (wanted.Environments.Count == 0 || Any(wanted.Environments, change.Environment));

    private static bool Any(List<string> patterns, string? text) =>
        text is not null && patterns.Any(pattern => FileSystemName.MatchesSimpleExpression(pattern, text, ignoreCase: true));

    [LoggerMessage(3003, LogLevel.Warning, "The watch '{Name}' of a canary did not begin: {Reason}")]
    private partial void LogNotBegun(string name, string reason);
}
