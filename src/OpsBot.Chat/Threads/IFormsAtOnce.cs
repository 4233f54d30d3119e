using OpsBot.Contracts.Events;

namespace OpsBot.Chat.Threads;

/// <summary>
/// The form that a command asks for before it can be done, found without doing anything: for a surface that lets one be opened only in the moment in which
/// somebody speaks, before the row of it is handled.
/// </summary>
public interface IFormsAtOnce
{
    /// <summary>Null where nothing is missing, where the speaker may not ask for it, or where it is about something else: then the row is answered as always.</summary>
    AnswerForm? Find(ChatReceived said);
}
