using OpsBot.Contracts.Ports;

namespace OpsBot.Host.WebConsole.View;

/// <summary>How the messages table stands, with the rows that need a person.</summary>
/// <param name="Notice">What became of the retry that led here.</param>
public sealed record MessageBoard(
    MessageCounts Counts, IReadOnlyList<MessageRow> Dead, IReadOnlyList<QuarantinedRow> Quarantined, string? Notice)
{
    public const int Limit = 100;
}
