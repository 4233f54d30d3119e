namespace OpsBot.Chat.Cards;

/// <summary>Most characters and lines of a card. The strictest surface (Slack: 3,000 characters a section, 50 blocks) fits a card within these.</summary>
public static class CardLimits
{
    public const int Title = 140;
    public const int Fact = 160;
    public const int Statement = 400;
    public const int Excerpt = 200;
    public const int Detail = 240;
    public const int Reply = 600;

    public const int OtherCauses = 2;
    public const int Evidence = 5;
    public const int NextSteps = 3;
    public const int LookedAt = 6;
    public const int Unavailable = 4;
    public const int Timeline = 6;
    public const int SeenBefore = 3;
    public const int Proposals = 2;
    public const int Runs = 2;
    public const int OutputLines = 3;
    public const int Services = 4;
}
