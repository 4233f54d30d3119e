using OpsBot.Storage.Messages;

namespace OpsBot.Handlers.Chat;

/// <summary>How far a post got that is made once.</summary>
public abstract record PostResult
{
    private PostResult()
    {
    }

    /// <summary>It stands on the surface; to be written down with the effect.</summary>
    /// <param name="Reference">As the surface named it.</param>
    /// <param name="Before">That was known already before this try.</param>
    public sealed record Stands(string? Reference, bool Before) : PostResult;

    /// <summary>Not yet: the row keeps its place, and what is behind it waits with it.</summary>
    public sealed record Waits(TimeSpan After, string Reason) : PostResult
    {
        public Effect Effect => scope =>
        {
            scope.Hold(After, Reason);
            return Task.CompletedTask;
        };
    }
}
