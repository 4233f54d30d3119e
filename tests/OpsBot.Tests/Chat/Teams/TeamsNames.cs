namespace OpsBot.Tests.Chat.Teams;

/// <summary>What the bot and its tenant are called, for whoever plays Microsoft's side.</summary>
internal sealed partial class TeamsSide
{
    public const string AppId = "5b9c3d1e-8f3a-4c57-9d0b-3a6f2a1f7c11";
    public const string Secret = "x8Q~client-secret-of-the-tests";
    public const string Tenant = "72f988bf-86f1-41af-91ab-2d7cd011db47";
    public const string ServiceUrl = "https://smba.trafficmanager.net/emea/72f988bf-86f1-41af-91ab-2d7cd011db47/";
}
