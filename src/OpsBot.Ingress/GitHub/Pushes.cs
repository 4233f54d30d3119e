using System.Globalization;
using OpsBot.Contracts.Events;
using OpsBot.Ingress.Reading;

namespace OpsBot.Ingress.GitHub;

/// <summary>Pushes to branches and tags. A ref that is deleted is a push of the all-zero commit.</summary>
internal static class Pushes
{
    public static DeployReported? Read(JsonView body)
    {
        var reference = body["ref"].RequiredText();
        var commit = body["after"].RequiredText();
        var head = body["head_commit"];
        var commits = body["commits"].Items().ToList();
        var message = head["message"].Text(Bounds.Summary);
        return new DeployReported
        {
            Source = "github",
            Event = "push",
            // a fork or a mirror pushes the same commit to the same ref
            ChangeKey = Bounds.Key($"{body["repository"]["full_name"].RequiredText()}:push/{reference}/{commit}"),
            Change = ChangeKind.Commit,
            Status = body["deleted"].Flag() || commit.All(c => c == '0') ? ChangeStatus.Deleted : ChangeStatus.Pushed,
            Title = message is null ? null : Bounds.Cut(message.Split('\n')[0].TrimEnd('\r'), Bounds.Title),
            Summary = message,
            Commit = commit,
            Branch = reference,
            Author = body["pusher"]["name"].Text() ?? body["sender"]["login"].Text(),
            Files = [.. commits.SelectMany(FilesOf).Distinct().Take(Bounds.Entries)],
            OccurredAt = head["timestamp"].Time(),
            Links = new LinkList().Add(body["compare"]).Add(head["url"]).ToList(),
            Facts = new Facts()
                .Add("before", body["before"])
                .Add("commits", commits.Count.ToString(CultureInfo.InvariantCulture))
                .Add("forced", body["forced"])
                .Add("created", body["created"])
                .ToDictionary(),
        };
    }

    private static IEnumerable<string> FilesOf(JsonView commit) =>
        Facts.List(commit["added"]).Concat(Facts.List(commit["modified"])).Concat(Facts.List(commit["removed"]));
}
