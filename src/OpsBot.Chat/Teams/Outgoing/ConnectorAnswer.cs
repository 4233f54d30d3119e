namespace OpsBot.Chat.Teams.Outgoing;

/// <summary>What became of a call to the connector. Exactly one of the three kinds below.</summary>
internal abstract record ConnectorAnswer
{
    private ConnectorAnswer()
    {
    }

    /// <param name="Id">Of what was posted or of the new conversation; null where the connector does not say.</param>
    /// <param name="ActivityId">Of the first activity of a new conversation.</param>
    public sealed record Done(string? Id, string? ActivityId) : ConnectorAnswer;

    /// <param name="NotPosted">The connector has not taken it: a repeat makes no second one.</param>
    public sealed record Later(TimeSpan After, string Reason, bool NotPosted) : ConnectorAnswer;

    /// <param name="IsForbidden">The bot may not write there.</param>
    public sealed record Never(string Reason, bool IsForbidden = false) : ConnectorAnswer;
}
