namespace OpsBot.Evidence.Bundle;

/// <summary>The folder is no incident bundle that a diagnosis could start from. The message names what was found and what to do next.</summary>
public sealed class UnreadableBundleException : Exception
{
    public UnreadableBundleException()
    {
    }

    public UnreadableBundleException(string message)
        : base(message)
    {
    }

    public UnreadableBundleException(string message, Exception inner)
        : base(message, inner)
    {
    }
}
