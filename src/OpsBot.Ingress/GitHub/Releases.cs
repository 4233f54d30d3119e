using OpsBot.Contracts.Events;
using OpsBot.Ingress.Reading;

namespace OpsBot.Ingress.GitHub;

/// <summary>Releases: created as a draft, published, edited, taken back. One release is one change.</summary>
internal static class Releases
{
    public static DeployReported? Read(JsonView body)
    {
        var release = body["release"];
        var tag = release["tag_name"].Text();
        return new DeployReported
        {
            Source = "github",
            Event = "release",
            ChangeKey = $"release/{release["id"].RequiredKey()}",
            Change = ChangeKind.Release,
            Status = body["action"].RequiredText() switch
            {
                "created" => ChangeStatus.Created,
                "published" or "released" or "prereleased" => ChangeStatus.Succeeded,
                "edited" => ChangeStatus.Edited,
                "deleted" or "unpublished" => ChangeStatus.Deleted,
                _ => ChangeStatus.Unknown,
            },
            Title = release["name"].Text(Bounds.Title) ?? tag,
            Summary = release["body"].Text(Bounds.Summary),
            Version = tag,
            Branch = release["target_commitish"].Text(),
            Author = release["author"]["login"].Text(),
            OccurredAt = release["published_at"].Time() ?? release["created_at"].Time(),
            Links = new LinkList().Add(release["html_url"]).ToList(),
            Facts = new Facts().Add("draft", release["draft"]).Add("prerelease", release["prerelease"]).ToDictionary(),
        };
    }
}
