namespace OpsBot.Chat.Teams.Incoming;

/// <summary>Answers a card that asks for its newest state.</summary>
internal sealed class CardRefresh(TimeProvider time)
{
    public Task<InvokeAnswer> AnswerAsync(long incident, string? conversation, CancellationToken cancellationToken) =>
        Task.FromResult(InvokeAnswer.Error("NotFound", $"OpsBot has no such card here. {time.GetUtcNow().Year}"));
}
