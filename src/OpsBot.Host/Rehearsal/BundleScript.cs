using System.Globalization;
using System.Text.Json;
using OpsBot.Contracts;
using OpsBot.Contracts.Events;
using OpsBot.Evidence;
using OpsBot.Evidence.Bundle;
using OpsBot.Host.Cli;

namespace OpsBot.Host.Rehearsal;

/// <summary>Turns a bundle into what its senders would have sent: each change and the alert as CloudEvents.</summary>
internal static class BundleScript
{
    /// <summary>Nobody sits in front of a replay for longer than this without an event.</summary>
    private static readonly TimeSpan LongestWait = TimeSpan.FromHours(24);

    /// <summary>The calls that a bundle's topology names.</summary>
    public static async Task<IReadOnlyList<(string Caller, string Callee)>> CallsAsync(IncidentBundle bundle, CancellationToken cancellationToken)
    {
        var request = new EvidenceRequest(bundle.Incident, bundle.Window, bundle.Baseline, EvidenceBounds.Default);
        return (await bundle.Sources.Single(source => source.Name == "bundle topology").CollectAsync(request, cancellationToken)).Calls;
    }

    /// <param name="pace">Recorded seconds a second; 0 for no waiting.</param>
    public static async Task<RehearsalScript> MakeAsync(IncidentBundle bundle, string folder, double pace, CancellationToken cancellationToken)
    {
        var request = new EvidenceRequest(bundle.Incident, bundle.Window, bundle.Baseline, EvidenceBounds.Default);
        var seen = Observations.None;
        foreach (var source in bundle.Sources.Where(source => source.Name is "bundle changes" or "bundle topology"))
        {
            seen = seen.With(await source.CollectAsync(request, cancellationToken));
        }

        var events = seen.Changes
            .Where(change => change.Time <= bundle.Incident.StartedAt)
            .OrderBy(change => change.Time)
            .Select(change => (change.Time, Body: Deploy(change)))
            .Append((Time: bundle.Incident.StartedAt, Body: Alert(bundle.Incident)))
            .ToList();
        var deliveries = events.Select((item, index) => new RehearsalDelivery(
            index == 0 || pace == 0 ? TimeSpan.Zero : Wait(item.Time - events[index - 1].Time, pace), "cloudevents", EventName: null, item.Body));
        return new RehearsalScript($"{bundle.Incident.Id}: {bundle.Incident.Title}", folder, seen.Calls, [.. deliveries]);
    }

    private static TimeSpan Wait(TimeSpan recorded, double pace)
    {
        var seconds = recorded.TotalSeconds / pace;
        return seconds <= LongestWait.TotalSeconds
            ? TimeSpan.FromSeconds(seconds)
            : throw new UnusableInputException(string.Create(CultureInfo.InvariantCulture,
                $"at --speed {pace} the next event would come after {seconds / 3600:g3} hours; choose {Math.Ceiling(recorded / LongestWait)} or more, or 0 for at once."));
    }

    private static byte[] Deploy(ChangeRecord change) => Event(
        "opsbot.deploy.v1",
        change.Id,
        change.Time,
        new
        {
            key = change.Id,
            change = change.Kind,
            status = ChangeStatus.Succeeded,
            change.Service,
            change.Version,
            change.Commit,
            change.Author,
            change.Summary,
            change.Diff,
            change.Files,
            change.OldInstances,
            change.NewInstances,
        });

    private static byte[] Alert(IncidentFacts incident) => Event(
        "opsbot.alert.v1",
        incident.Id,
        incident.StartedAt,
        new
        {
            key = incident.Id,
            status = AlertStatus.Firing,
            incident.Title,
            incident.Service,
            incident.Severity,
            incident.Summary,
            incident.Description,
            incident.Labels,
            startedAt = incident.StartedAt,
        });

    private static byte[] Event(string type, string id, DateTimeOffset time, object data) => JsonSerializer.SerializeToUtf8Bytes(
        new { specversion = "1.0", type, source = "opsbot/replay", id, time, datacontenttype = "application/json", data }, OpsBotJson.Options);
}
