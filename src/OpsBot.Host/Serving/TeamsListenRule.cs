using Microsoft.Extensions.Options;
using OpsBot.Chat.Teams;
using OpsBot.Host.Configuration;

namespace OpsBot.Host.Serving;

/// <summary>Whoever reaches the endpoint of Teams without a token can approve as anybody: then nobody but this machine may reach it.</summary>
internal sealed class TeamsListenRule(IOptions<TeamsOptions> teams, IOptions<ListenOptions> listen) : IStartRule
{
    public string Section => TeamsOptions.Section;

    public IEnumerable<string> Problems()
    {
        if (!teams.Value.IsConfigured || !teams.Value.Insecure)
        {
            yield break;
        }

        foreach (var url in listen.Value.Urls.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            if (!Uri.TryCreate(url, UriKind.Absolute, out var address) || !address.IsLoopback)
            {
                yield return $"teams.insecure: is true, and '{url}' of listen.urls can be reached from elsewhere, where anybody could approve as anybody; "
                    + "listen on http://127.0.0.1:8080, or take insecure out";
            }
        }
    }
}
