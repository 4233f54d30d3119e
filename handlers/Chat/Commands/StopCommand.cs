using OpsBot.Actions.Approvals;

namespace OpsBot.Handlers.Chat.Commands;

/// <summary>Stops all actions, at once.</summary>
public sealed class StopCommand(IKillSwitch kill) : IChatCommand
{
    public string Word => "stop";

    public async Task<ChatDeed> DoAsync(Asked asked, CancellationToken cancellationToken) =>
        ChatDeed.Say((await kill.StopAsync(asked.Person, asked.Command.Rest, cancellationToken)).Text);
}

/// <summary>Lets actions run again.</summary>
public sealed class ResumeCommand(IKillSwitch kill) : IChatCommand
{
    public string Word => "resume";

    public async Task<ChatDeed> DoAsync(Asked asked, CancellationToken cancellationToken) =>
        ChatDeed.Say((await kill.ResumeAsync(asked.Person, cancellationToken)).Text);
}
