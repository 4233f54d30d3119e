namespace OpsBot.Contracts.Messages;

/// <summary>Anything that travels as a row of <c>messages</c>: an event, a command, a reply, a timer.</summary>
public interface IMessage
{
    /// <summary>The <c>kind</c> column: stable for ever, because rows outlive upgrades.</summary>
    static abstract string Kind { get; }
}
